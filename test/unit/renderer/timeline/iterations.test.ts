// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { iterationRange, iterationsRange, nextIteration } from '#renderer/timeline/iterations.ts';
import { makeBand, makeTimelineTrace } from '../../../builders/timeline.ts';

const traces = [
  makeTimelineTrace({
    hostBands: [makeBand(20, 0, 100), makeBand(21, 100, 200)],
    gpuBands: new Map([[0, [makeBand(20, 50, 160)]]]),
  }),
  makeTimelineTrace({ key: 'b', offsetNs: 10, hostBands: [makeBand(21, 90, 220), makeBand(22, 220, 300)] }),
];

describe('iterations on the timeline', () => {
  test('reach over host and GPU windows of all traces', () => {
    expect(iterationRange(traces, 20)).toEqual({ startNs: 0, endNs: 160 });
    expect(iterationRange(traces, 21)).toEqual({ startNs: 100, endNs: 230 });
    expect(iterationRange(traces, 99)).toBeUndefined();
  });

  test('of a window reach from its first to its last, on whichever trace they are', () => {
    expect(iterationsRange(traces, 20, 22)).toEqual({ startNs: 0, endNs: 310 });
    expect(iterationsRange(traces, 19, 20)).toEqual({ startNs: 0, endNs: 160 });
    expect(iterationsRange(traces, 98, 99)).toBeUndefined();
  });

  test('follow each other by number, and end', () => {
    expect(nextIteration(traces, 20, 0, 1)).toBe(21);
    expect(nextIteration(traces, 21, 0, 1)).toBe(22);
    expect(nextIteration(traces, 22, 0, 1)).toBeUndefined();
    expect(nextIteration(traces, 20, 0, -1)).toBeUndefined();
  });

  test('without a current one, start at the moment that is looked at', () => {
    expect(nextIteration(traces, undefined, 190, 1)).toBe(21);
    expect(nextIteration(traces, undefined, 1e9, -1)).toBe(22);
    expect(nextIteration([], undefined, 0, 1)).toBeUndefined();
  });

  test('are found with one look at each of them at first, and none for every step after that', () => {
    const readsOf = (count: number) => {
      const { bands, reads } = countedBands(count);
      const one = [makeTimelineTrace({ hostBands: bands })];
      let current = nextIteration(one, undefined, count * 5, 1);
      expect(current).toBe(count / 2);
      iterationRange(one, count / 2);
      const first = reads();
      for (let step = 0; step < 100; step += 1) {
        current = nextIteration(one, current, 0, 1);
        iterationRange(one, current ?? 0);
      }
      expect(current).toBe(count / 2 + 100);
      return { first, later: reads() - first };
    };
    const [small, large] = [readsOf(500), readsOf(5_000)];
    expect(large.first).toBe(small.first * 10);
    expect([small.later, large.later]).toEqual([0, 0]);
  });
});

/** Bands of ten nanoseconds each that count how often one of them is read. */
function countedBands(count: number) {
  let read = 0;
  const bands = Array.from({ length: count }, (_, at) => makeBand(at, at * 10, (at + 1) * 10));
  const counting = new Proxy(bands, {
    get: (target, key, receiver): unknown => {
      if (typeof key === 'string' && /^\d+$/.test(key)) read += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  return { bands: counting, reads: () => read };
}
