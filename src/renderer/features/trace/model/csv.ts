// SPDX-License-Identifier: Apache-2.0

/** Tables as CSV (RFC 4180): durations in nanoseconds, as their titles say; what is missing is empty. */

export interface CsvColumn<Row> {
  readonly title: string;
  readonly unit?: 'ns' | undefined;
  readonly value: (row: Row) => number | string | null;
}

function field(value: number | string | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // A text that begins like a formula would be run by a spreadsheet.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  const titles = columns.map(({ title, unit }) => field(unit === undefined ? title : `${title} [${unit}]`));
  const lines = rows.map((row) => columns.map(({ value }) => field(value(row))).join(','));
  return [titles.join(','), ...lines, ''].join('\r\n');
}
