// SPDX-License-Identifier: Apache-2.0
import type { Distribution } from '#shared/contract/analysis.ts';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';

/** Figures of the slices of one name, as the details show them. */

type FigureKey = 'nameCount' | 'nameSum' | 'nameMin' | 'nameMean' | 'nameMedian' | 'nameP95' | 'nameMax';

interface NameFigure {
  /** Names its definition. */
  readonly key: FigureKey;
  readonly label: string;
  readonly value: string;
}

export function nameFigures(durations: Distribution): readonly NameFigure[] {
  const { count, totalNs, minNs, medianNs, p95Ns, maxNs } = durations;
  const time = (key: FigureKey, label: string, ns: number): NameFigure => ({
    key,
    label,
    value: formatDurationNs(ns),
  });
  return [
    { key: 'nameCount', label: 'Count', value: formatCount(count) },
    time('nameSum', 'Sum', totalNs),
    time('nameMin', 'Min', minNs),
    time('nameMean', 'Mean', totalNs / Math.max(count, 1)),
    time('nameMedian', 'Median', medianNs),
    time('nameP95', 'p95', p95Ns),
    time('nameMax', 'Max', maxNs),
  ];
}

/** The bin that a duration counts into: bins have their lower edge, the last one its upper edge, too. */
export function binOf(edgesNs: readonly number[], durNs: number): number {
  const above = edgesNs.slice(1, -1).findIndex((edge) => edge > durNs);
  return above < 0 ? Math.max(edgesNs.length - 2, 0) : above;
}

/** The slices of a name in one trace; null where it has none. */
export interface RankName {
  readonly key: string;
  readonly label: string;
  readonly durations: Distribution | null;
}

/** All traces in a sentence: what adds up, and between which medians they lie. */
export function overRanks(ranks: readonly RankName[]): string {
  const found = ranks.flatMap(({ label, durations }) => (durations === null ? [] : [{ label, durations }]));
  const byMedian = found.toSorted((a, b) => a.durations.medianNs - b.durations.medianNs);
  const [fastest, slowest] = [byMedian[0], byMedian.at(-1)];
  if (fastest === undefined || slowest === undefined) return 'No slice of this name.';
  const count = found.reduce((sum, { durations }) => sum + durations.count, 0);
  const totalNs = found.reduce((sum, { durations }) => sum + durations.totalNs, 0);
  const minNs = Math.min(...found.map(({ durations }) => durations.minNs));
  const maxNs = Math.max(...found.map(({ durations }) => durations.maxNs));
  const all = `${formatCount(count)} slices, ${formatDurationNs(totalNs)} in all, ${formatDurationNs(minNs)} to ${formatDurationNs(maxNs)}`;
  if (found.length < 2) return `${all}.`;
  const between = `${formatDurationNs(fastest.durations.medianNs)} (${fastest.label}) to ${formatDurationNs(slowest.durations.medianNs)} (${slowest.label})`;
  return `${all}; medians from ${between}.`;
}
