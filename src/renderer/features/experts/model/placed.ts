// SPDX-License-Identifier: Apache-2.0
import type { ExpertHeatmap, ExpertLayerPlan, ExpertPlan, LayerMetrics } from '#shared/contract/experts.ts';
import type { HeatmapData } from '#renderer/charts/heatmap-option.ts';
import { askEngine } from '#renderer/data/engine.ts';
import { layerHeatmap, type HeatmapColumns, type HeatmapScale } from './heatmaps.ts';
import { useAnswer, type Answer } from './use-answer.ts';
import type { ExpertQuestion } from './use-experts.ts';

/** A plan in whose placement loads are shown, instead of contiguous blocks. */
export interface PlacedPlan {
  readonly title: string;
  readonly slots: number;
  readonly ranks: number;
  /** The moe_load_balancer file. */
  readonly yaml: string;
}

/** What the plan makes of the window; null without a plan. */
export function usePlaced(
  { sourceId, window }: ExpertQuestion,
  placed: PlacedPlan | null,
): Answer<ExpertPlan | null> {
  const key = placed === null ? '' : `${window.first}-${window.last} ${placed.yaml}`;
  return useAnswer(sourceId, key, async (signal) => {
    if (placed === null) return null;
    const { yaml: text, title: name, ranks } = placed;
    const asked = { sourceId, iterationFrom: window.first, iterationTo: window.last + 1, ranks, text, name };
    return askEngine('experts.judgePlan', asked, { signal });
  });
}

/** Ranks that hold each expert, one for each of its replicas. */
export function ranksOfExperts(
  { slots, afterLoads }: ExpertLayerPlan,
  experts: number,
): readonly (readonly number[])[] {
  const perRank = slots.length / afterLoads.length;
  const holders = Array.from({ length: experts }, (): number[] => []);
  for (const [slot, expert] of slots.entries()) holders[expert]?.push(Math.floor(slot / perRank));
  return holders;
}

/** A layer's figures over ranks as the plan has them; those that it does not tell have no answer. */
export function placedMetrics(metrics: readonly LayerMetrics[], plan: ExpertPlan): readonly LayerMetrics[] {
  const byLayer = new Map(plan.layers.map((layer) => [layer.layer, layer]));
  return metrics.map((of) => ({
    ...of,
    rankImbalanceMean: byLayer.get(of.layer)?.afterMean ?? null,
    rankImbalanceOfSums: byLayer.get(of.layer)?.afterOfSums ?? null,
    sglangBalancedness: null,
  }));
}

/** All layers by expert, or by the ranks of the plan. */
export function placedHeatmap(
  heatmap: ExpertHeatmap,
  plan: ExpertPlan,
  over: HeatmapColumns,
  layer: number,
  scale: HeatmapScale,
): HeatmapData {
  const loads = new Map(plan.layers.map((of) => [of.layer, of.afterLoads]));
  const ranks = plan.layers[0]?.afterLoads.length ?? 1;
  const contiguous = layerHeatmap(heatmap, over, ranks, layer, scale);
  if (over === 'experts') return contiguous;
  const values = heatmap.layers.flatMap((of) => [...(loads.get(of) ?? new Float64Array(ranks))]);
  return { ...contiguous, values: Float64Array.from(values) };
}
