// SPDX-License-Identifier: Apache-2.0
import type { IterationLine, IterationTimes, RunProgress, RunState } from '#shared/contract/run.ts';
import { parseIterationLine } from '../launch/iteration-log.ts';
import { iterationTimesOf } from './iteration-times.ts';
import { LogTail } from './log-tail.ts';

/** Ten times a second at most; twice a second while a timing pass runs, which nothing may perturb. */
const PROFILED_PERIOD_MS = 100;
const TIMING_PERIOD_MS = 500;

export interface MonitorOptions {
  readonly id: string;
  readonly stdoutPath: string;
  readonly profiled: boolean;
  /** Iterations after which the run stops at the latest: a bound, not the end. */
  readonly iterationLimit: number | undefined;
  readonly emit: (progress: RunProgress) => void;
  readonly now: () => number;
}

/** Follows one living run: its log, its samples, its state; tells the window what changed. */
export class RunMonitor {
  readonly #options: MonitorOptions;
  readonly #tail: LogTail;
  readonly #startedAt: number;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #state: RunState = 'starting';
  #step = 'Starting the program';
  #ratio: number | undefined;
  #lastIteration = -1;
  readonly #stepsMs: number[] = [];
  #sample: { cpuMs: number; rssBytes: number } | undefined;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#tail = new LogTail(options.stdoutPath);
    this.#startedAt = options.now();
    const period = options.profiled ? PROFILED_PERIOD_MS : TIMING_PERIOD_MS;
    this.#timer = setInterval(() => {
      this.#reading ??= this.#poll().finally(() => {
        this.#reading = undefined;
      });
    }, period);
  }

  sample(sample: { cpuMs: number; rssBytes: number }): void {
    this.#sample = sample;
  }

  /** Says what is being done now; `ratio` only where it is known. */
  tell(state: RunState, step: string, ratio?: number): void {
    this.#state = state;
    this.#step = step;
    this.#ratio = ratio;
    this.#emit([]);
  }

  /** Over every iteration line so far; undefined before the first. */
  get iterationTimes(): IterationTimes | undefined {
    return iterationTimesOf(this.#stepsMs);
  }

  /** Reads the log to its end and stops following it. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#reading;
    const parsed: IterationLine[] = [];
    for await (const lines of this.#tail.drain()) parsed.push(...this.#parse(lines));
    this.#emit(parsed);
  }

  async #poll(): Promise<void> {
    this.#emit(this.#parse(await this.#tail.read()));
  }

  #parse(lines: readonly string[]): IterationLine[] {
    const parsed: IterationLine[] = [];
    for (const line of lines) {
      const iteration = parseIterationLine(line);
      if (iteration === null) continue;
      parsed.push(iteration);
      this.#stepsMs.push(iteration.hostStepMs);
    }
    const last = parsed.at(-1);
    if (last !== undefined) {
      this.#lastIteration = last.iteration;
      const limit = this.#options.iterationLimit;
      this.#step =
        limit === undefined ? `Iteration ${last.iteration}` : `Iteration ${last.iteration}, at most ${limit}`;
    } else if (this.#state === 'running' && this.#lastIteration < 0) {
      this.#step = 'Loading the model and warming up';
    }
    return parsed;
  }

  #emit(lines: IterationLine[]): void {
    this.#options.emit({
      id: this.#options.id,
      state: this.#state,
      step: this.#step,
      elapsedMs: this.#options.now() - this.#startedAt,
      lines,
      ...(this.#ratio === undefined ? {} : { ratio: this.#ratio }),
      ...(this.#sample ?? {}),
      ...(this.#options.iterationLimit === undefined ? {} : { iterationLimit: this.#options.iterationLimit }),
    });
  }
}
