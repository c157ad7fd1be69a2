// SPDX-License-Identifier: Apache-2.0
import type { FilterColumn } from './filter/compile.ts';

/** A column of a table as data: what it is called, what it means, its value and unit. */
export interface TableColumn<Row> extends FilterColumn<Row> {
  /** Also its name in filters. */
  readonly key: string;
  readonly title: string;
  readonly definition: string;
  /** How numbers are written; those of durations are nanoseconds. */
  readonly format?: 'count' | 'percent' | 'ratio';
  /** Shown unless the user chose otherwise. */
  readonly usual: boolean;
}

type Value<Row, T> = (row: Row) => T | null;
type More<Row> = Partial<Pick<TableColumn<Row>, 'usual'>>;

export function durationColumn<Row>(
  key: string,
  title: string,
  definition: string,
  value: Value<Row, number>,
  { usual = false }: More<Row> = {},
): TableColumn<Row> {
  return { key, title, definition, type: 'duration', value, usual };
}

export function numberColumn<Row>(
  key: string,
  title: string,
  definition: string,
  value: Value<Row, number>,
  { usual = false, format = 'count' }: More<Row> & Pick<TableColumn<Row>, 'format'> = {},
): TableColumn<Row> {
  return { key, title, definition, type: 'number', format, value, usual };
}

export function textColumn<Row>(
  key: string,
  title: string,
  definition: string,
  value: Value<Row, string>,
  { usual = false }: More<Row> = {},
): TableColumn<Row> {
  return { key, title, definition, type: 'text', value, usual };
}

/** The columns that these rows have something to say in. */
export function knownColumns<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): TableColumn<Row>[] {
  return columns.filter(({ value }) => rows.some((row) => value(row) !== null));
}
