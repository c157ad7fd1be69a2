// SPDX-License-Identifier: Apache-2.0
import type { IterationRow } from './iteration-rows.ts';
import type { IterationSpan } from './iteration-span.ts';

/**
 * Iterations by rank as a grid of cells. Where there are more iterations than columns can be told apart, a cell stands
 * for several: it is the one of them with the largest figure, so that nothing long is hidden.
 */

export type OverviewMeasure = 'time' | 'idle';

export interface OverviewCell {
  readonly iteration: number;
  readonly ns: number;
}

export interface OverviewGrid {
  readonly ranks: readonly string[];
  /** The iterations of each column. */
  readonly columns: readonly IterationSpan[];
  /** Iterations that a column stands for; the last one may hold fewer. */
  readonly perColumn: number;
  /** Row-major, ranks × columns; null where the rank recorded none of the iterations, or not this figure. */
  readonly cells: readonly (OverviewCell | null)[];
}

/** Two pixels each on a narrow window. */
const MAX_COLUMNS = 200;

const figures: Readonly<Record<OverviewMeasure, (row: IterationRow) => number | null>> = {
  time: ({ timeNs }) => timeNs,
  idle: ({ composition }) => composition?.idleNs ?? null,
};

/** `rows` in the order of their iterations, and of ranks within them. */
export function overviewGrid(rows: readonly IterationRow[], measure: OverviewMeasure): OverviewGrid {
  const iterations = [...new Set(rows.map(({ index }) => index))];
  const perColumn = Math.max(1, Math.ceil(iterations.length / MAX_COLUMNS));
  const columnOf = new Map(iterations.map((index, at) => [index, Math.floor(at / perColumn)]));
  const columns = Array.from({ length: Math.ceil(iterations.length / perColumn) }, (_, at) => {
    const first = iterations[at * perColumn] ?? 0;
    return { first, last: iterations[(at + 1) * perColumn - 1] ?? iterations.at(-1) ?? first };
  });
  const ranks = ranksOf(rows);
  const places = new Map([...ranks.keys()].map((sourceId, at) => [sourceId, at]));
  const cells = Array.from({ length: ranks.size * columns.length }, (): OverviewCell | null => null);
  for (const row of rows) {
    const ns = figures[measure](row);
    const at = (places.get(row.sourceId) ?? 0) * columns.length + (columnOf.get(row.index) ?? 0);
    const held = cells[at] ?? null;
    if (ns !== null && (held === null || ns > held.ns)) cells[at] = { iteration: row.index, ns };
  }
  return { ranks: [...ranks.values()], columns, perColumn, cells };
}

/** Labels by source. A rank that begins late stands where its number puts it, not where it is met first. */
export function ranksOf(rows: readonly IterationRow[]): ReadonlyMap<string, string> {
  const labels = new Map(rows.map(({ sourceId, rankLabel }) => [sourceId, rankLabel]));
  const byLabel = (a: readonly [string, string], b: readonly [string, string]): number =>
    a[1].localeCompare(b[1], 'en', { numeric: true });
  return new Map([...labels].sort(byLabel));
}

/** A place in the grid: column and row. */
export interface GridPlace {
  readonly x: number;
  readonly y: number;
}

/** Where a key leads in a grid, from nowhere to its first cell; null when the key moves nothing. */
export function moveInGrid(
  key: string,
  from: GridPlace | null,
  size: { readonly columns: number; readonly rows: number },
): GridPlace | null {
  const { x, y } = from ?? { x: 0, y: 0 };
  const targets: Readonly<Record<string, GridPlace>> = {
    ArrowLeft: { x: x - 1, y },
    ArrowRight: { x: x + 1, y },
    ArrowUp: { x, y: y - 1 },
    ArrowDown: { x, y: y + 1 },
    Home: { x: 0, y },
    End: { x: size.columns - 1, y },
  };
  const target = targets[key];
  if (target === undefined || size.columns === 0 || size.rows === 0) return null;
  if (from === null) return { x, y };
  const within = (at: number, count: number): number => Math.min(Math.max(at, 0), count - 1);
  return { x: within(target.x, size.columns), y: within(target.y, size.rows) };
}
