// SPDX-License-Identifier: Apache-2.0
import type { ExpertHeatmap, ExpertSeries } from '#shared/contract/experts.ts';
import type { HeatmapData } from '#renderer/charts/heatmap-option.ts';
import { rankOfExpert } from './bars.ts';

export type HeatmapScale = HeatmapData['scale'];
export type HeatmapColumns = 'experts' | 'ranks';

/** Layers by experts, or by ranks that hold contiguous blocks of them. */
export function layerHeatmap(
  { layers, experts, tokens }: ExpertHeatmap,
  over: HeatmapColumns,
  ranks: number,
  layer: number,
  scale: HeatmapScale,
): HeatmapData {
  const common = { rows: layers, rowName: 'layer', selected: layers.indexOf(layer), scale } as const;
  if (over === 'experts') return { ...common, columns: experts, columnName: 'expert', values: tokens };
  const byRank = new Float64Array(layers.length * ranks);
  for (let at = 0; at < tokens.length; at += 1) {
    const rank = rankOfExpert(at % experts, experts, ranks);
    const cell = Math.floor(at / experts) * ranks + rank;
    byRank[cell] = (byRank[cell] ?? 0) + (tokens[at] ?? 0);
  }
  return { ...common, columns: ranks, columnName: 'rank', values: byRank };
}

/** Tokens of each rank over all layers, with experts in contiguous blocks. */
export function tokensOfRanks(heatmap: ExpertHeatmap, ranks: number): Float64Array {
  const byLayer = layerHeatmap(heatmap, 'ranks', ranks, 0, 'absolute').values;
  const sums = new Float64Array(ranks);
  for (const [at, tokens] of byLayer.entries()) sums[at % ranks] = (sums[at % ranks] ?? 0) + tokens;
  return sums;
}

/** Iterations (each row by its first) by experts or ranks. */
export function seriesHeatmap(
  { rows, columns, cells }: ExpertSeries,
  over: HeatmapColumns,
  scale: HeatmapScale,
): HeatmapData {
  return {
    rows: rows.map(({ first }) => first),
    rowName: 'iteration',
    columns,
    columnName: over === 'ranks' ? 'rank' : 'expert',
    values: cells,
    selected: null,
    scale,
  };
}
