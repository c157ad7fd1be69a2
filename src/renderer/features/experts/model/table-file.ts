// SPDX-License-Identifier: Apache-2.0

/** What a view shows, as a table to be saved: one line for each row, nothing where there is no answer. */

export type Cell = string | number | null;

export interface TableFile {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const csvCell = (cell: Cell): string => {
  const text = cell === null ? '' : cell.toString();
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export function asCsv({ columns, rows }: TableFile): string {
  return [columns, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

/** One object for each row, with null where there is no answer. */
export function asJson({ columns, rows }: TableFile): string {
  const objects = rows.map((cells) =>
    Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? null])),
  );
  return `${JSON.stringify(objects, undefined, 1)}\n`;
}

/** A grid, one line for each of its cells. */
export function gridTable(
  rowName: string,
  columnName: string,
  rows: readonly number[],
  columns: number,
  values: Float64Array,
  valueName = 'tokens',
): TableFile {
  return {
    columns: [rowName, columnName, valueName],
    rows: Array.from(values, (value, at) => [rows[Math.floor(at / columns)] ?? null, at % columns, value]),
  };
}

interface Lines {
  readonly xs: readonly number[];
  readonly xName: string;
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

/** Figures over one axis, a column for each. */
export function linesTable({ xs, xName, series }: Lines): TableFile {
  return {
    columns: [xName, ...series.map(({ name }) => name)],
    rows: xs.map((x, at) => [x, ...series.map(({ values }) => values[at] ?? null)]),
  };
}
