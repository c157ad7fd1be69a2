// SPDX-License-Identifier: Apache-2.0
import type { CounterView, WindowCounter } from '#shared/trace/counters.ts';
import { LatestQuestion } from './latest-question.ts';
import { serves, type WindowPlan } from './window-plan.ts';
import type { TimelineTrace, TimeRange } from './types.ts';

/** Keeps one window of a trace's counters. */

/** An answer with its place in world time. */
export interface LoadedCounters extends WindowPlan {
  readonly view: CounterView;
  readonly counters: ReadonlyMap<number, WindowCounter>;
}

interface Wanted {
  readonly plan: WindowPlan;
  readonly counters: readonly number[];
}

export class CounterLoader {
  readonly #trace: TimelineTrace;
  readonly #abort = new AbortController();
  readonly #question: LatestQuestion<Wanted, LoadedCounters>;

  constructor(trace: TimelineTrace, onChange: () => void) {
    this.#trace = trace;
    this.#question = new LatestQuestion((wanted) => this.#ask(wanted), onChange);
  }

  get current(): LoadedCounters | undefined {
    return this.#question.current;
  }

  want(view: TimeRange, plan: WindowPlan, counters: readonly number[]): void {
    if (counters.length === 0) return;
    const { current } = this;
    const isHere = current !== undefined && serves(current, view, plan);
    if (isHere && counters.every((id) => current.counters.has(id))) this.#question.settle();
    else this.#question.want({ plan, counters });
  }

  dispose(): void {
    this.#question.dispose();
    this.#abort.abort();
  }

  async #ask({ plan, counters }: Wanted): Promise<LoadedCounters | undefined> {
    const { offsetNs, source } = this.#trace;
    const { units } = plan;
    const request = { startNs: plan.startNs - offsetNs, endNs: plan.endNs - offsetNs, units, counters };
    try {
      const view = await source.counterWindow(request, this.#abort.signal);
      return { ...plan, view, counters: new Map(view.counters.map((each) => [each.counterId, each])) };
    } catch {
      // A lost engine or a cancelled question: the session says so above the timeline; old pixels stay.
      return undefined;
    }
  }
}

/** What a counter was at a moment: the value that holds, and how far it went within that pixel. */
interface CounterReading {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Samples that fell on the same pixel. */
  readonly samples: number;
}

/** Undefined before the first sample, and outside of what is loaded. */
export function readCounter(loaded: LoadedCounters, id: number, atNs: number): CounterReading | undefined {
  const counter = loaded.counters.get(id);
  if (counter === undefined || atNs < loaded.startNs || atNs > loaded.endNs) return undefined;
  const { x, last, min, max, samples } = loaded.view;
  const unit = (atNs - loaded.startNs) / loaded.nsPerUnit;
  let low = counter.first;
  let high = counter.first + counter.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) <= unit) low = middle + 1;
    else high = middle;
  }
  const at = low - 1;
  const value = last[at];
  if (at < counter.first || value === undefined) return undefined;
  // Later than its pixel only the last value holds.
  const isWithin = unit < (x[at] ?? 0) + 1;
  if (!isWithin) return { value, min: value, max: value, samples: 1 };
  return { value, min: min[at] ?? value, max: max[at] ?? value, samples: samples[at] ?? 1 };
}
