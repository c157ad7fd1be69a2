// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { formatCount, formatDurationNs, formatPercent, formatRatio } from '#shared/base/units.ts';
import type { TableColumn } from '../model/table-column.ts';
import type { GridColumn } from './DataGrid.tsx';

/** How the columns of tables look: widths, figures as text, cells of their own where there is more to say. */

const NONE = '—';

function text<Row>({ type, format, value }: TableColumn<Row>, row: Row): string {
  const found = value(row);
  if (found === null) return NONE;
  if (typeof found === 'string') return found;
  if (type === 'duration') return formatDurationNs(found);
  if (format === 'percent') return formatPercent(found);
  return format === 'ratio' ? formatRatio(found) : formatCount(found);
}

export interface CellLook<Row> {
  readonly width?: string;
  readonly cell?: (row: Row) => ReactNode;
}

const widths = { duration: '76px', number: '62px', text: 'minmax(84px, auto)' } as const;

export function gridColumn<Row>(column: TableColumn<Row>, look: CellLook<Row> = {}): GridColumn<Row> {
  const { key, title, definition, type, value } = column;
  return {
    key,
    title,
    definition: `${definition} In filters: ${key}`,
    width: look.width ?? widths[type],
    numeric: type !== 'text',
    value,
    cell: look.cell ?? ((row) => text(column, row)),
  };
}
