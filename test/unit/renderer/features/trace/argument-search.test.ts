// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { kindNames } from '#shared/trace/kinds.ts';
import { joinArguments, type ArgumentPart } from '#renderer/features/trace/model/argument-search.ts';
import { placeAfter, type Way } from '#renderer/features/trace/model/search.ts';

const gemm = kindNames.indexOf('GEMM');

/** Slices as `[row, start, duration, name id]`. */
function part(
  traceKey: string,
  offsetNs: number,
  slices: readonly (readonly [number, number, number, number])[],
  count = slices.length,
): ArgumentPart {
  return {
    traceKey,
    offsetNs,
    startNs: 0,
    endNs: 2048,
    names: new Map([
      [0, 'mm'],
      [1, 'add'],
    ]),
    matches: {
      count,
      totalNs: slices.reduce((sum, [, , dur]) => sum + dur, 0),
      rows: Uint32Array.from(slices, ([row]) => row),
      startsNs: Float64Array.from(slices, ([, start]) => start),
      dursNs: Float64Array.from(slices, ([, , dur]) => dur),
      names: Uint32Array.from(slices, ([, , , name]) => name),
      kinds: Uint8Array.from(slices, () => gemm),
    },
  };
}

const found = joinArguments([
  part('a', 0, [
    [7, 300, 5, 0],
    [3, 100, 50, 1],
  ]),
  part('b', 200, [
    [9, 100, 5, 0],
    [2, 2047, 1, 0],
  ]),
]);

test('hits of all traces add up by name, the most time first', () => {
  expect(found).toMatchObject({ count: 4, totalNs: 61, complete: true });
  expect(found.names.map(({ name, kind, count, totalNs }) => [name, kind, count, totalNs])).toEqual([
    ['add', 'GEMM', 1, 50],
    ['mm', 'GEMM', 3, 11],
  ]);
});

test('hits are counted where they begin, and are bright by their rows', () => {
  const [first, second] = found.hits;
  expect([first?.bins[100], first?.bins[300], second?.bins[2047]]).toEqual([1, 1, 1]);
  expect([first?.rows?.has(7), first?.rows?.has(9), second?.rows?.has(9)]).toEqual([true, false, true]);
  expect([second?.startNs, second?.endNs]).toEqual([200, 2248]);
});

test('what was not kept may be a hit: nothing is dimmed', () => {
  const cut = joinArguments([part('a', 0, [[7, 300, 5, 0]], 2)]);
  expect([cut.complete, cut.count, cut.hits[0]?.rows]).toEqual([false, 2, undefined]);
});

test('steps lead along the starts over all traces, and round at the ends', () => {
  const places = found.places ?? [];
  const step = (traceIndex: number, row: number, atNs: number, way: Way) =>
    placeAfter(places, { atNs, slice: { traceIndex, row } }, way)?.row;
  expect(places.map(({ row }) => row)).toEqual([3, 7, 9, 2]);
  expect(step(0, 3, 100, 'next')).toBe(7);
  // Both begin at 300: the upper trace comes first.
  expect(step(0, 7, 300, 'next')).toBe(9);
  expect(step(1, 9, 300, 'previous')).toBe(7);
  expect(step(1, 2, 2247, 'next')).toBe(3);
  expect(step(0, 3, 100, 'previous')).toBe(2);
  // From a moment of the view, a hit at it is the next one.
  expect(placeAfter(places, { atNs: 100, slice: null }, 'next')?.row).toBe(3);
  expect(placeAfter([], { atNs: 100, slice: null }, 'next')).toBeUndefined();
});
