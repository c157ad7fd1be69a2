// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { SearchResult } from '#shared/contract/search.ts';
import { kindNames } from '#shared/trace/kinds.ts';
import { joinFound, momentFor, patternOf } from '#renderer/features/trace/model/search.ts';

const gemm = kindNames.indexOf('GEMM');

function answer(names: SearchResult['names'], nameCount = names.length): SearchResult {
  return {
    count: names.reduce((sum, { count }) => sum + count, 0),
    totalNs: names.reduce((sum, { totalNs }) => sum + totalNs, 0),
    nameCount,
    names,
    startNs: 0,
    endNs: 100,
    bins: Uint32Array.of(1, 0),
    tracks: [],
  };
}

const mm = { name: 'mm', kind: 'GEMM', count: 2, totalNs: 10 };
const add = { name: 'add', kind: 'elementwise', count: 1, totalNs: 30 };

describe('what traces answer', () => {
  test('adds up by name and kind, the most time first', () => {
    const found = joinFound([
      { traceKey: 'a', offsetNs: 0, result: answer([mm, add]) },
      { traceKey: 'b', offsetNs: 5, result: answer([mm, { ...mm, kind: 'operator', totalNs: 1 }]) },
    ]);
    expect(found).toMatchObject({ count: 7, totalNs: 51, complete: true });
    expect(found.names.map(({ name, kind, count, totalNs }) => [name, kind, count, totalNs])).toEqual([
      ['add', 'elementwise', 1, 30],
      ['mm', 'GEMM', 4, 20],
      ['mm', 'operator', 2, 1],
    ]);
    expect(found.hits.map(({ startNs, endNs }) => [startNs, endNs])).toEqual([
      [0, 100],
      [5, 105],
    ]);
  });

  test('says which slices stay bright, all of them where names are left out', () => {
    const [hits] = joinFound([{ traceKey: 'a', offsetNs: 0, result: answer([mm]) }]).hits;
    expect([hits?.isHit('mm', gemm), hits?.isHit('mm', gemm + 1), hits?.isHit('add', gemm)]).toEqual([
      true,
      false,
      false,
    ]);
    const cut = joinFound([{ traceKey: 'a', offsetNs: 0, result: answer([mm], 2) }]);
    expect(cut.complete).toBe(false);
    expect(cut.hits[0]?.isHit('add', gemm)).toBe(true);
  });
});

describe('a search narrowed to a name', () => {
  test('is plain text where no other name holds it', () => {
    expect(patternOf('f(x)', [{ name: 'f(x)' }, { name: 'g' }])).toEqual({
      text: 'f(x)',
      isExpression: false,
      matchCase: true,
    });
  });

  test('is an expression where another does', () => {
    const { text, isExpression } = patternOf('f(x)', [{ name: 'f(x)' }, { name: 'f(x)_out' }]);
    expect([text, isExpression]).toEqual([String.raw`^f\(x\)$`, true]);
    expect(new RegExp(text).test('f(x)')).toBe(true);
  });
});

test('a step passes slices that start together in the order of the traces', () => {
  const from = { atNs: 50, slice: { traceIndex: 1, row: 4 } };
  // What starts at 50 in trace 0 comes before the slice, in trace 2 after it.
  expect([0, 1, 2].map((at) => momentFor(from, at))).toEqual([51, 50, 50]);
  expect(momentFor({ atNs: 50, slice: null }, 0)).toBe(50);
});
