// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { Difference, Distribution, Group, OperatorStat, Variation } from '#shared/contract/analysis.ts';
import { parseSpan, spanText } from '#renderer/features/trace/model/iteration-span.ts';
import { mergeDifferences, mergeKernels, mergeOperators } from '#renderer/features/trace/model/kernels.ts';

const durations = (count: number, totalNs: number, minNs = 1, maxNs = 9): Distribution => ({
  count,
  totalNs,
  minNs,
  medianNs: 4,
  p95Ns: 8,
  maxNs,
});
const group = (name: string, of: Distribution, kind = 'GEMM'): Group => ({
  name,
  kind,
  trackId: null,
  durations: of,
  insideNs: of.totalNs,
  ownNs: of.totalNs,
  longestRow: of.maxNs,
});
const variation = (name: string, maxIteration: number, maxNs: number): Variation => ({
  name,
  kind: 'GEMM',
  count: 2,
  totalNs: 10,
  iterations: 2,
  present: 2,
  meanNs: 5,
  cv: 0.25,
  maxIteration,
  maxNs,
  seriesNs: [maxIteration, maxNs],
});

describe('kernels of several ranks', () => {
  const rows = mergeKernels([
    {
      sourceId: 'a',
      groups: [group('k', durations(2, 10, 3, 6)), group('small', durations(1, 5))],
      variations: [variation('k', 7, 6)],
    },
    { sourceId: 'b', groups: [group('k', durations(3, 35, 1, 5))], variations: [variation('k', 9, 8)] },
  ]);

  test('are one row by name and kind, with its share of all', () => {
    expect(rows.map(({ name, share }) => [name, share])).toEqual([
      ['k', 0.9],
      ['small', 0.1],
    ]);
    expect(rows[0]).toMatchObject({ count: 5, totalNs: 45, minNs: 1, maxNs: 6, meanNs: 9 });
  });

  test('have percentiles only where one rank has the name, and the variation of the rank that varies most', () => {
    expect(rows[0]).toMatchObject({ medianNs: null, p95Ns: null, cv: 0.25, present: 2, seriesNs: [9, 8] });
    expect(rows[1]).toMatchObject({ medianNs: 4, p95Ns: 8 });
    const [alone] = mergeKernels([
      { sourceId: 'a', groups: [group('k', durations(2, 10))], variations: [variation('k', 7, 6)] },
    ]);
    expect(alone).toMatchObject({ cv: 0.25, mostIteration: 7, mostNs: 6 });
  });

  test('name the iteration with most, whichever rank it is on', () => {
    expect(rows[0]).toMatchObject({ mostIteration: 9, mostNs: 8 });
  });

  test('lead to the longest of them, whichever rank it is on', () => {
    expect(rows.map(({ longest }) => longest)).toEqual([
      { sourceId: 'a', row: 6 },
      { sourceId: 'a', row: 9 },
    ]);
  });

  test('of one name and two kinds stay apart', () => {
    const groups = [group('k', durations(1, 1)), group('k', durations(1, 2), 'MoE')];
    expect(mergeKernels([{ sourceId: 'a', groups, variations: [] }]).map(({ kind }) => kind)).toEqual([
      'MoE',
      'GEMM',
    ]);
  });
});

test('operators of several ranks add up, the most work first', () => {
  const stat = (name: string, workNs: number): OperatorStat => ({
    name,
    kind: 'operator',
    host: durations(2, 20),
    workCount: 3,
    workNs,
    ownWorkNs: 1,
  });
  const rows = mergeOperators([[stat('idle', 0), stat('mm', 5)], [stat('mm', 7)]]);
  expect(rows.map(({ name }) => name)).toEqual(['mm', 'idle']);
  expect(rows[0]).toMatchObject({
    count: 4,
    hostNs: 40,
    workCount: 6,
    workNs: 12,
    ownWorkNs: 2,
    medianNs: null,
  });
});

test('differences of several ranks add up, the largest change first, what is new or gone included', () => {
  const difference = (name: string, before: number | null, after: number | null): Difference => ({
    name,
    kind: 'GEMM',
    before: before === null ? null : group(name, durations(1, before)),
    after: after === null ? null : group(name, durations(2, after)),
    changeNs: (after ?? 0) - (before ?? 0),
  });
  const rows = mergeDifferences([
    { sourceId: 'a', differences: [difference('same', 5, 6), difference('new', null, 9)] },
    { sourceId: 'b', differences: [difference('gone', 30, null), difference('same', 5, 6)] },
  ]);
  expect(rows.map(({ name, changeNs }) => [name, changeNs])).toEqual([
    ['gone', -30],
    ['new', 9],
    ['same', 2],
  ]);
  expect(rows[1]).toMatchObject({ beforeCount: 0, afterCount: 2, beforeNs: 0, afterNs: 9 });
  // The way from a row to its slices: to the longest after, and to one before only where there is none after.
  expect(rows.map(({ longest }) => [longest?.sourceId, longest?.isAfter])).toEqual([
    ['b', false],
    ['a', true],
    ['a', true],
  ]);
});

test('iterations as text are one or a span, either way round', () => {
  expect(parseSpan('20')).toEqual({ first: 20, last: 20 });
  expect(parseSpan(' 24 – 20 ')).toEqual({ first: 20, last: 24 });
  for (const text of ['', '-', '20-', 'a', '1-2-3', '-5']) expect(parseSpan(text)).toBeNull();
  expect(spanText({ first: 3, last: 3 })).toBe('3');
  expect(spanText({ first: 3, last: 5 })).toBe('3-5');
});
