// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import {
  criticalShare,
  layerTimes,
  measuredEstimate,
  sourceText,
} from '#renderer/features/experts/model/layer-times.ts';
import type { ExpertTime } from '#renderer/features/experts/model/use-expert-times.ts';

/** Times of layers 2 and 5 in iterations 10 and 11, of which each takes 100 ns. */
function rank(number: number, layerNs: readonly number[], more: Partial<ExpertTime> = {}): ExpertTime {
  const total = [(layerNs[0] ?? 0) + (layerNs[2] ?? 0), (layerNs[1] ?? 0) + (layerNs[3] ?? 0)];
  return {
    rank: number,
    name: `trace-${number}`,
    iterations: 2,
    expertNs: total.reduce((sum, ns) => sum + ns, 0),
    totalNs: 200,
    windowNs: new Map([
      [10, 100],
      [11, 100],
    ]),
    times: {
      toldBy: 'kernels',
      iterations: [10, 11],
      layers: [2, 5],
      layerNs: Float64Array.from(layerNs),
      totalNs: Float64Array.from(total),
      byOrderNs: 0,
    },
    ...more,
  };
}

const fast = rank(0, [10, 30, 5, 5]);
const slow = rank(1, [30, 10, 5, 5]);

describe('expert time by layer', () => {
  test('names the slowest rank, and what it costs iteration by iteration', () => {
    expect(layerTimes([fast, rank(1, [30, 20, 5, 5])])).toEqual([
      {
        layer: 2,
        rankNs: [40, 50],
        meanNs: 45,
        slowest: 'rank 1',
        slowestNs: 50,
        imbalance: 50 / 45 - 1,
        savedNs: 10 + 5,
      },
      { layer: 5, rankNs: [10, 10], meanNs: 10, slowest: 'rank 0', slowestNs: 10, imbalance: 0, savedNs: 0 },
    ]);
  });

  test('counts who was slow in each iteration, even where the sums are equal', () => {
    expect(measuredEstimate([fast, slow], 2)).toEqual({
      gain: 200 / 180 - 1,
      savedNs: 20,
      criticalNs: 70,
      iterationNs: 200,
    });
    // Each rank computes for 50 of 200 ns, but whoever waits for the slower one in each iteration waits for 70.
    expect(criticalShare([fast, slow], measuredEstimate([fast, slow], 2))).toBe(0.35);
    expect(criticalShare([fast], measuredEstimate([fast], 1))).toBe(0.25);
    expect(criticalShare([], null)).toBeNull();
    // Of four ranks two traces tell nothing of what all wait for.
    expect(measuredEstimate([fast, slow], 4)).toBeNull();
  });

  test('compares only iterations and layers that every rank tells', () => {
    const later = rank(1, [30, 10, 5, 5], {
      times: {
        toldBy: 'kernels',
        iterations: [11, 12],
        layers: [2],
        layerNs: Float64Array.from([40, 1]),
        totalNs: Float64Array.from([40, 1]),
        byOrderNs: 0,
      },
    });
    expect(layerTimes([fast, later])).toMatchObject([{ layer: 2, rankNs: [30, 40] }]);
    expect(layerTimes([fast, rank(1, [], { times: null })])).toEqual([]);
    expect(measuredEstimate([fast], 1)).toBeNull();
  });

  test('says where the times come from, and what of them belongs to no layer', () => {
    expect(sourceText([])).toContain('No trace of this run');
    expect(sourceText([rank(0, [], { times: null })])).toContain('Cannot answer');
    expect(sourceText([fast, slow])).toBe('Told by MoE kernels.');
    const times = fast.times;
    if (times === null) throw new Error('no times');
    const graphs = { ...fast, times: { ...times, totalNs: Float64Array.from([50, 50]), byOrderNs: 50 } };
    expect(sourceText([graphs])).toBe(
      'Told by MoE kernels. Layers of 50.0 % are inferred from the order: each iteration runs the same kernels once for each layer. 50.0 % belongs to no layer that can be told: CUDA graphs are launched outside of ranges of layers.',
    );
  });
});
