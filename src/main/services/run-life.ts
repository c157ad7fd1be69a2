// SPDX-License-Identifier: Apache-2.0
import { toFailure, type Failure } from '#shared/base/errors.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { ReportedFigure, RunManifest, RunProgress, RunSummary } from '#shared/contract/run.ts';
import type { LaunchPlan } from '../launch/plan.ts';
import type { Platform } from '../ports/platform.ts';
import type { TargetOf } from '../ports/target.ts';
import { stepsOf } from './library.ts';
import type { LogService } from './logs.ts';
import { RunMonitor } from './run-monitor.ts';
import { programVersions } from './probe/program-versions.ts';
import { captureOf, collectRun, readTraces, type ReadingParts } from './run-reading.ts';
import { RunSteps, type FindNsys } from './steps/run-steps.ts';
import type { StepsOutcome } from './steps/step-runner.ts';
import { outcomeFailure } from './steps/trouble.ts';
import type { TelemetryEvent, TelemetryService, TelemetryWatch } from './telemetry.ts';

export interface RunEvents {
  changed(run: RunSummary): void;
  /** The whole list anew: runs were added, removed or changed otherwise than by their lives. */
  listed(runs: RunSummary[]): void;
  progress(progress: RunProgress): void;
  telemetry?(event: TelemetryEvent): void;
  /** Ids of the runs that wait, when their order changed. */
  queue?(ids: readonly string[]): void;
}

export interface RunLifeParts extends ReadingParts {
  readonly platform: Platform;
  readonly targetOf: TargetOf;
  readonly findNsys: FindNsys;
  readonly telemetry: TelemetryService;
  readonly logs: LogService;
  readonly events: RunEvents;
}

export interface RunLifeStart {
  readonly manifest: RunManifest;
  readonly recipe: Recipe;
  readonly plan: LaunchPlan;
  /** What every step inherits, unmasked: kept in memory only. */
  readonly inherited: Readonly<Record<string, string>>;
}

type EndState = 'ready' | 'failed' | 'cancelled';

const nothingSeen: Failure = {
  code: 'launch.supervisor-lost',
  message: 'How the run ended was not seen. What it had written is kept.',
};

/**
 * One run from its start to its end: starting, running, finalising, ingesting, then ready, failed or
 * cancelled. Every change of state is on disk before the window hears of it.
 */
export class RunLife {
  readonly #parts: RunLifeParts;
  readonly #recipe: Recipe;
  readonly #plan: LaunchPlan;
  readonly #inherited: Readonly<Record<string, string>>;
  readonly #ingest = new AbortController();
  readonly #ended: Promise<RunManifest>;
  #resolveEnded: (manifest: RunManifest) => void = () => undefined;
  #manifest: RunManifest;
  #monitor: RunMonitor | undefined;
  #watch: TelemetryWatch | undefined;
  #steps: RunSteps | undefined;
  #writes: Promise<void> = Promise.resolve();
  #cancelled = false;

  constructor(parts: RunLifeParts, start: RunLifeStart) {
    this.#parts = parts;
    this.#manifest = start.manifest;
    this.#recipe = start.recipe;
    this.#plan = start.plan;
    this.#inherited = start.inherited;
    this.#ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get manifest(): RunManifest {
    return this.#manifest;
  }

  /** Resolves when nothing of the run is alive and its manifest says how it ended. */
  get ended(): Promise<RunManifest> {
    return this.#ended;
  }

  /** The longest time that one of its steps is given to end by itself. */
  get graceMs(): number {
    return Math.max(...this.#plan.steps.map(({ graceMs }) => graceMs));
  }

  /** Writes the manifest for the first time. */
  async announce(): Promise<void> {
    await this.#update({});
  }

  /** Starts the steps; how they end arrives through `ended`. */
  async launch(): Promise<void> {
    if (this.#cancelled) return;
    const { id } = this.#manifest;
    const { events, telemetry } = this.#parts;
    const monitor = new RunMonitor({
      id,
      profiled: this.#plan.profiled,
      iterationLimit: this.#iterationLimit(),
      emit: (progress) => {
        events.progress(progress);
      },
      now: () => performance.now(),
    });
    this.#monitor = monitor;
    this.#watch = telemetry.start(id, this.#plan.profiled);
    try {
      await this.#update({ state: 'starting', startedAt: new Date().toISOString() });
      await this.#findVersions();
      this.#steps = this.#makeSteps(monitor);
      // A cancel that came while the manifest was being written found no step yet.
      if (this.#wasCancelled()) this.#steps.cancel();
      const outcome = await this.#steps.run();
      await this.#writes;
      await this.#complete(outcome);
    } catch (thrown) {
      await this.#writes;
      await this.#lost(toFailure(thrown));
    }
  }

  /** What exactly is started: the container's image, or the programs of this machine. */
  async #findVersions(): Promise<void> {
    const { target, versions } = this.#manifest;
    const bundled = this.#parts.platform.nativeFolder;
    const steps = this.#plan.steps.filter(({ program, wraps }) => !(wraps ?? program).startsWith(bundled));
    const found =
      target.kind === 'local'
        ? await programVersions(steps, this.#inherited['PATH'] ?? '')
        : (await this.#parts.targetOf(target).probe()).versions;
    if (Object.keys(found).length > 0) await this.#update({ versions: { ...versions, ...found } });
  }

  #makeSteps(monitor: RunMonitor): RunSteps {
    const { targetOf, telemetry } = this.#parts;
    return new RunSteps({
      ...this.#parts,
      target: targetOf(this.#manifest.target),
      monitor,
      manifest: this.#manifest,
      plan: this.#plan,
      inherited: this.#inherited,
      sampleMs: telemetry.treePeriodMs(this.#plan.profiled),
      onStarted: () => {
        if (this.#manifest.state === 'starting') this.#write({ state: 'running' });
      },
      onSteps: (steps) => {
        this.#write({ steps });
      },
      onSample: (sample) => {
        monitor.sample({ cpuMs: sample.cpuMs, rssBytes: sample.rssBytes });
        this.#watch?.tree(sample);
      },
    });
  }

  /** Ends the run wherever it is; the end itself arrives through `ended`. */
  async cancel(): Promise<void> {
    this.#cancelled = true;
    this.#monitor?.tell('finalising', 'Cancelling: ending every process of the run');
    this.#steps?.cancel();
    this.#ingest.abort();
    if (this.#monitor === undefined) await this.#end('cancelled');
  }

  /** Asked anew after each wait: a cancel can come in between. */
  #wasCancelled(): boolean {
    return this.#cancelled;
  }

  #iterationLimit(): number | undefined {
    const name = this.#recipe.iterationsParameter;
    const value = name === undefined ? 0 : Number(this.#manifest.form.parameters[name] ?? 0);
    return value > 0 ? value : undefined;
  }

  async #update(change: Partial<RunManifest>): Promise<void> {
    this.#manifest = { ...this.#manifest, ...change };
    await this.#parts.library.write(this.#manifest);
    this.#parts.events.changed(this.#parts.library.summaryOf(this.#manifest));
  }

  /** Writes a change while the run goes on: one after the other, in the order in which they came. */
  #write(change: Partial<RunManifest>): void {
    this.#manifest = { ...this.#manifest, ...change };
    this.#writes = this.#writes.then(() => this.#updateIfPossible({}));
  }

  /** Nobody saw how the run ended, or it never began: what it had written is found all the same. */
  async #lost(failure: Failure): Promise<void> {
    const found = await this.#collect().catch(() => ({}));
    this.#manifest = { ...this.#manifest, ...found };
    await this.#end('failed', failure);
  }

  async #complete(outcome: StepsOutcome | undefined): Promise<void> {
    if (outcome === undefined) return this.#end('cancelled');
    // The last lines may hold the reason for a failure.
    await this.#monitor?.finish();
    const failure = await this.#outcomeFailure(outcome);
    const { exit } = outcome.end;
    if (exit === undefined && failure === undefined && this.#wasCancelled()) return this.#end('cancelled');
    if (exit === undefined) return this.#lost(failure ?? nothingSeen);
    const iterationTimes = this.#monitor?.iterationTimes;
    const times = iterationTimes === undefined ? {} : { iterationTimes };
    await this.#stopWatching();
    this.#monitor?.tell('finalising', 'Collecting what the run left');
    await this.#parts.targetOf(this.#manifest.target).fetch(this.#manifest.command.cwd);
    const found = await this.#collect();
    await this.#updateIfPossible({ state: 'ingesting', exit, ...found, ...times });
    const unread = await this.#read().catch(toFailure);
    if (this.#wasCancelled()) await this.#end('cancelled');
    else if (failure !== undefined) await this.#end('failed', failure);
    else if (unread !== undefined) await this.#end('failed', unread);
    else await this.#end('ready');
  }

  #collect(): ReturnType<typeof collectRun> {
    const ruled = (step: string): ReportedFigure[] => this.#monitor?.figuresOf(step) ?? [];
    return collectRun(this.#parts.library, this.#recipe, this.#manifest, ruled);
  }

  #outcomeFailure(outcome: StepsOutcome): Promise<Failure | undefined> {
    const { library } = this.#parts;
    const { id, target } = this.#manifest;
    const folder = this.#steps?.folderName(outcome.step);
    return outcomeFailure(outcome, {
      target,
      stdoutPath: library.logOf(id, 'stdout', folder),
      stderrPath: library.logOf(id, 'stderr', folder),
      reason: this.#monitor?.failureOf(outcome.step.name),
    });
  }

  /** Reads the traces, checks the window on the way, and gives what went wrong. */
  async #read(): Promise<Failure | undefined> {
    const { artifacts, ranks, failure } = await readTraces(this.#parts, this.#manifest, {
      signal: this.#ingest.signal,
      onProgress: (step, ratio) => this.#monitor?.tell('ingesting', step, ratio),
    });
    this.#manifest = { ...this.#manifest, artifacts, ...captureOf(this.#manifest, ranks) };
    return failure;
  }

  /** The program is gone: what is sampled from now on is not its doing. */
  async #stopWatching(): Promise<void> {
    const gpus = await this.#watch?.stop();
    this.#watch = undefined;
    for (const step of stepsOf(this.#manifest)) await this.#parts.logs.unfollow(this.#manifest.id, step);
    if (gpus !== undefined) this.#manifest = { ...this.#manifest, gpus };
  }

  async #end(state: EndState, failure?: Failure): Promise<void> {
    const { id } = this.#manifest;
    // Whatever the disk refuses, a run that is over is over.
    await this.#monitor?.finish().catch(() => undefined);
    await this.#stopWatching();
    await this.#updateIfPossible({
      state,
      endedAt: new Date().toISOString(),
      ...(failure === undefined ? {} : { failure }),
    });
    const words = { ready: 'Ready', failed: 'Failed', cancelled: 'Cancelled' } as const;
    this.#monitor?.tell(state, words[state]);
    await this.#parts.library.unlock(id).catch(() => undefined);
    this.#resolveEnded(this.#manifest);
  }

  /** A full disk ends no run. What cannot be written is found by its journal at the next start. */
  async #updateIfPossible(change: Partial<RunManifest>): Promise<void> {
    try {
      await this.#update(change);
    } catch (thrown) {
      this.#manifest = { failure: toFailure(thrown), ...this.#manifest };
      this.#parts.events.changed(this.#parts.library.summaryOf(this.#manifest));
    }
  }
}
