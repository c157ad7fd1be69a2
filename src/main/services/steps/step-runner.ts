// SPDX-License-Identifier: Apache-2.0
import type { Address, PlannedStep } from '../../launch/steps.ts';
import type { LaunchSpec, Target } from '../../ports/target.ts';
import { endedWell } from '../run-end.ts';
import { isTaken, untilReady, urlOf } from './server-health.ts';
import { StepProcess, type ProcessListener, type StepEnd } from './step-process.ts';

/**
 * The programs of a run in their order: preparations to their ends, servers until they answer, then the load, then
 * the servers' end. Each has a supervisor of its own; one cancel ends all of them.
 */

export interface StepsListener extends ProcessListener {
  /** What is being waited for, in words. */
  says(step: PlannedStep, words: string): void;
  ready(step: PlannedStep): void;
}

export interface StepsParts {
  readonly target: Target;
  readonly steps: readonly PlannedStep[];
  readonly specOf: (step: PlannedStep) => Promise<LaunchSpec>;
  readonly listener: StepsListener;
}

/** The step whose end decided the run's, and what was wrong with it beyond how its program ended. */
export interface StepsOutcome {
  readonly step: PlannedStep;
  readonly end: StepEnd;
  readonly trouble?: 'port-taken' | 'absent' | 'not-ready' | 'died-before-ready' | 'died-under-load';
}

export class StepRunner {
  readonly #parts: StepsParts;
  readonly #servers: StepProcess[] = [];
  readonly #cancelled = new AbortController();
  #working: StepProcess | undefined;

  constructor(parts: StepsParts) {
    this.#parts = parts;
  }

  /** Resolves when nothing of any step is alive; undefined when it was cancelled before anything began. */
  async run(): Promise<StepsOutcome | undefined> {
    try {
      return await this.#inOrder();
    } finally {
      await this.#endServers();
    }
  }

  /** Ends every step that lives and begins no other. */
  cancel(): void {
    this.#cancelled.abort();
    for (const process of [this.#working, ...this.#servers]) process?.cancel();
  }

  async #inOrder(): Promise<StepsOutcome | undefined> {
    let outcome: StepsOutcome | undefined;
    for (const step of this.#parts.steps) {
      if (this.#cancelled.signal.aborted) return outcome;
      const ended = step.role === 'serve' ? await this.#serve(step) : await this.#work(step);
      if (ended === undefined) continue;
      outcome = ended;
      if (!isGood(ended)) return ended;
    }
    // Without a load, a server's own end is the run's.
    return this.#parts.steps.at(-1)?.role === 'serve' ? this.#serverEnd() : outcome;
  }

  async #start(step: PlannedStep): Promise<StepProcess> {
    const { target, specOf, listener } = this.#parts;
    const process = new StepProcess(target, step, await specOf(step), listener);
    // A cancel that came while this was awaited found no process yet.
    if (this.#cancelled.signal.aborted) process.cancel();
    return process;
  }

  /** A preparation or the load: to its end, or to that of a server which it needs. */
  async #work(step: PlannedStep): Promise<StepsOutcome | undefined> {
    if (step.awaits !== undefined && !(await this.#answers(step, step.awaits))) {
      return this.#cancelled.signal.aborted ? undefined : { step, end: {}, trouble: 'absent' };
    }
    const process = await this.#start(step);
    this.#working = process;
    const own = process.ended.then((end): StepsOutcome => ({ step, end }));
    const first = await Promise.race([own, this.#serverEnd()]);
    if (first.step !== step) {
      process.cancel();
      await process.ended;
    }
    this.#working = undefined;
    return first;
  }

  /** Whether the server of somebody else answers in time; false where this was cancelled. */
  async #answers(step: PlannedStep, address: Address): Promise<boolean> {
    this.#parts.listener.says(step, `Waiting until ${urlOf(address)} answers`);
    return untilReady(address, address.timeoutMs, this.#cancelled.signal).catch(() => false);
  }

  /** The first end of a server; never, where there is none. */
  #serverEnd(): Promise<StepsOutcome> {
    return Promise.race(
      this.#servers.map(async ({ step, ended }): Promise<StepsOutcome> => {
        const end = await ended;
        return this.#cancelled.signal.aborted ? { step, end } : { step, end, trouble: 'died-under-load' };
      }),
    );
  }

  /** Starts a server and waits until it answers; an outcome only where it does not. */
  async #serve(step: PlannedStep): Promise<StepsOutcome | undefined> {
    const { ready } = step;
    if (ready !== undefined && (await isTaken(ready))) return { step, end: {}, trouble: 'port-taken' };
    const process = await this.#start(step);
    this.#servers.push(process);
    if (ready === undefined) return undefined;
    this.#parts.listener.says(step, `Waiting until ${urlOf(ready)} answers`);
    const over = new AbortController();
    const signal = AbortSignal.any([this.#cancelled.signal, over.signal]);
    const answered = untilReady(ready, ready.timeoutMs, signal).catch(() => null);
    const first = await Promise.race([answered, process.ended]);
    over.abort();
    if (first === true) {
      this.#parts.listener.ready(step);
      return undefined;
    }
    if (first === false) process.cancel();
    const end = await process.ended;
    if (this.#cancelled.signal.aborted) return { step, end };
    return { step, end, trouble: first === false ? 'not-ready' : 'died-before-ready' };
  }

  async #endServers(): Promise<void> {
    for (const server of this.#servers.toReversed()) {
      if (!this.#cancelled.signal.aborted) this.#parts.listener.says(server.step, 'Ending it');
      server.cancel();
      await server.ended;
    }
  }
}

function isGood({ end: { exit }, trouble }: StepsOutcome): boolean {
  return trouble === undefined && exit !== undefined && endedWell(exit);
}
