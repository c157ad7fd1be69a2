// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDurationNs, formatPercent } from '#shared/base/units.ts';
import { median } from './figures.ts';
import type { IterationRow } from './iteration-rows.ts';

/**
 * The rank that holds the others up. In each iteration that several ranks recorded whole, the slowest is the one with
 * the largest figure, when it lies above the median of the ranks and no other equals it.
 *
 * Ranks that work together wait for each other in communication, so that their GPUs seem equally busy: exposed
 * communication is therefore no part of the GPU's figure.
 */

export interface Straggler {
  readonly of: 'GPU busy without communication' | 'host window';
  /** Null where in no iteration one rank is slower than the others. */
  readonly rankLabel: string | null;
  /** Iterations that were compared, and those of them in which this rank was the slowest. */
  readonly compared: number;
  readonly slowest: number;
  /** Above the median of the ranks, in the iterations in which it was the slowest: their median. */
  readonly excessNs: number;
  /** It was the slowest more often than equal ranks would be by chance. */
  readonly standsOut: boolean;
}

type Measure = (row: IterationRow) => number | null;

const hostWindow: Measure = ({ timeNs }) => timeNs;

const MEASURES: readonly (readonly [of: Straggler['of'], measure: Measure])[] = [
  [
    'GPU busy without communication',
    ({ composition, onHost }) =>
      composition === null || onHost ? null : composition.computeNs + composition.memoryNs,
  ],
  ['host window', hostWindow],
];

interface Figure {
  readonly rankLabel: string;
  readonly sourceId: string;
  readonly ns: number;
}

/** The one slowest rank of an iteration and its time above the median of all; null where none is. */
function slowestOf(ranks: readonly Figure[]): (Figure & { readonly overNs: number }) | null {
  const [first, second] = ranks.toSorted((a, b) => b.ns - a.ns);
  const middle = median(ranks.map(({ ns }) => ns));
  if (first === undefined || middle === null || first.ns === second?.ns) return null;
  return { ...first, overNs: first.ns - middle };
}

/** The figures of each iteration that several ranks recorded whole. */
function comparable(rows: readonly IterationRow[], measure: Measure): readonly (readonly Figure[])[] {
  const byIteration = new Map<number, Figure[]>();
  for (const row of rows) {
    const ns = measure(row);
    if (ns === null || row.captured !== 'complete') continue;
    const { sourceId, rankLabel } = row;
    const figures = byIteration.get(row.index) ?? [];
    figures.push({ sourceId, rankLabel, ns });
    byIteration.set(row.index, figures);
  }
  return [...byIteration.values()].filter((figures) => figures.length > 1);
}

/** As often as two standard deviations above an equal share of the iterations. */
function leastShare(ranks: number, iterations: number): number {
  const equal = 1 / ranks;
  return equal + 2 * Math.sqrt((equal * (1 - equal)) / iterations);
}

/** In how many iterations each rank is the one slowest by its host window; ranks that never are, are left out. */
export function slowestCounts(rows: readonly IterationRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const figures of comparable(rows, hostWindow)) {
    const slowest = slowestOf(figures);
    if (slowest !== null) counts.set(slowest.sourceId, (counts.get(slowest.sourceId) ?? 0) + 1);
  }
  return counts;
}

function straggler(rows: readonly IterationRow[], of: Straggler['of'], measure: Measure): Straggler | null {
  const iterations = comparable(rows, measure);
  const found = new Map<string, { readonly rankLabel: string; readonly over: number[] }>();
  for (const figures of iterations) {
    const slowest = slowestOf(figures);
    if (slowest === null) continue;
    const { rankLabel, sourceId, overNs } = slowest;
    const rank = found.get(sourceId) ?? { rankLabel, over: [] };
    rank.over.push(overNs);
    found.set(sourceId, rank);
  }
  const [most] = [...found.values()].sort((a, b) => b.over.length - a.over.length);
  if (iterations.length === 0) return null;
  const ranks = new Set(iterations.flatMap((figures) => figures.map(({ sourceId }) => sourceId))).size;
  const slowest = most?.over.length ?? 0;
  return {
    of,
    rankLabel: most?.rankLabel ?? null,
    compared: iterations.length,
    slowest,
    excessNs: median(most?.over ?? []) ?? 0,
    standsOut: slowest / iterations.length >= leastShare(ranks, iterations.length),
  };
}

/** By each figure the rank that is the slowest most often; nothing for a single rank. */
export function findStragglers(rows: readonly IterationRow[]): readonly Straggler[] {
  return MEASURES.flatMap(([of, measure]) => straggler(rows, of, measure) ?? []);
}

export function stragglerSentence(straggler: Straggler): string {
  const { of, rankLabel, compared, slowest, excessNs, standsOut } = straggler;
  const all = `${formatCount(compared)} iterations`;
  if (rankLabel === null) return `By ${of} no rank is slower than the others in any of ${all}.`;
  const often = `in ${formatCount(slowest)} of ${all} (${formatPercent(slowest / compared)})`;
  const over = `typically ${formatDurationNs(excessNs)} above the median of the ranks.`;
  return standsOut
    ? `${rankLabel} is the slowest by ${of}: ${often}, ${over}`
    : `By ${of} no rank stands out: ${rankLabel} is the slowest ${often}, ${over}`;
}
