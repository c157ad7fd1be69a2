// SPDX-License-Identifier: Apache-2.0
import { basename, dirname } from 'node:path';
import { toFailure, type Failure } from '#shared/base/errors.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RunExit, RunManifest, RunProgress, RunSummary } from '#shared/contract/run.ts';
import type { LaunchPlan } from '../launch/plan.ts';
import type { TargetEvent, TargetOf, TargetRun } from '../ports/target.ts';
import type { LogService } from './logs.ts';
import { endedWell, exitFailure } from './run-end.ts';
import { RunMonitor } from './run-monitor.ts';
import { captureOf, collectRun, readTraces, type ReadingParts } from './run-reading.ts';
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
  readonly targetOf: TargetOf;
  readonly telemetry: TelemetryService;
  readonly logs: LogService;
  readonly events: RunEvents;
}

export interface RunLifeStart {
  readonly manifest: RunManifest;
  readonly recipe: Recipe;
  readonly plan: LaunchPlan;
  /** Complete and unmasked: kept in memory only. */
  readonly environment: Readonly<Record<string, string>>;
}

type EndState = 'ready' | 'failed' | 'cancelled';

/**
 * One run from its start to its end: starting, running, finalising, ingesting, then ready, failed or
 * cancelled. Every change of state is on disk before the window hears of it.
 */
export class RunLife {
  readonly #parts: RunLifeParts;
  readonly #recipe: Recipe;
  readonly #plan: LaunchPlan;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #ingest = new AbortController();
  readonly #ended: Promise<RunManifest>;
  #resolveEnded: (manifest: RunManifest) => void = () => undefined;
  #manifest: RunManifest;
  #monitor: RunMonitor | undefined;
  #watch: TelemetryWatch | undefined;
  #process: TargetRun | undefined;
  #cancelled = false;

  constructor(parts: RunLifeParts, start: RunLifeStart) {
    this.#parts = parts;
    this.#manifest = start.manifest;
    this.#recipe = start.recipe;
    this.#plan = start.plan;
    this.#environment = start.environment;
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

  /** Writes the manifest for the first time. */
  async announce(): Promise<void> {
    await this.#update({});
  }

  /** Starts the program; how it ends arrives through `ended`. */
  async launch(): Promise<void> {
    if (this.#cancelled) return;
    const { id } = this.#manifest;
    const { library, targetOf, events } = this.#parts;
    this.#monitor = new RunMonitor({
      id,
      stdoutPath: library.logOf(id, 'stdout'),
      profiled: this.#plan.profiled,
      iterationLimit: this.#iterationLimit(),
      emit: (progress) => {
        events.progress(progress);
      },
      now: () => performance.now(),
    });
    this.#watch = this.#parts.telemetry.start(id, this.#plan.profiled);
    this.#parts.logs.follow(id, this.#plan.profiled);
    try {
      await this.#update({ state: 'starting', startedAt: new Date().toISOString() });
      const spec = {
        name: id,
        processFolder: library.folderOf(id),
        ...this.#manifest.command,
        environment: this.#environment,
        ownVariables: this.#plan.environment.map(({ name }) => name),
        needs: [dirname(this.#manifest.command.program)],
        stdoutPath: library.logOf(id, 'stdout'),
        stderrPath: library.logOf(id, 'stderr'),
        endSignal: this.#plan.main.endSignal,
        graceMs: this.#plan.main.graceMs,
        sampleMs: Math.round(1000 / this.#parts.telemetry.rateFor(this.#plan.profiled)),
      };
      // One after the other: a later event never overtakes an earlier one that still writes.
      let previous = Promise.resolve();
      this.#process = targetOf(this.#manifest.target).start(spec, (event) => {
        previous = previous.then(() => this.#onEvent(event));
      });
      // A cancel that came while the manifest was being written found no process yet.
      if (this.#wasCancelled()) this.#process.cancel();
    } catch (thrown) {
      await this.#end('failed', toFailure(thrown));
    }
  }

  /** Ends the run wherever it is; the end itself arrives through `ended`. */
  async cancel(): Promise<void> {
    this.#cancelled = true;
    this.#monitor?.tell('finalising', 'Cancelling: ending every process of the run');
    this.#process?.cancel();
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

  async #onEvent(event: TargetEvent): Promise<void> {
    try {
      if (event.type === 'sample') {
        this.#monitor?.sample({ cpuMs: event.cpuMs, rssBytes: event.rssBytes });
        this.#watch?.tree(event);
      } else if (event.type === 'started') {
        await this.#updateIfPossible({ state: 'running' });
        this.#monitor?.tell('running', 'Loading the model and warming up');
      } else if (event.type === 'failed') {
        await this.#lost(event.failure);
      } else {
        await this.#complete(event.exit);
      }
    } catch (thrown) {
      await this.#end('failed', toFailure(thrown));
    }
  }

  /** Nothing watches the run any more: what it had written is found all the same. */
  async #lost(failure: Failure): Promise<void> {
    const found = await collectRun(this.#parts.library, this.#recipe, this.#manifest.id);
    this.#manifest = { ...this.#manifest, ...found };
    await this.#end('failed', failure);
  }

  async #complete(exit: RunExit): Promise<void> {
    await this.#monitor?.finish();
    const iterationTimes = this.#monitor?.iterationTimes;
    const times = iterationTimes === undefined ? {} : { iterationTimes };
    await this.#stopWatching();
    this.#monitor?.tell('finalising', 'Collecting what the run left');
    const found = await collectRun(this.#parts.library, this.#recipe, this.#manifest.id);
    await this.#updateIfPossible({ state: 'ingesting', exit, ...found, ...times });
    const failure = await this.#read().catch(toFailure);
    if (this.#wasCancelled()) await this.#end('cancelled');
    else if (!endedWell(exit)) await this.#end('failed', await this.#exitFailure(exit));
    else if (failure !== undefined) await this.#end('failed', failure);
    else await this.#end('ready');
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

  #exitFailure(exit: RunExit): Promise<Failure> {
    const path = this.#parts.library.logOf(this.#manifest.id, 'stderr');
    return exitFailure(exit, basename(this.#manifest.command.program), path, this.#manifest.target);
  }

  /** The program is gone: what is sampled from now on is not its doing. */
  async #stopWatching(): Promise<void> {
    const gpus = await this.#watch?.stop();
    this.#watch = undefined;
    await this.#parts.logs.unfollow(this.#manifest.id);
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
