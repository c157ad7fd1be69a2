// SPDX-License-Identifier: Apache-2.0
import { percentile } from './filter/statistics.ts';
import type { IterationRow } from './iteration-rows.ts';
import { ranksOf } from './overview.ts';
import { slowestCounts } from './stragglers.ts';

/** Each rank over its iterations that were recorded whole. Percentiles are values that occurred (nearest rank). */

export interface RankPercentiles {
  readonly p50Ns: number | null;
  readonly p95Ns: number | null;
}

export interface RankFigures {
  /** The source; null for all ranks together. */
  readonly sourceId: string | null;
  readonly label: string;
  readonly iterations: number;
  readonly time: RankPercentiles;
  readonly busy: RankPercentiles;
  readonly idle: RankPercentiles;
  /** Iterations in which it was the one slowest rank by host window; null for all ranks together. */
  readonly slowest: number | null;
}

type Measure = (row: IterationRow) => number | null;

function percentiles(rows: readonly IterationRow[], measure: Measure): RankPercentiles {
  const ascending = rows
    .map(measure)
    .filter((ns) => ns !== null)
    .sort((a, b) => a - b);
  return { p50Ns: percentile(ascending, 50), p95Ns: percentile(ascending, 95) };
}

function figuresOf(rows: readonly IterationRow[]): Omit<RankFigures, 'sourceId' | 'label' | 'slowest'> {
  return {
    iterations: rows.length,
    time: percentiles(rows, ({ timeNs }) => timeNs),
    busy: percentiles(rows, ({ gpuBusyNs }) => gpuBusyNs),
    idle: percentiles(rows, ({ composition }) => composition?.idleNs ?? null),
  };
}

/** Ranks in their order, after several of them all together. */
export function rankFigures(rows: readonly IterationRow[]): readonly RankFigures[] {
  const whole = rows.filter(({ captured }) => captured === 'complete');
  const ofRank = new Map<string, IterationRow[]>([...ranksOf(rows).keys()].map((sourceId) => [sourceId, []]));
  for (const row of whole) ofRank.get(row.sourceId)?.push(row);
  const slowest = slowestCounts(whole);
  const ranks = [...ranksOf(rows)].map(([sourceId, label]) => ({
    sourceId,
    label,
    ...figuresOf(ofRank.get(sourceId) ?? []),
    slowest: slowest.get(sourceId) ?? 0,
  }));
  if (ranks.length < 2) return ranks;
  return [...ranks, { sourceId: null, label: 'All ranks', ...figuresOf(whole), slowest: null }];
}
