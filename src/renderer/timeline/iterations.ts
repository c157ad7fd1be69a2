// SPDX-License-Identifier: Apache-2.0
import type { TimelineTrace, TimeRange } from './types.ts';

/** Finding iterations by number and by time, over all traces. */

/** World time of an iteration's host and GPU windows together; undefined when no trace has it. */
export function iterationRange(traces: readonly TimelineTrace[], index: number): TimeRange | undefined {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const { hostBands, gpuBands, offsetNs } of traces) {
    for (const bands of [hostBands, ...gpuBands.values()]) {
      const band = bands.find((each) => each.index === index);
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
  const indices = [...new Set(traces.flatMap(({ hostBands }) => hostBands.map(({ index }) => index)))];
  indices.sort((a, b) => a - b);
  if (current !== undefined && indices.includes(current))
    return indices[indices.indexOf(current) + direction];
  const at = indices.find((index) => {
    const range = iterationRange(traces, index);
    return range !== undefined && atNs < range.endNs;
  });
  return at ?? indices.at(-1);
}
