// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { IterscopeError } from '#shared/base/errors.ts';
import type { ComparisonOrigin } from '#shared/contract/comparison.ts';
import type { IterationRecords } from '#shared/contract/iteration-record.ts';
import type { IterationSpan, LaunchForm, LaunchPreview } from '#shared/contract/launch.ts';
import type { IterationLine, RunManifest, RunSummary } from '#shared/contract/run.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { LaunchPlan } from '../launch/plan.ts';
import { inFolder } from '../launch/placed-plan.ts';
import { maskEntry } from '../launch/secrets.ts';
import { writeAtomically } from './files.ts';
import { iterationRecordsOf } from './iteration-statistics.ts';
import type { LaunchPlanner, PlannedForm } from './launch-planner.ts';
import { readLogChunk, type LogChunk } from './log-tail.ts';
import { RunLife } from './run-life.ts';
import { iterationLinesOf } from './run-reading.ts';
import { plannedRecords } from './steps/run-steps.ts';
import { ingestRun, recoverRuns, type RecoveryParts } from './run-recovery.ts';

export interface RunServiceParts extends RecoveryParts {
  readonly planner: LaunchPlanner;
  /** The environment that runs start from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** How long a killed process may take to be gone. */
const PATIENCE_MS = 10_000;

/** All runs. One runs at a time; the others wait in their order. */
export class RunService {
  readonly #parts: RunServiceParts;
  /** Runs that are not at their end, in the order in which they were started. */
  readonly #live = new Map<string, RunLife>();
  readonly #ingests = new Map<string, { stop: AbortController; done: Promise<RunManifest> }>();
  #active: RunLife | undefined;

  constructor(parts: RunServiceParts) {
    this.#parts = parts;
  }

  /** Takes over what an application that died left. Call once, at start. */
  async recover(): Promise<void> {
    await recoverRuns(this.#parts);
  }

  /** Reads what an ended run left; asking again while it is being read gives the same answer. */
  async ingest(id: string): Promise<RunManifest> {
    if (this.#live.has(id)) {
      const message = 'The run is not over: what it leaves is read at its end.';
      throw new IterscopeError({ code: 'run.state', message });
    }
    let ingest = this.#ingests.get(id);
    if (ingest === undefined) {
      const stop = new AbortController();
      ingest = {
        stop,
        done: ingestRun(this.#parts, id, stop.signal).finally(() => this.#ingests.delete(id)),
      };
      this.#ingests.set(id, ingest);
    }
    return ingest.done;
  }

  preview(form: LaunchForm): Promise<LaunchPreview> {
    return this.#parts.planner.preview(form);
  }

  async list(): Promise<RunSummary[]> {
    const { runs } = await this.#parts.library.list();
    return runs.map((run) => this.#parts.library.summaryOf(this.#live.get(run.id)?.manifest ?? run));
  }

  async get(id: string): Promise<RunManifest> {
    return this.#live.get(id)?.manifest ?? (await this.#parts.library.read(id));
  }

  /** Whether this process has the run queued, going on or being read. */
  isLive(id: string): boolean {
    return this.#live.has(id) || this.#ingests.has(id);
  }

  /**
   * Creates the run and starts it, or queues it behind the one that runs. `stated` is what its user stated, where the
   * form says more than that.
   */
  async start(form: LaunchForm, comparison?: ComparisonOrigin, stated = form): Promise<RunManifest> {
    const planned = await this.#parts.planner.plan(form);
    const life = await this.#create({ ...planned, form: stated }, comparison);
    this.#startNext();
    this.#tellQueue();
    return life.manifest;
  }

  /** A run for each pass of the form, in their order; none where one of them cannot be run. */
  async startPasses(form: LaunchForm): Promise<RunManifest[]> {
    const lives: RunLife[] = [];
    for (const planned of await this.#parts.planner.planAll(form))
      lives.push(await this.#create(planned, undefined));
    this.#startNext();
    this.#tellQueue();
    return lives.map(({ manifest }) => manifest);
  }

  /** Resolves when the run has reached its end. */
  async finished(id: string): Promise<RunManifest> {
    return this.#live.get(id)?.ended ?? this.#parts.library.read(id);
  }

  /** Ids of the runs that wait, in their order. */
  get queue(): string[] {
    return [...this.#live].flatMap(([id, life]) => (life === this.#active ? [] : [id]));
  }

  /** Gives a waiting run another place among those that wait. */
  moveInQueue(id: string, to: number): string[] {
    const others = this.queue.filter((waiting) => waiting !== id);
    if (others.length === this.queue.length) {
      const message = 'This run does not wait any more: only a queued run can be moved.';
      throw new IterscopeError({ code: 'run.state', message });
    }
    const order = [...others.slice(0, to), id, ...others.slice(to)];
    for (const waiting of order) {
      const life = this.#live.get(waiting);
      if (life === undefined) continue;
      // A map keeps the order in which its keys were added.
      this.#live.delete(waiting);
      this.#live.set(waiting, life);
    }
    this.#tellQueue();
    return order;
  }

  async cancel(id: string): Promise<void> {
    const life = this.#live.get(id);
    if (life !== undefined) {
      await life.cancel();
      return;
    }
    const ingest = this.#ingests.get(id);
    if (ingest !== undefined) {
      ingest.stop.abort();
      return;
    }
    const { state } = await this.#parts.library.read(id);
    const message = `The run is already over (${state}): there is nothing to cancel.`;
    throw new IterscopeError({ code: 'run.state', message });
  }

  /**
   * Cancels everything that lives; resolves when nothing does, or when that takes longer than it may: a process in an
   * uninterruptible wait, for a device or a network disk, cannot be ended by anybody. Its supervisor stays with it, and
   * the next start finds the run.
   */
  async close(patienceMs = PATIENCE_MS): Promise<void> {
    // The waiting ones first, so that none starts when the running one ends.
    const runs = [...this.#live.values()].reverse();
    for (const { stop } of this.#ingests.values()) stop.abort();
    const graceMs = Math.max(0, ...runs.map((run) => run.graceMs));
    const giveUp = new AbortController();
    const patience = setTimeout(graceMs + patienceMs, undefined, { signal: giveUp.signal }).catch(
      () => undefined,
    );
    const ended = Promise.all(
      runs.map(async (run) => {
        await run.cancel();
        await run.ended;
      }),
    );
    await Promise.race([ended, patience]);
    giveUp.abort();
  }

  get liveCount(): number {
    return this.#live.size;
  }

  async readLog(id: string, stream: 'stdout' | 'stderr', offset: number): Promise<LogChunk> {
    return readLogChunk(this.#parts.library.logOf(id, stream), offset);
  }

  async iterationLines(id: string): Promise<IterationLine[]> {
    return iterationLinesOf(this.#parts.library, await this.get(id));
  }

  /** What statistics files say of iterations and of their neighbours. */
  async iterationRecords(id: string, span: IterationSpan): Promise<IterationRecords> {
    return iterationRecordsOf(this.#parts.library, await this.get(id), span);
  }

  #startNext(): void {
    if (this.#active !== undefined) return;
    const [next] = this.#live.values();
    if (next === undefined) return;
    this.#active = next;
    this.#tellQueue();
    void next.launch();
  }

  #tellQueue(): void {
    this.#parts.events.queue?.(this.queue);
  }

  async #create(
    { recipe, plan: planned, form }: PlannedForm,
    comparison: ComparisonOrigin | undefined,
  ): Promise<RunLife> {
    const { library, platform, versions } = this.#parts;
    const now = new Date();
    const id = await library.createFolder(recipe.id, now);
    const plan = inFolder(planned, library.artifactsOf(id));
    for (const { path, text } of plan.files) await writeAtomically(join(library.artifactsOf(id), path), text);
    const steps = plannedRecords(plan);
    const manifest: RunManifest = {
      version: 1,
      id,
      title: titleOf(recipe, plan, form),
      createdAt: now.toISOString(),
      state: 'queued',
      form: { ...form, extraEnvironment: form.extraEnvironment.map(maskEntry) },
      ...(comparison === undefined ? {} : { comparison }),
      recipeTitle: recipe.title,
      target: plan.target,
      command: { program: plan.main.program, args: [...plan.main.args], cwd: library.artifactsOf(id) },
      ...(steps === undefined ? {} : { steps }),
      environment: plan.environment.map(maskEntry),
      spans: [...plan.spans],
      windowFrom: plan.windowFrom,
      profiled: plan.profiled,
      versions: { ...versions },
      host: { ...platform.host },
      gpus: [],
      artifacts: [],
      figures: [],
    };
    const life = new RunLife(this.#parts, {
      manifest,
      recipe,
      plan,
      inherited: inheritedBy(this.#parts.environment, plan),
    });
    await life.announce();
    this.#live.set(id, life);
    void life.ended.then(() => {
      this.#live.delete(id);
      if (this.#active === life) this.#active = undefined;
      this.#tellQueue();
      this.#startNext();
    });
    return life;
  }
}

/** What every step inherits: all but what the form decides about. */
function inheritedBy(
  inherited: Readonly<Record<string, string | undefined>>,
  plan: LaunchPlan,
): Record<string, string> {
  const controlled: ReadonlySet<string> = new Set(plan.controlled);
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && !controlled.has(name)) environment[name] = value;
  }
  return environment;
}

function titleOf(recipe: Recipe, plan: LaunchPlan, form: LaunchForm): string {
  const routed = recipe.recorders['perfect-router'] !== undefined;
  const router = form.perfectRouter ? ', perfect router' : ', learned router';
  return `${recipe.title}${routed ? router : ''}${plan.profiled ? ', profiled' : ''}`;
}
