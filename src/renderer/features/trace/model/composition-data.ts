// SPDX-License-Identifier: Apache-2.0
import type { CompositionData, CompositionRank } from '#renderer/charts/composition-option.ts';
import type { IterationRow } from './iteration-rows.ts';
import { sumCompositions } from './iteration-rows.ts';

/** More bars than this beside each other cannot be told apart: then their mean is shown, and says so. */
export const MAX_RANK_BARS = 8;

function meanOf(ranks: readonly CompositionRank[], at: number): CompositionRank['parts'][number] {
  const parts = ranks.map((rank) => rank.parts[at]).filter((of) => of !== undefined && of !== null);
  const sum = sumCompositions(parts);
  if (sum === null) return null;
  const share = (ns: number): number => ns / parts.length;
  return {
    computeNs: share(sum.computeNs),
    communicationNs: share(sum.communicationNs),
    memoryNs: share(sum.memoryNs),
    idleNs: share(sum.idleNs),
  };
}

/** The rows as the composition chart wants them: one series of parts for each rank. */
export function compositionData(rows: readonly IterationRow[], selected: number | null): CompositionData {
  const iterations = [...new Set(rows.map(({ index }) => index))].sort((a, b) => a - b);
  const position = new Map(iterations.map((index, at) => [index, at]));
  const parts = new Map<string, (IterationRow['composition'] | null)[]>();
  const labels = new Map<string, string>();
  for (const row of rows) {
    const of = parts.get(row.sourceId) ?? iterations.map(() => null);
    of[position.get(row.index) ?? 0] = row.composition;
    parts.set(row.sourceId, of);
    labels.set(row.sourceId, row.rankLabel);
  }
  const ranks = [...parts].map(([sourceId, of]) => ({ label: labels.get(sourceId) ?? '', parts: of }));
  const shown =
    ranks.length <= MAX_RANK_BARS
      ? ranks
      : [{ label: `mean of ${ranks.length} ranks`, parts: iterations.map((_, at) => meanOf(ranks, at)) }];
  return { iterations, ranks: shown, selected: selected === null ? null : (position.get(selected) ?? null) };
}
