// SPDX-License-Identifier: Apache-2.0
import { TOP_EXPERTS, type ExpertLayerPlan } from '#shared/contract/experts.ts';
import type { ExpertBars } from '#renderer/charts/expert-options.ts';

export type BarOrder = 'id' | 'load' | 'lorenz';

/**
 * Rank that holds an expert when experts stand in contiguous blocks. Where the number of ranks does not
 * divide that of experts, the first ranks hold one more.
 */
export function rankOfExpert(expert: number, experts: number, ranks: number): number {
  const least = Math.floor(experts / ranks);
  const larger = experts % ranks;
  const inLarger = larger * (least + 1);
  if (expert < inLarger) return Math.floor(expert / (least + 1));
  return larger + Math.floor((expert - inLarger) / Math.max(least, 1));
}

/**
 * The histogram's bars by expert id, or the most loaded first. Experts stand in contiguous blocks, unless `holders` says
 * which ranks hold each.
 */
export function expertBars(
  counts: readonly number[],
  ranks: number,
  order: BarOrder,
  over?: { readonly name: string; readonly counts: readonly number[] },
  holders?: readonly (readonly number[])[],
): ExpertBars {
  const bars = counts.map((tokens, expert) => {
    const [rank = rankOfExpert(expert, counts.length, ranks), ...others] = holders?.[expert] ?? [];
    return { expert, tokens, rank, ...(others.length === 0 ? {} : { replicas: [rank, ...others] }) };
  });
  if (order === 'load') bars.sort((a, b) => b.tokens - a.tokens || a.expert - b.expert);
  const total = counts.reduce((sum, tokens) => sum + tokens, 0);
  if (over === undefined) return { bars, total };
  // Sorted each on its own: an order is compared, not the experts that happen to share a place.
  const others = order === 'load' ? over.counts.toSorted((a, b) => b - a) : over.counts;
  const otherTotal = others.reduce((sum, tokens) => sum + tokens, 0);
  const scale = otherTotal === 0 ? 0 : total / otherTotal;
  return { bars, total, over: { name: over.name, tokens: others.map((tokens) => tokens * scale) } };
}

/** The load of each slot of a placement, coloured by its rank: replicas share the tokens of their expert evenly. */
export function slotBars(
  { slots, replicas, counts }: Pick<ExpertLayerPlan, 'slots' | 'replicas' | 'counts'>,
  ranks: number,
): ExpertBars {
  const perRank = slots.length / ranks;
  const bars = Array.from(slots, (expert, slot) => ({
    expert,
    tokens: (counts[expert] ?? 0) / Math.max(replicas[expert] ?? 1, 1),
    rank: Math.floor(slot / perRank),
  }));
  return { bars, total: counts.reduce((sum, tokens) => sum + tokens, 0) };
}

/** Numbers of ranks on which the experts can stand: those that divide them evenly, at least two where there are two experts. */
export function rankChoices(experts: number): number[] {
  if (experts < 2) return [1];
  const choices: number[] = [];
  for (let ranks = 2; ranks <= experts; ranks += 1) if (experts % ranks === 0) choices.push(ranks);
  return choices;
}

/** The recorded number of ranks where it divides the experts; of a single rank, what two would see. */
export function defaultRanks(recorded: number, experts: number): number {
  const choices = rankChoices(experts);
  return choices.includes(recorded) ? recorded : (choices[0] ?? 1);
}

/** The most loaded experts with tokens, hottest first; among equals the lower number. */
export function hottestExperts(counts: readonly number[]): readonly number[] {
  return counts
    .map((tokens, expert) => ({ tokens, expert }))
    .filter(({ tokens }) => tokens > 0)
    .sort((a, b) => b.tokens - a.tokens || a.expert - b.expert)
    .slice(0, TOP_EXPERTS)
    .map(({ expert }) => expert);
}

export function deadExperts(counts: readonly number[]): readonly number[] {
  return counts.flatMap((tokens, expert) => (tokens === 0 ? [expert] : []));
}

/** Share of all tokens that the n least loaded experts have together, for n from 0 to all; empty without tokens. */
export function lorenzCurve(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, tokens) => sum + tokens, 0);
  if (total === 0) return [];
  const shares = [0];
  let sum = 0;
  for (const tokens of counts.toSorted((a, b) => a - b)) {
    sum += tokens;
    shares.push(sum / total);
  }
  return shares;
}
