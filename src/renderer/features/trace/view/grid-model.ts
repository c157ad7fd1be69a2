// SPDX-License-Identifier: Apache-2.0

/** Sorting and moving in a table: pure. */

export interface SortOrder {
  readonly key: string;
  readonly descending: boolean;
}

interface Sortable<Row> {
  readonly key: string;
  readonly value: (row: Row) => number | string | null;
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

/** A sorted copy. Rows without a value come last in either direction; equal ones keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Sortable<Row>[],
  order: SortOrder,
): readonly Row[] {
  const value = columns.find(({ key }) => key === order.key)?.value;
  if (value === undefined) return rows;
  const direction = order.descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const left = value(a);
    const right = value(b);
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return compare(left, right) * direction;
  });
}

const PAGE = 10;

/** The row that a key leads to; null when the key moves nothing. */
export function nextActive(key: string, active: number, count: number): number | null {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + PAGE,
    PageUp: active - PAGE,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  if (target === undefined || count === 0) return null;
  return Math.min(Math.max(target, 0), count - 1);
}
