// SPDX-License-Identifier: Apache-2.0
import type { Difference, Group, OperatorStat, Variation } from '#shared/contract/analysis.ts';

/** The ranks' sums by name as one table. What cannot be merged (percentiles, variation) is of one rank only. */

export interface KernelRow {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly count: number;
  readonly totalNs: number;
  readonly meanNs: number;
  /** Of the total of all rows. */
  readonly share: number;
  readonly minNs: number;
  readonly maxNs: number;
  /** Null where several ranks have the name. */
  readonly medianNs: number | null;
  readonly p95Ns: number | null;
  /** Of several ranks the largest. */
  readonly cv: number | null;
  /** Iterations that have it; of several ranks the most. Null where that was not asked. */
  readonly present: number | null;
  /** Time in each of equal parts of the iterations; of several ranks the longest. Empty where that was not asked. */
  readonly seriesNs: readonly number[];
  /** The longest of them. */
  readonly longest: { readonly sourceId: string; readonly row: number };
  /** The iteration with most time of it, on whichever rank. */
  readonly mostIteration: number | null;
  readonly mostNs: number | null;
}

export interface RankTable {
  readonly sourceId: string;
  readonly groups: readonly Group[];
  readonly variations: readonly Variation[];
}

const keyOf = ({ kind, name }: { readonly kind: string | null; readonly name: string | null }): string =>
  `${kind ?? ''}\n${name ?? ''}`;

type Sums = Omit<KernelRow, 'share' | 'meanNs'>;

function sumsOf(sourceId: string, group: Group, variation: Variation | undefined): Sums {
  const { count, totalNs, minNs, maxNs, medianNs, p95Ns } = group.durations;
  return {
    key: keyOf(group),
    name: group.name ?? '',
    kind: group.kind ?? 'other',
    ...{ count, totalNs, minNs, maxNs, medianNs, p95Ns },
    cv: variation?.cv ?? null,
    present: variation?.present ?? null,
    seriesNs: variation?.seriesNs ?? [],
    longest: { sourceId, row: group.longestRow },
    mostIteration: variation?.maxIteration ?? null,
    mostNs: variation?.maxNs ?? null,
  };
}

const larger = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

/** Ranks that recorded different numbers of iterations have parts of different lengths: only the first is shown. */
const longerOf = (a: readonly number[], b: readonly number[]): readonly number[] =>
  a.length === b.length ? a.map((ns, at) => Math.max(ns, b[at] ?? 0)) : a.length === 0 ? b : a;

function merge(a: Sums, b: Sums): Sums {
  const most = (b.mostNs ?? -1) > (a.mostNs ?? -1) ? b : a;
  return {
    ...a,
    count: a.count + b.count,
    totalNs: a.totalNs + b.totalNs,
    minNs: Math.min(a.minNs, b.minNs),
    maxNs: Math.max(a.maxNs, b.maxNs),
    medianNs: null,
    p95Ns: null,
    cv: larger(a.cv, b.cv),
    present: larger(a.present, b.present),
    seriesNs: longerOf(a.seriesNs, b.seriesNs),
    longest: b.maxNs > a.maxNs ? b.longest : a.longest,
    mostIteration: most.mostIteration,
    mostNs: most.mostNs,
  };
}

function mergeBy<T>(items: readonly T[], key: (item: T) => string, join: (a: T, b: T) => T): T[] {
  const merged = new Map<string, T>();
  for (const item of items) {
    const before = merged.get(key(item));
    merged.set(key(item), before === undefined ? item : join(before, item));
  }
  return [...merged.values()];
}

/** By name and kind, the largest total first. */
export function mergeKernels(tables: readonly RankTable[]): KernelRow[] {
  const sums = tables.flatMap(({ sourceId, groups, variations }) => {
    const varying = new Map(variations.map((variation) => [keyOf(variation), variation]));
    return groups.map((group) => sumsOf(sourceId, group, varying.get(keyOf(group))));
  });
  const rows = mergeBy(sums, ({ key }) => key, merge);
  const wholeNs = rows.reduce((sum, { totalNs }) => sum + totalNs, 0);
  return rows
    .map((row) => ({
      ...row,
      meanNs: row.count === 0 ? 0 : row.totalNs / row.count,
      share: wholeNs === 0 ? 0 : row.totalNs / wholeNs,
    }))
    .sort((a, b) => b.totalNs - a.totalNs);
}

export interface OperatorRow {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly count: number;
  readonly hostNs: number;
  readonly maxNs: number;
  readonly medianNs: number | null;
  readonly p95Ns: number | null;
  readonly workCount: number;
  readonly workNs: number;
  readonly ownWorkNs: number;
}

/** By name and kind, the most device work first, then the most host time. */
export function mergeOperators(tables: readonly (readonly OperatorStat[])[]): OperatorRow[] {
  const rows = tables.flat().map(({ host, ...stat }): OperatorRow => ({
    ...stat,
    key: keyOf(stat),
    count: host.count,
    hostNs: host.totalNs,
    maxNs: host.maxNs,
    medianNs: host.medianNs,
    p95Ns: host.p95Ns,
  }));
  const join = (a: OperatorRow, b: OperatorRow): OperatorRow => ({
    ...a,
    count: a.count + b.count,
    hostNs: a.hostNs + b.hostNs,
    maxNs: Math.max(a.maxNs, b.maxNs),
    medianNs: null,
    p95Ns: null,
    workCount: a.workCount + b.workCount,
    workNs: a.workNs + b.workNs,
    ownWorkNs: a.ownWorkNs + b.ownWorkNs,
  });
  return mergeBy(rows, ({ key }) => key, join).sort((a, b) => b.workNs - a.workNs || b.hostNs - a.hostNs);
}

export interface DifferenceRow {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly beforeCount: number;
  readonly afterCount: number;
  readonly beforeNs: number;
  readonly afterNs: number;
  readonly changeNs: number;
  /** The longest slice after, else before, and how long it is. */
  readonly longest: LongestOf | null;
}

interface LongestOf {
  readonly sourceId: string;
  readonly row: number;
  readonly isAfter: boolean;
  readonly durNs: number;
}

export interface RankDifferences {
  readonly sourceId: string;
  readonly differences: readonly Difference[];
}

function longestOf(sourceId: string, { before, after }: Difference): LongestOf | null {
  const of = after ?? before;
  if (of === null) return null;
  return { sourceId, row: of.longestRow, isAfter: after !== null, durNs: of.durations.maxNs };
}

function longerSlice(a: LongestOf | null, b: LongestOf | null): LongestOf | null {
  if (a === null || b === null) return a ?? b;
  if (a.isAfter !== b.isAfter) return a.isAfter ? a : b;
  return b.durNs > a.durNs ? b : a;
}

function differenceRow(sourceId: string, difference: Difference): DifferenceRow {
  const { name, kind, before, after, changeNs } = difference;
  return {
    key: keyOf({ name, kind }),
    name,
    kind,
    changeNs,
    beforeCount: before?.durations.count ?? 0,
    afterCount: after?.durations.count ?? 0,
    beforeNs: before?.durations.totalNs ?? 0,
    afterNs: after?.durations.totalNs ?? 0,
    longest: longestOf(sourceId, difference),
  };
}

/** By name and kind, the largest change first, whichever way it goes. */
export function mergeDifferences(tables: readonly RankDifferences[]): DifferenceRow[] {
  const rows = tables.flatMap(({ sourceId, differences }) =>
    differences.map((difference) => differenceRow(sourceId, difference)),
  );
  const join = (a: DifferenceRow, b: DifferenceRow): DifferenceRow => ({
    ...a,
    beforeCount: a.beforeCount + b.beforeCount,
    afterCount: a.afterCount + b.afterCount,
    beforeNs: a.beforeNs + b.beforeNs,
    afterNs: a.afterNs + b.afterNs,
    changeNs: a.changeNs + b.changeNs,
    longest: longerSlice(a.longest, b.longest),
  });
  return mergeBy(rows, ({ key }) => key, join).sort((a, b) => Math.abs(b.changeNs) - Math.abs(a.changeNs));
}
