// SPDX-License-Identifier: Apache-2.0
import type { CriticalLoad, LayerMetrics } from '#shared/contract/experts.ts';

/**
 * What balance would gain, estimated: everybody waits for the rank with most to do, so perfect balance saves its excess
 * over the mean rank. Large batches cost by tokens, small ones by the experts whose weights are read: the two are the
 * ends of a band.
 */

export interface GainBand {
  readonly byTokens: number | null;
  readonly byActive: number | null;
}

type Cost = (layer: LayerMetrics) => CriticalLoad | null;
const tokens: Cost = ({ criticalTokens }) => criticalTokens;
const active: Cost = ({ criticalActive }) => criticalActive;

/** Share of the slowest rank's work that perfect balance takes away, of `part` within all layers. */
function savedShare(
  layers: readonly LayerMetrics[],
  part: readonly LayerMetrics[],
  cost: Cost,
): number | null {
  let whole = 0;
  for (const layer of layers) whole += cost(layer)?.max ?? 0;
  if (whole === 0) return null;
  let excess = 0;
  for (const layer of part) {
    const load = cost(layer);
    if (load !== null) excess += load.max - load.mean;
  }
  return excess / whole;
}

/** T / (T − saved) − 1, with the expert computing of the slowest rank as a share of T. */
function gainOf(saved: number | null, expertShare: number): number | null {
  return saved === null ? null : 1 / (1 - saved * expertShare) - 1;
}

/** `expertShare` is the slowest rank's expert computing over the iteration's time, 0 to 1 exclusive. */
export function gainBand(layers: readonly LayerMetrics[], expertShare: number, part = layers): GainBand {
  return {
    byTokens: gainOf(savedShare(layers, part, tokens), expertShare),
    byActive: gainOf(savedShare(layers, part, active), expertShare),
  };
}

/** A typed share in per cent; null where it is none. */
export function readShare(text: string): number | null {
  const percent = Number(text);
  return text.trim() !== '' && percent > 0 && percent < 100 ? percent / 100 : null;
}
