// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { toFailure, type Failure } from '#shared/base/errors.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RunExit, RunManifest, RunProgress, RunSummary } from '#shared/contract/run.ts';
import type { LaunchPlan } from '../launch/plan.ts';
import type { Engine } from '../ports/engine.ts';
import type { Target, TargetEvent, TargetRun } from '../ports/target.ts';
import { collectArtifacts, readReportFigures } from './artifacts.ts';
import { checkCapture, type RankIterations } from './capture-check.ts';
import type { Library } from './library.ts';
import { LogTail } from './log-tail.ts';
import { RunMonitor } from './run-monitor.ts';
import type { SourceService } from './sources.ts';

export interface RunEvents {
  changed(run: RunSummary): void;
  /** The whole list anew: runs were added, removed or changed otherwise than by their lives. */
  listed(runs: RunSummary[]): void;
  progress(progress: RunProgress): void;
}

export interface RunLifeParts {
  readonly library: Library;
  readonly sources: SourceService;
  readonly engine: Engine;
  readonly target: Target;
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

const GRACE_MS = 5_000;
const PROFILED_SAMPLE_MS = 250;
/** Once a second at most while a timing pass runs, which nothing may perturb. */
const TIMING_SAMPLE_MS = 1_000;

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
    const { library, target, events } = this.#parts;
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
    await this.#update({ state: 'starting', startedAt: new Date().toISOString() });
    try {
      const spec = {
        runFolder: library.folderOf(id),
        ...this.#manifest.command,
        environment: this.#environment,
        stdoutPath: library.logOf(id, 'stdout'),
        stderrPath: library.logOf(id, 'stderr'),
        graceMs: GRACE_MS,
        sampleMs: this.#plan.profiled ? PROFILED_SAMPLE_MS : TIMING_SAMPLE_MS,
      };
      // One after the other: a later event never overtakes an earlier one that still writes.
      let previous = Promise.resolve();
      this.#process = target.start(spec, (event) => {
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
      } else if (event.type === 'started') {
        await this.#update({ state: 'running' });
        this.#monitor?.tell('running', 'Loading the model and warming up');
      } else if (event.type === 'failed') {
        await this.#end('failed', event.failure);
      } else {
        await this.#complete(event.exit);
      }
    } catch (thrown) {
      await this.#end('failed', toFailure(thrown));
    }
  }

  async #complete(exit: RunExit): Promise<void> {
    await this.#monitor?.finish();
    const iterationTimes = this.#monitor?.iterationTimes;
    this.#monitor?.tell('finalising', 'Collecting what the run left');
    const folder = this.#parts.library.artifactsOf(this.#manifest.id);
    const artifacts = await collectArtifacts(this.#recipe, folder);
    const report = artifacts.find(({ kind }) => kind === 'report-json');
    const figures = report === undefined ? [] : await readReportFigures(join(folder, report.path));
    await this.#update({
      state: 'ingesting',
      exit,
      artifacts,
      figures,
      ...(iterationTimes === undefined ? {} : { iterationTimes }),
    });
    const failure = await this.#readTraces().then(() => undefined, toFailure);
    if (this.#wasCancelled()) await this.#end('cancelled');
    else if (exit.code !== 0) await this.#end('failed', await this.#exitFailure(exit));
    else if (failure !== undefined) await this.#end('failed', failure);
    else await this.#end('ready');
  }

  /** Opens every trace once, so that it opens at once later, and checks the window on the way. */
  async #readTraces(): Promise<void> {
    const folder = this.#parts.library.artifactsOf(this.#manifest.id);
    const { sources } = await this.#parts.sources.ofRun(this.#manifest, folder);
    const traces = sources.filter(({ kind }) => kind === 'trace');
    const { engine } = this.#parts;
    const { signal } = this.#ingest;
    const ranks: RankIterations[] = [];
    for (const [index, { sourceId, rank, name }] of traces.entries()) {
      const onProgress = ({ bytesDone, bytesTotal }: { bytesDone: number; bytesTotal: number }): void => {
        const ratio = (index + bytesDone / Math.max(1, bytesTotal)) / traces.length;
        this.#monitor?.tell('ingesting', `Reading ${name}`, ratio);
      };
      await engine.call('trace.open', { sourceId }, { signal, onProgress });
      const iterations = await engine.call('trace.iterations', { sourceId }, { signal });
      ranks.push({ rank: rank ?? index, iterations });
    }
    if (this.#plan.spans.length > 0 && this.#manifest.form.torchTrace) {
      await this.#update({ captureCheck: checkCapture(this.#plan.spans, ranks) });
    }
  }

  /** Why a program that ended by itself with an error did so: its own last words. */
  async #exitFailure(exit: RunExit): Promise<Failure> {
    const path = this.#parts.library.logOf(this.#manifest.id, 'stderr');
    const lines = await new LogTail(path).finish();
    const said = lines.filter((line) => line.trim() !== '').slice(-3);
    const how = exit.signal === null ? `with exit code ${String(exit.code)}` : `by ${exit.signal}`;
    const words = said.length === 0 ? 'It said nothing on its error output.' : `It said: ${said.join(' ')}`;
    const message = `${this.#recipe.program.name} ended ${how}. ${words} The log has the rest.`;
    return { code: 'run.program-failed', message, path };
  }

  async #end(state: EndState, failure?: Failure): Promise<void> {
    const { id } = this.#manifest;
    await this.#monitor?.finish();
    await this.#update({
      state,
      endedAt: new Date().toISOString(),
      ...(failure === undefined ? {} : { failure }),
    });
    const words = { ready: 'Ready', failed: 'Failed', cancelled: 'Cancelled' } as const;
    this.#monitor?.tell(state, words[state]);
    await this.#parts.library.unlock(id);
    this.#resolveEnded(this.#manifest);
  }
}
