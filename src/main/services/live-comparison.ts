// SPDX-License-Identifier: Apache-2.0
import { IterscopeError, toFailure } from '#shared/base/errors.ts';
import type { Comparison, ComparisonAnswer, ComparisonProgress } from '#shared/contract/comparison.ts';
import type { PlannedPass } from '#shared/contract/comparison-pass.ts';
import type { Engine } from '../ports/engine.ts';
import type { Platform } from '../ports/platform.ts';
import { maskSecrets } from './comparison-store.ts';
import type { ComparisonStore } from './comparison-store.ts';
import type { Library } from './library.ts';
import { formOf, launchedForm } from './pass-forms.ts';
import type { RecipeService } from './recipes.ts';
import type { RunService } from './runs.ts';
import type { SourceService } from './sources.ts';
import type { TelemetryService } from './telemetry.ts';

export interface ComparisonParts {
  readonly store: ComparisonStore;
  readonly runs: RunService;
  readonly library: Library;
  readonly recipes: Pick<RecipeService, 'get'>;
  readonly sources: SourceService;
  readonly engine: Engine;
  readonly telemetry: Pick<TelemetryService, 'read'>;
  readonly platform: Platform;
  readonly onProgress: (progress: ComparisonProgress) => void;
  /** The application's own environment, where secrets are found again when a comparison goes on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A pass that fails is tried once more: one bad start must not cost an hour of good ones. */
const TRIES = 2;

/** One comparison that goes on. */
export class LiveComparison {
  readonly #parts: ComparisonParts;
  readonly #answer: () => Promise<ComparisonAnswer>;
  readonly ended: Promise<Comparison>;
  #resolveEnded: (comparison: Comparison) => void = () => undefined;
  #comparison: Comparison;
  #current: string | undefined;
  #cancelled = false;

  constructor(parts: ComparisonParts, comparison: Comparison, answer: () => Promise<ComparisonAnswer>) {
    this.#parts = parts;
    this.#comparison = comparison;
    this.#answer = answer;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get comparison(): Comparison {
    return this.#comparison;
  }

  async cancel(): Promise<void> {
    this.#cancelled = true;
    if (this.#current !== undefined) await this.#parts.runs.cancel(this.#current).catch(() => undefined);
    await this.ended;
  }

  async go(): Promise<void> {
    try {
      await this.#parts.store.makeCaches(this.#comparison);
      for (const pass of this.#remaining()) {
        if (pass.purpose === 'timing' && (await this.#isSettled())) continue;
        const stopped = await this.#run(pass);
        if (stopped !== null) {
          await this.#end(stopped);
          return;
        }
      }
      await this.#end('done');
    } catch (thrown) {
      await this.#end('failed', toFailure(thrown).message);
    }
  }

  /** Asked anew after each wait: a cancel can come in between. */
  #wasCancelled(): boolean {
    return this.#cancelled;
  }

  /** Passes that have no run yet, in their order. */
  #remaining(): PlannedPass[] {
    const { plan, passes } = this.#comparison;
    return plan.filter(
      (planned) =>
        !passes.some(
          ({ block, arm, purpose }) =>
            block === planned.block && arm === planned.arm && purpose === planned.purpose,
        ),
    );
  }

  /** Whether an early look between two blocks gave a verdict, which ends the timing passes. */
  async #isSettled(): Promise<boolean> {
    const { request, passes } = this.#comparison;
    const timing = passes.filter(({ purpose }) => purpose === 'timing').length;
    if (!request.early || timing === 0 || timing % 2 === 1) return false;
    const { verdict } = await this.#answer();
    return verdict !== null && verdict.kind !== 'inconclusive';
  }

  /** Does one pass; says how the comparison ends when it cannot go on after it. */
  async #run(pass: PlannedPass): Promise<'cancelled' | 'interrupted' | null> {
    const { request, id } = this.#comparison;
    const { runs, store } = this.#parts;
    const arm = request[pass.arm];
    if (this.#wasCancelled()) return 'cancelled';
    this.#tell(stepText(pass, arm.label, request.blocks));
    for (let attempt = 1; ; attempt += 1) {
      const form = launchedForm(this.#comparison, pass, store.cacheFolderOf(id));
      const { id: runId } = await runs.start(form, { id, ...pass }, formOf(arm, pass.purpose));
      this.#current = runId;
      if (this.#wasCancelled()) await this.#parts.runs.cancel(runId).catch(() => undefined);
      const run = await this.#parts.runs.finished(runId);
      this.#current = undefined;
      if (this.#wasCancelled()) return 'cancelled';
      // Somebody ended this pass, or the application is being quit: the comparison can go on later.
      if (run.state === 'cancelled') return 'interrupted';
      if (run.state === 'ready') {
        await this.#record(pass, runId);
        return null;
      }
      if (attempt < TRIES && run.state === 'failed') continue;
      const reason = run.failure?.message ?? `It was ${run.state}.`;
      const message = `A pass of ${arm.label} did not end well, so the comparison stopped: ${reason} Its finished passes are kept; it can go on.`;
      throw new IterscopeError({ code: 'comparison.pass', message });
    }
  }

  async #record(pass: PlannedPass, runId: string): Promise<void> {
    await this.#update({ passes: [...this.#comparison.passes, { ...pass, runId }] });
    this.#tell('A pass ended');
  }

  async #update(change: Partial<Comparison>): Promise<void> {
    this.#comparison = { ...this.#comparison, ...change };
    await this.#parts.store.write(this.#comparison);
  }

  async #end(state: Comparison['state'], reason?: string): Promise<void> {
    const endedAt = new Date().toISOString();
    const { owner: _owner, ...rest } = this.#comparison;
    this.#comparison = rest;
    await this.#update({ state, endedAt, ...(reason === undefined ? {} : { reason }) });
    // One that goes on later finds them as they are.
    if (state === 'done') await this.#parts.store.removeCaches(this.#comparison.id);
    this.#tell(reason ?? ENDED[state]);
    this.#resolveEnded(this.#comparison);
  }

  #tell(step: string): void {
    const { passes, plan } = this.#comparison;
    this.#parts.onProgress({
      comparison: maskSecrets(this.#comparison),
      done: passes.length,
      total: plan.length,
      step,
    });
  }
}

const ENDED: Readonly<Record<Comparison['state'], string>> = {
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted: it can go on',
};

function stepText({ purpose, block }: PlannedPass, label: string, blocks: number): string {
  if (purpose === 'profile') return `Profiled pass of ${label}`;
  return `Timing pass of ${label}, block ${block.toString()} of ${blocks.toString()}`;
}
