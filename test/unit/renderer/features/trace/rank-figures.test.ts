// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { iterationRows } from '#renderer/features/trace/model/iteration-rows.ts';
import { rankFigures } from '#renderer/features/trace/model/rank-figures.ts';
import { makeIteration } from '../../../../builders/run.ts';
import { makeReady } from '../../../../builders/trace.ts';

/** A rank whose iteration `index` lasts as many nanoseconds as `lasts` says. */
function rank(number: number, count: number, lasts: (index: number) => number) {
  const iterations = Array.from({ length: count }, (_, index) => {
    const { startNs, ...rest } = makeIteration(index);
    return { ...rest, startNs, endNs: startNs + lasts(index) };
  });
  return makeReady(`r${number.toString()}`, iterations, `Rank ${number.toString()}`);
}

describe('ranks in figures', () => {
  test('are median and 95th percentile of each rank by nearest rank, then of all of them', () => {
    const ranks = [
      rank(0, 20, (index) => 1_000 + index),
      rank(1, 20, (index) => (index >= 18 ? 9_000 : 2_000)),
    ];
    const [first, second, all] = rankFigures(iterationRows(ranks));
    expect(first).toMatchObject({ label: 'Rank 0', iterations: 20, time: { p50Ns: 1_009, p95Ns: 1_018 } });
    expect(second).toMatchObject({ label: 'Rank 1', time: { p50Ns: 2_000, p95Ns: 9_000 }, slowest: 20 });
    expect(all).toMatchObject({ sourceId: null, iterations: 40, time: { p50Ns: 1_019, p95Ns: 2_000 } });
    expect(first?.busy).toEqual({ p50Ns: null, p95Ns: null });
    expect(first?.idle).toEqual({ p50Ns: 100_000, p95Ns: 100_000 });
  });

  test('leave out what was recorded in part, and keep a rank of which nothing is left', () => {
    const partial = rank(1, 5, () => 5_000);
    const ranks = [
      rank(0, 5, () => 1_000),
      { ...partial, iterations: partial.iterations.map((of) => ({ ...of, captured: 'partial' as const })) },
    ];
    const [, second, all] = rankFigures(iterationRows(ranks));
    expect(second).toMatchObject({ label: 'Rank 1', iterations: 0, time: { p50Ns: null }, slowest: 0 });
    expect(all).toMatchObject({ iterations: 5, time: { p95Ns: 1_000 } });
  });
});
