// SPDX-License-Identifier: Apache-2.0
import type { LogRule } from '#shared/contract/recipe.ts';
import type {
  IterationLine,
  IterationTimes,
  ReportedFigure,
  RunProgress,
  RunState,
} from '#shared/contract/run.ts';
import { iterationTimesOf } from './iteration-times.ts';
import { LogReader, type LogNews } from './log-reader.ts';

/** Ten times a second at most; twice a second while a timing pass runs, which nothing may perturb. */
const PROFILED_PERIOD_MS = 100;
const TIMING_PERIOD_MS = 500;

export interface MonitorOptions {
  readonly id: string;
  readonly profiled: boolean;
  /** Iterations after which the run stops at the latest: a bound, not the end. */
  readonly iterationLimit: number | undefined;
  readonly emit: (progress: RunProgress) => void;
  readonly now: () => number;
}

/** Follows one living run: its logs, its samples, its state; tells the window what changed. */
export class RunMonitor {
  readonly #options: MonitorOptions;
  /** Of each step the readers of its outputs. */
  readonly #readers = new Map<string, readonly LogReader[]>();
  readonly #startedAt: number;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #state: RunState = 'starting';
  #step = 'Starting the program';
  #ratio: number | undefined;
  readonly #stepsMs: number[] = [];
  #sample: { cpuMs: number; rssBytes: number } | undefined;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#startedAt = options.now();
    const period = options.profiled ? PROFILED_PERIOD_MS : TIMING_PERIOD_MS;
    this.#timer = setInterval(() => {
      this.#reading ??= this.#poll().finally(() => {
        this.#reading = undefined;
      });
    }, period);
  }

  /** Begins to read the outputs of a step by its rules. */
  follow(step: string, paths: readonly string[], rules: readonly LogRule[]): void {
    this.#readers.set(
      step,
      paths.map((path) => new LogReader(path, rules)),
    );
  }

  /** What the rules of a step found in its outputs so far. */
  figuresOf(step: string): ReportedFigure[] {
    return (this.#readers.get(step) ?? []).flatMap(({ figures }) => figures);
  }

  /** The reason for a failure that the rules of a step found. */
  failureOf(step: string): string | undefined {
    return (this.#readers.get(step) ?? []).map(({ failure }) => failure).find((text) => text !== undefined);
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

  /** Reads the logs to their ends and stops following them. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#reading;
    await this.#readAll((reader) => reader.finish());
  }

  async #poll(): Promise<void> {
    await this.#readAll((reader) => reader.read());
  }

  async #readAll(read: (reader: LogReader) => Promise<LogNews>): Promise<void> {
    const lines: IterationLine[] = [];
    for (const reader of [...this.#readers.values()].flat()) lines.push(...this.#take(await read(reader)));
    this.#emit(lines);
  }

  #take({ iterations, words, ratio }: LogNews): readonly IterationLine[] {
    for (const { hostStepMs } of iterations) this.#stepsMs.push(hostStepMs);
    const last = iterations.at(-1);
    if (last !== undefined) {
      const limit = this.#options.iterationLimit;
      this.#step =
        limit === undefined ? `Iteration ${last.iteration}` : `Iteration ${last.iteration}, at most ${limit}`;
    } else if (words !== undefined) {
      this.#step = words;
      this.#ratio = ratio;
    }
    return iterations;
  }

  #emit(lines: readonly IterationLine[]): void {
    this.#options.emit({
      id: this.#options.id,
      state: this.#state,
      step: this.#step,
      elapsedMs: this.#options.now() - this.#startedAt,
      lines: [...lines],
      ...(this.#ratio === undefined ? {} : { ratio: this.#ratio }),
      ...(this.#sample ?? {}),
      ...(this.#options.iterationLimit === undefined ? {} : { iterationLimit: this.#options.iterationLimit }),
    });
  }
}
