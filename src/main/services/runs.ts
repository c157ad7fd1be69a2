// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { IterscopeError, toFailure } from '#shared/base/errors.ts';
import type { Failure } from '#shared/base/errors.ts';
import type { LaunchForm, LaunchPreview } from '#shared/contract/launch.ts';
import { endStates } from '#shared/contract/run.ts';
import type { IterationLine, LogChunk, RunExit, RunManifest, RunProgress, RunSummary } from '#shared/contract/run.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { parseIterationLine } from '../launch/iteration-log.ts';
import { controlledVariables, planLaunch, previewLaunch } from '../launch/plan.ts';
import type { LaunchPlan } from '../launch/plan.ts';
import { maskEntry } from '../launch/secrets.ts';
import type { Engine } from '../ports/engine.ts';
import type { Platform } from '../ports/platform.ts';
import type { Target, TargetEvent, TargetRun } from '../ports/target.ts';
import { collectArtifacts, readReportFigures } from './artifacts.ts';
import { checkCapture } from './capture-check.ts';
import type { RankIterations } from './capture-check.ts';
import type { Library } from './library.ts';
import { LogTail, readLogChunk } from './log-tail.ts';
import type { RecipeService } from './recipes.ts';
import { RunMonitor } from './run-monitor.ts';
import type { SourceService } from './sources.ts';

export interface RunEvents {
  changed(run: RunSummary): void;
  progress(progress: RunProgress): void;
}

export interface RunServiceParts {
  readonly platform: Platform;
  readonly library: Library;
  readonly recipes: RecipeService;
  readonly sources: SourceService;
  readonly engine: Engine;
  readonly target: Target;
  readonly events: RunEvents;
  /** The environment that runs start from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** A run that is not at its end: what can be cancelled, and how. */
interface LiveRun {
  manifest: RunManifest;
  readonly recipe: Recipe;
  readonly plan: LaunchPlan;
  /** The form's own environment additions, unmasked: kept in memory only. */
  readonly environment: Readonly<Record<string, string>>;
  monitor?: RunMonitor;
  process?: TargetRun;
  cancelled: boolean;
  readonly ingest: AbortController;
  readonly done: Promise<RunManifest>;
  readonly resolve: (manifest: RunManifest) => void;
}

const GRACE_MS = 5_000;
const PROFILED_SAMPLE_MS = 250;
const TIMING_SAMPLE_MS = 1_000;

/** Runs from form to figures. One runs at a time; the others wait in their order. */
export class RunService {
  readonly #parts: RunServiceParts;
  readonly #live = new Map<string, LiveRun>();
  #active: LiveRun | undefined;

  constructor(parts: RunServiceParts) {
    this.#parts = parts;
  }

  /** Marks runs whose application died as interrupted and ends what is left of them. Call once, at start. */
  async recover(): Promise<void> {
    const { runs } = await this.#parts.library.list();
    for (const run of runs) {
      if (endStates.has(run.state) || (await this.#parts.library.isOwned(run.id))) continue;
      await this.#parts.target.endLeftovers(this.#parts.library.folderOf(run.id));
      await this.#parts.library.write({ ...run, state: 'interrupted', endedAt: new Date().toISOString() });
      await this.#parts.library.unlock(run.id);
    }
  }

  async preview(form: LaunchForm): Promise<LaunchPreview> {
    const recipe = await this.#parts.recipes.get(form.recipeId);
    return previewLaunch(planLaunch(recipe, form), this.#programOf(recipe), this.#inherited());
  }

  async list(): Promise<RunSummary[]> {
    const { runs } = await this.#parts.library.list();
    return runs.map((run) => summarise(this.#live.get(run.id)?.manifest ?? run));
  }

  async get(id: string): Promise<RunManifest> {
    return this.#live.get(id)?.manifest ?? (await this.#parts.library.read(id));
  }

  /** Creates the run and starts it, or queues it behind the one that runs. */
  async start(form: LaunchForm): Promise<RunManifest> {
    const recipe = await this.#parts.recipes.get(form.recipeId);
    const plan = planLaunch(recipe, form);
    const refused = plan.findings.find(({ severity }) => severity === 'error');
    if (refused !== undefined) {
      const code = refused.code === 'form.window' || refused.code === 'form.environment' ? refused.code : 'form.parameter';
      const field = refused.field === undefined ? {} : { field: refused.field };
      throw new IterscopeError({ code, message: refused.message, ...field });
    }
    const live = await this.#create(recipe, plan, form);
    if (this.#active === undefined) await this.#launch(live);
    return live.manifest;
  }

  /** Resolves when the run has reached its end. */
  async finished(id: string): Promise<RunManifest> {
    return this.#live.get(id)?.done ?? this.#parts.library.read(id);
  }

  async cancel(id: string): Promise<void> {
    const live = this.#live.get(id);
    if (live === undefined) {
      const { state } = await this.#parts.library.read(id);
      const message = `The run is already over (${state}): there is nothing to cancel.`;
      throw new IterscopeError({ code: 'run.state', message });
    }
    live.cancelled = true;
    live.monitor?.tell('finalising', 'Cancelling: ending every process of the run');
    live.process?.cancel();
    live.ingest.abort();
    if (live !== this.#active) await this.#end(live, 'cancelled');
  }

  /** Cancels everything that lives; resolves when nothing does. */
  async close(): Promise<void> {
    const runs = [...this.#live.values()];
    // The waiting ones first, so that none starts when the running one ends.
    runs.sort((a, b) => Number(a === this.#active) - Number(b === this.#active));
    for (const run of runs) await this.cancel(run.manifest.id);
    await Promise.all(runs.map((run) => run.done));
  }

  get liveCount(): number {
    return this.#live.size;
  }

  async readLog(id: string, stream: 'stdout' | 'stderr', offset: number): Promise<LogChunk> {
    return readLogChunk(this.#logPath(id, stream), offset);
  }

  async iterationLines(id: string): Promise<IterationLine[]> {
    const lines = await new LogTail(this.#logPath(id, 'stdout')).finish();
    return lines.flatMap((line) => parseIterationLine(line) ?? []);
  }

  #logPath(id: string, stream: 'stdout' | 'stderr'): string {
    return join(this.#parts.library.folderOf(id), `${stream}.log`);
  }

  #programOf(recipe: Recipe): string {
    const { nativeFolder, programFile } = this.#parts.platform;
    return join(nativeFolder, programFile(recipe.program.name));
  }

  #inherited(): ReadonlySet<string> {
    const { environment } = this.#parts;
    return new Set(Object.keys(environment).filter((name) => environment[name] !== undefined));
  }

  async #create(recipe: Recipe, plan: LaunchPlan, form: LaunchForm): Promise<LiveRun> {
    const { library, platform, versions } = this.#parts;
    const now = new Date();
    const id = await library.createFolder(recipe.id, now);
    let resolve: (manifest: RunManifest) => void = () => undefined;
    const promise = new Promise<RunManifest>((settle) => {
      resolve = settle;
    });
    const manifest: RunManifest = {
      version: 1,
      id,
      title: titleOf(recipe, plan, form),
      createdAt: now.toISOString(),
      state: 'queued',
      form: { ...form, extraEnvironment: form.extraEnvironment.map(maskEntry) },
      recipeTitle: recipe.title,
      target: { kind: 'local' },
      command: { program: this.#programOf(recipe), args: [...plan.args], cwd: library.artifactsOf(id) },
      environment: plan.environment.map(maskEntry),
      spans: [...plan.spans],
      profiled: plan.profiled,
      versions: { ...versions },
      host: { ...platform.host },
      gpus: [],
      artifacts: [],
      figures: [],
    };
    const live: LiveRun = {
      manifest,
      recipe,
      plan,
      environment: this.#environmentOf(plan),
      cancelled: false,
      ingest: new AbortController(),
      done: promise,
      resolve,
    };
    this.#live.set(id, live);
    await this.#update(live, {});
    return live;
  }

  /** The complete environment of the program: what is inherited, less what the form decides, plus the plan's. */
  #environmentOf(plan: LaunchPlan): Record<string, string> {
    const controlled: ReadonlySet<string> = new Set(controlledVariables);
    const environment: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.#parts.environment)) {
      if (value !== undefined && !controlled.has(name)) environment[name] = value;
    }
    for (const { name, value } of plan.environment) environment[name] = value;
    return environment;
  }

  async #update(live: LiveRun, change: Partial<RunManifest>): Promise<void> {
    live.manifest = { ...live.manifest, ...change };
    await this.#parts.library.write(live.manifest);
    this.#parts.events.changed(summarise(live.manifest));
  }

  async #launch(live: LiveRun): Promise<void> {
    this.#active = live;
    const { id } = live.manifest;
    live.monitor = new RunMonitor({
      id,
      stdoutPath: this.#logPath(id, 'stdout'),
      profiled: live.plan.profiled,
      iterations: iterationsOf(live),
      emit: (progress) => {
        this.#parts.events.progress(progress);
      },
      now: () => performance.now(),
    });
    await this.#update(live, { state: 'starting', startedAt: new Date().toISOString() });
    try {
      live.process = this.#parts.target.start(
        {
          runFolder: this.#parts.library.folderOf(id),
          ...live.manifest.command,
          environment: live.environment,
          stdoutPath: this.#logPath(id, 'stdout'),
          stderrPath: this.#logPath(id, 'stderr'),
          graceMs: GRACE_MS,
          sampleMs: live.plan.profiled ? PROFILED_SAMPLE_MS : TIMING_SAMPLE_MS,
        },
        (event) => {
          void this.#onEvent(live, event);
        },
      );
    } catch (thrown) {
      await this.#end(live, 'failed', toFailure(thrown));
    }
  }

  async #onEvent(live: LiveRun, event: TargetEvent): Promise<void> {
    if (event.type === 'sample') {
      live.monitor?.sample(event);
    } else if (event.type === 'started') {
      live.monitor?.tell('running', 'Loading the model and warming up');
      await this.#update(live, { state: 'running' });
    } else if (event.type === 'failed') {
      await this.#end(live, 'failed', event.failure);
    } else {
      await this.#complete(live, event.exit).catch((thrown: unknown) => this.#end(live, 'failed', toFailure(thrown)));
    }
  }

  async #complete(live: LiveRun, exit: RunExit): Promise<void> {
    const { library } = this.#parts;
    await live.monitor?.finish();
    live.monitor?.tell('finalising', 'Collecting what the run left');
    const folder = library.artifactsOf(live.manifest.id);
    const artifacts = await collectArtifacts(live.recipe, folder);
    const report = artifacts.find(({ kind }) => kind === 'report-json');
    const figures = report === undefined ? [] : await readReportFigures(join(folder, report.path));
    await this.#update(live, { state: 'ingesting', exit, artifacts, figures });
    const failure = await this.#ingest(live).catch(toFailure);
    if (live.cancelled) await this.#end(live, 'cancelled');
    else if (exit.code !== 0) await this.#end(live, 'failed', await this.#exitFailure(live, exit));
    else if (failure !== undefined) await this.#end(live, 'failed', failure);
    else await this.#end(live, 'ready');
  }

  /** Opens every trace once, so that it opens at once later, and checks the window on the way. */
  async #ingest(live: LiveRun): Promise<Failure | undefined> {
    const { sources } = this.#parts.sources.ofRun(
      live.manifest,
      this.#parts.library.artifactsOf(live.manifest.id),
    );
    const traces = sources.filter(({ kind }) => kind === 'trace');
    const ranks: RankIterations[] = [];
    for (const [index, { sourceId, rank, name }] of traces.entries()) {
      const { signal } = live.ingest;
      await this.#parts.engine.call('trace.open', { sourceId }, {
        signal,
        onProgress: ({ bytesDone, bytesTotal }) => {
          const ratio = (index + bytesDone / Math.max(1, bytesTotal)) / traces.length;
          live.monitor?.tell('ingesting', `Reading ${name}`, ratio);
        },
      });
      const iterations = await this.#parts.engine.call('trace.iterations', { sourceId }, { signal });
      ranks.push({ rank: rank ?? index, iterations });
    }
    if (live.plan.spans.length > 0 && live.manifest.form.torchTrace) {
      await this.#update(live, { captureCheck: checkCapture(live.plan.spans, ranks) });
    }
    return undefined;
  }

  /** Why a program that ended by itself with an error did so: its own last words. */
  async #exitFailure(live: LiveRun, exit: RunExit): Promise<Failure> {
    const lines = await new LogTail(this.#logPath(live.manifest.id, 'stderr')).finish();
    const said = lines.filter((line) => line.trim() !== '').slice(-3).join(' ');
    const how = exit.signal === null ? `with exit code ${String(exit.code)}` : `by ${exit.signal}`;
    const words = said === '' ? 'It said nothing on its error output' : `It said: ${said}`;
    const message = `${live.recipe.program.name} ended ${how}. ${words}. See the log for the rest.`;
    return { code: 'run.state', message, path: this.#logPath(live.manifest.id, 'stderr') };
  }

  async #end(live: LiveRun, state: 'ready' | 'failed' | 'cancelled', failure?: Failure): Promise<void> {
    const { id } = live.manifest;
    await live.monitor?.finish();
    await this.#update(live, {
      state,
      endedAt: new Date().toISOString(),
      ...(failure === undefined ? {} : { failure }),
    });
    live.monitor?.tell(state, state === 'ready' ? 'Ready' : state === 'failed' ? 'Failed' : 'Cancelled');
    await this.#parts.library.unlock(id);
    this.#live.delete(id);
    live.resolve(live.manifest);
    if (this.#active !== live) return;
    this.#active = undefined;
    const [next] = this.#live.values();
    if (next !== undefined) await this.#launch(next);
  }
}

function iterationsOf(live: LiveRun): number | undefined {
  const name = live.recipe.iterationsParameter;
  const value = name === undefined ? 0 : Number(live.manifest.form.parameters[name] ?? 0);
  return value > 0 ? value : undefined;
}

function titleOf(recipe: Recipe, plan: LaunchPlan, form: LaunchForm): string {
  const router = form.perfectRouter ? 'perfect router' : 'learned router';
  const recorders = plan.profiled ? ', profiled' : '';
  return `${recipe.title}, ${router}${recorders}`;
}

export function summarise(run: RunManifest): RunSummary {
  const { id, title, createdAt, startedAt, endedAt, state, failure, recipeTitle, spans, profiled, figures, exit } = run;
  return {
    id,
    title,
    createdAt,
    state,
    recipeTitle,
    spans,
    profiled,
    figures,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(failure === undefined ? {} : { failure }),
    ...(exit === undefined ? {} : { exit }),
  };
}
