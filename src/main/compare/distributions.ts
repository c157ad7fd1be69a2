// SPDX-License-Identifier: Apache-2.0
import type { BatchSize, IterationKind, TimeDistribution } from '#shared/contract/comparison-charts.ts';
import { sharedOf } from './groups.ts';
import type { Group } from './groups.ts';

/** How iteration times of both arms are distributed, and how they grow with the batch. */

const KINDS: readonly IterationKind[] = ['generation', 'mixed', 'context'];
const BINS = 40;
/** Where the histogram's last bin begins to hold all that is longer: a few slow iterations must not squeeze the rest. */
const HIGHEST_PERCENTILE = 99;
const MOST_SIZES = 200;

interface Weighted {
  readonly ms: number;
  readonly weight: number;
}

/** Iterations of an arm by time; each batch weighs as much as it does in both arms together. Weights sum to 1. */
function weigh(groups: readonly Group[], arm: 'a' | 'b'): Weighted[] {
  const total = groups.reduce((sum, { a, b }) => sum + a.flat().length + b.flat().length, 0);
  return groups
    .flatMap((group) => {
      const times = group[arm].flat();
      const share = (group.a.flat().length + group.b.flat().length) / total;
      return times.map((ms) => ({ ms, weight: share / times.length }));
    })
    .sort((x, y) => x.ms - y.ms);
}

/** The smallest time that at least this share of the weight does not exceed, for 0, 1, … 100 percent. */
function percentilesOf(sorted: readonly Weighted[]): number[] {
  const found: number[] = [];
  let at = 0;
  let reached = sorted[0]?.weight ?? 0;
  for (let percent = 0; percent <= 100; percent += 1) {
    // Sums of weights are exact to some last digits only.
    while (reached < percent / 100 - 1e-9 && at < sorted.length - 1) {
      at += 1;
      reached += sorted[at]?.weight ?? 0;
    }
    found.push(sorted[at]?.ms ?? Number.NaN);
  }
  return found;
}

function sharesOf(sorted: readonly Weighted[], from: number, width: number): number[] {
  const shares = Array.from({ length: BINS }, () => 0);
  for (const { ms, weight } of sorted) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((ms - from) / width)));
    shares[bin] = (shares[bin] ?? 0) + weight;
  }
  return shares;
}

function distributionOf(kind: IterationKind, groups: readonly Group[]): TimeDistribution {
  const [a, b] = [weigh(groups, 'a'), weigh(groups, 'b')];
  const [percentilesMsA, percentilesMsB] = [percentilesOf(a), percentilesOf(b)];
  const from = Math.min(percentilesMsA[0] ?? 0, percentilesMsB[0] ?? 0);
  const to = Math.max(percentilesMsA[HIGHEST_PERCENTILE] ?? 0, percentilesMsB[HIGHEST_PERCENTILE] ?? 0);
  // Arms by a work clock may have one time only: a bin needs some width.
  const width = Math.max((to - from) / BINS, from * 1e-4, 1e-6);
  return {
    kind,
    batches: groups.length,
    countA: a.length,
    countB: b.length,
    percentilesMsA,
    percentilesMsB,
    edgesMs: Array.from({ length: BINS + 1 }, (_, edge) => from + edge * width),
    sharesA: sharesOf(a, from, width),
    sharesB: sharesOf(b, from, width),
  };
}

/** One a kind of iterations, of the batches that both arms have. */
export function distributionsOf(groups: readonly Group[]): TimeDistribution[] {
  const shared = sharedOf(groups);
  return KINDS.flatMap((kind) => {
    const ofKind = shared.filter((group) => group.kind === kind);
    return ofKind.length === 0 ? [] : [distributionOf(kind, ofKind)];
  });
}

function timesOf(times: readonly number[]): BatchSize['a'] {
  if (times.length === 0) return null;
  const weight = 1 / times.length;
  const sorted = times.map((ms) => ({ ms, weight })).sort((x, y) => x.ms - y.ms);
  const percentiles = percentilesOf(sorted);
  const at = (percent: number): number => percentiles[percent] ?? Number.NaN;
  return { count: times.length, medianMs: at(50), p10Ms: at(10), p90Ms: at(90) };
}

/** Iteration times by size of batch, of each arm all that it has, in the order of size. */
export function batchSizesOf(groups: readonly Group[]): BatchSize[] {
  const sizes = new Map<string, { kind: IterationKind; tokens: number; a: number[]; b: number[] }>();
  for (const { kind, contextTokens, generationTokens, a, b } of groups) {
    const tokens = contextTokens + generationTokens;
    const key = `${kind} ${tokens.toString()}`;
    const known = sizes.get(key) ?? { kind, tokens, a: [], b: [] };
    sizes.set(key, known);
    known.a.push(...a.flat());
    known.b.push(...b.flat());
  }
  return [...sizes.values()]
    .sort((x, y) => y.a.length + y.b.length - x.a.length - x.b.length)
    .slice(0, MOST_SIZES)
    .sort((x, y) => x.tokens - y.tokens)
    .map(({ kind, tokens, a, b }) => ({ kind, tokens, a: timesOf(a), b: timesOf(b) }));
}
