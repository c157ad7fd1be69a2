// SPDX-License-Identifier: Apache-2.0
import { bandOf } from './band-index.ts';
import type { TimelineTrace, TimeRange } from './types.ts';

/** Finding iterations by number and by time, over all traces. */

/** World time of an iteration's host and GPU windows together; undefined when no trace has it. */
export function iterationRange(traces: readonly TimelineTrace[], index: number): TimeRange | undefined {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const { hostBands, gpuBands, offsetNs } of traces) {
    for (const bands of [hostBands, ...gpuBands.values()]) {
      const band = bandOf(bands, index);
      if (band === undefined) continue;
      startNs = Math.min(startNs, band.startNs + offsetNs);
      endNs = Math.max(endNs, band.endNs + offsetNs);
    }
  }
  return startNs <= endNs ? { startNs, endNs } : undefined;
}

/** World time of two iterations and of all between them; undefined when no trace has either. */
export function iterationsRange(
  traces: readonly TimelineTrace[],
  first: number,
  last: number,
): TimeRange | undefined {
  const ranges = [first, last].flatMap((index) => iterationRange(traces, index) ?? []);
  if (ranges.length === 0) return undefined;
  return {
    startNs: Math.min(...ranges.map(({ startNs }) => startNs)),
    endNs: Math.max(...ranges.map(({ endNs }) => endNs)),
  };
}

/** All iterations of some traces in the order of their numbers. */
interface Steps {
  readonly numbers: readonly number[];
  /** Where each number stands. */
  readonly places: ReadonlyMap<number, number>;
  /** The latest end of an iteration and of all before it, world time: never falls, so that it can be searched. */
  readonly latestEndNs: Float64Array;
}

/** Made once for each list of traces: stepping through tens of thousands of iterations looks each step up. */
const stepsOfTraces = new WeakMap<readonly TimelineTrace[], Steps>();

function stepsOf(traces: readonly TimelineTrace[]): Steps {
  const kept = stepsOfTraces.get(traces);
  if (kept !== undefined) return kept;
  const numbers = [...new Set(traces.flatMap(({ hostBands }) => hostBands.map(({ index }) => index)))];
  numbers.sort((a, b) => a - b);
  let latest = Number.NEGATIVE_INFINITY;
  const latestEndNs = Float64Array.from(numbers, (index) => {
    latest = Math.max(latest, iterationRange(traces, index)?.endNs ?? latest);
    return latest;
  });
  const steps = { numbers, places: new Map(numbers.map((index, at) => [index, at])), latestEndNs };
  stepsOfTraces.set(traces, steps);
  return steps;
}

/** The first place whose end lies after a moment. */
function firstEndingAfter(latestEndNs: Float64Array, atNs: number): number {
  let low = 0;
  let high = latestEndNs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((latestEndNs[middle] ?? Number.POSITIVE_INFINITY) > atNs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The iteration before or after the current one; without a current one, the one at a moment.
 * Undefined at either end.
 */
export function nextIteration(
  traces: readonly TimelineTrace[],
  current: number | undefined,
  atNs: number,
  direction: 1 | -1,
): number | undefined {
  const { numbers, places, latestEndNs } = stepsOf(traces);
  const place = current === undefined ? undefined : places.get(current);
  if (place !== undefined) return numbers[place + direction];
  return numbers[firstEndingAfter(latestEndNs, atNs)] ?? numbers.at(-1);
}
