// SPDX-License-Identifier: Apache-2.0
import type { CompositionData, CompositionRank } from '#renderer/charts/composition-option.ts';
import type { IterationSpan } from './iteration-span.ts';
import { compositionNs, sumCompositions, type IterationRow } from './iteration-rows.ts';

/**
 * The rows as the composition chart wants them. Where there are more iterations than bars can be told apart, a
 * bar stands for several: it is the one of them whose window has the median length, whole, so that its parts add up
 * to something that happened; the longest of them is marked above it.
 */

/** More bars than this beside each other cannot be told apart: then their mean is shown, and says so. */
export const MAX_RANK_BARS = 8;
/** Bars of all ranks together: two pixels each on a narrow window. */
const MAX_BARS = 400;

type Part = CompositionRank['parts'][number];

function meanOf(ranks: readonly { readonly parts: readonly Part[] }[], at: number): Part {
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

interface Bin {
  readonly part: Part;
  readonly longestNs: number | null;
}

function binOf(parts: readonly Part[]): Bin {
  const present = parts.filter((part) => part !== null);
  const sorted = present.toSorted((a, b) => compositionNs(a) - compositionNs(b));
  const longest = sorted.at(-1);
  return {
    part: sorted[(sorted.length - 1) >> 1] ?? null,
    longestNs: longest === undefined || sorted.length < 2 ? null : compositionNs(longest),
  };
}

/** Equal runs of `size` items. */
function runs<T>(items: readonly T[], size: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

function ranksOf(rows: readonly IterationRow[], iterations: readonly number[]) {
  const position = new Map(iterations.map((index, at) => [index, at]));
  const ranks = new Map<string, { readonly label: string; readonly parts: Part[] }>();
  for (const row of rows) {
    const rank = ranks.get(row.sourceId) ?? { label: row.rankLabel, parts: iterations.map(() => null) };
    rank.parts[position.get(row.index) ?? 0] = row.composition;
    ranks.set(row.sourceId, rank);
  }
  const all = [...ranks.values()];
  if (all.length <= MAX_RANK_BARS) return all;
  return [{ label: `mean of ${all.length} ranks`, parts: iterations.map((_, at) => meanOf(all, at)) }];
}

/** The largest of a figure in each span, over all ranks; null where the traces never have any of it. */
function overlay(
  rows: readonly IterationRow[],
  spans: readonly IterationSpan[],
  value: (row: IterationRow) => number | null,
): readonly number[] | null {
  const most = spans.map(() => 0);
  let at = 0;
  // Rows come in the order of iterations, as spans do.
  for (const row of rows) {
    while ((spans[at]?.last ?? Number.POSITIVE_INFINITY) < row.index) at += 1;
    most[at] = Math.max(most[at] ?? 0, value(row) ?? 0);
  }
  return most.some((ns) => ns > 0) ? most : null;
}

export type CompositionBars = Omit<CompositionData, 'selected' | 'inWindow'>;

/** What of the bars is chosen: cheap, while the bars of tens of thousands of iterations are not. */
export function markBars(
  bars: CompositionBars,
  selected: number | null,
  window: IterationSpan | null = null,
): CompositionData {
  const chosen = bars.spans.findIndex(
    ({ first, last }) => selected !== null && selected >= first && selected <= last,
  );
  return {
    ...bars,
    selected: chosen < 0 ? null : chosen,
    inWindow:
      window === null
        ? null
        : bars.spans.map(({ first, last }) => last >= window.first && first <= window.last),
  };
}

/** `rows` in the order of their iterations. */
export function compositionBars(rows: readonly IterationRow[]): CompositionBars {
  const iterations = [...new Set(rows.map(({ index }) => index))].sort((a, b) => a - b);
  const ranks = ranksOf(rows, iterations);
  const perBar = Math.max(1, Math.ceil((iterations.length * ranks.length) / MAX_BARS));
  const spans = runs(iterations, perBar).map((run) => ({ first: run[0] ?? 0, last: run.at(-1) ?? 0 }));
  return {
    spans,
    perBar,
    ranks: ranks.map(({ label, parts }) => {
      const bins = runs(parts, perBar).map(binOf);
      return {
        label,
        parts: bins.map(({ part }) => part),
        longestNs: bins.map(({ longestNs }) => longestNs),
      };
    }),
    overlays: [
      { name: 'GC', ns: overlay(rows, spans, ({ gcNs }) => gcNs) },
      { name: 'GIL waiting', ns: overlay(rows, spans, ({ gilWaitingNs }) => gilWaitingNs) },
    ].flatMap(({ name, ns }) => (ns === null ? [] : [{ name, ns }])),
  };
}
