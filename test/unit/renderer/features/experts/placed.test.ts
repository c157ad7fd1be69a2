// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { ExpertPlan, LayerMetrics } from '#shared/contract/experts.ts';
import { expertBars } from '#renderer/features/experts/model/bars.ts';
import { placedHeatmap, placedMetrics, ranksOfExperts } from '#renderer/features/experts/model/placed.ts';

/** Expert 0 has a replica on each of two ranks. */
const layer = {
  layer: 3,
  slots: Uint32Array.from([0, 1, 0, 2]),
  replicas: Uint32Array.from([2, 1, 1]),
  beforeMean: 0.5,
  beforeOfSums: 0.4,
  afterMean: 0.2,
  afterOfSums: 0.1,
  rankTokensMean: 10,
  beforeStd: 1,
  afterStd: 1,
  counts: Float64Array.from([10, 4, 6]),
  beforeLoads: Float64Array.from([14, 6]),
  afterLoads: Float64Array.from([9, 11]),
  moves: 1,
};
const plan: ExpertPlan = {
  numSlots: 4,
  layers: [layer],
  baseline: 'default-slots',
  beforeMean: 0.5,
  afterMean: 0.2,
  extraSlotsPerRank: 0,
  verdict: 'better',
  yaml: '',
  curve: [],
};
const heatmap = { layers: [3], experts: 3, tokens: Float64Array.from([10, 4, 6]) };

describe('load under a plan', () => {
  test('has the ranks of all replicas', () => {
    const holders = ranksOfExperts(layer, 3);
    expect(holders).toEqual([[0, 1], [0], [1]]);
    const { bars } = expertBars([10, 4, 6], 2, 'id', undefined, holders);
    expect(bars).toEqual([
      { expert: 0, tokens: 10, rank: 0, replicas: [0, 1] },
      { expert: 1, tokens: 4, rank: 0 },
      { expert: 2, tokens: 6, rank: 1 },
    ]);
  });

  test('has its tokens per rank in the heat map, and experts as they are', () => {
    expect([...placedHeatmap(heatmap, plan, 'ranks', 3, 'mean').values]).toEqual([9, 11]);
    expect([...placedHeatmap(heatmap, plan, 'experts', 3, 'mean').values]).toEqual([10, 4, 6]);
  });

  test('has its imbalance, and no figure that the plan does not tell', () => {
    const metrics = [
      { layer: 3, rankImbalanceMean: 0.5, sglangBalancedness: 0.7, gini: 0.3 },
    ] as LayerMetrics[];
    expect(placedMetrics(metrics, plan)).toEqual([
      { layer: 3, rankImbalanceMean: 0.2, rankImbalanceOfSums: 0.1, sglangBalancedness: null, gini: 0.3 },
    ]);
  });
});
