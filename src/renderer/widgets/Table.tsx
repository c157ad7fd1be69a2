// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Tooltip } from './Tooltip.tsx';
import './table.css';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Figures stand on the right, so that their digits line up. */
  readonly numeric?: boolean;
  /** What the column means; shown on hover and read aloud. */
  readonly definition?: string;
}

function Title<Row>({ column: { title, definition } }: { readonly column: Column<Row> }) {
  if (definition === undefined) return title;
  return (
    <Tooltip content={definition}>
      <button type="button" className="table__definition" aria-description={definition}>
        {title}
      </button>
    </Tooltip>
  );
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly empty?: string;
}

/** A short table; long lists have their own virtualised views. */
export function Table<Row>({ label, columns, rows, rowKey, empty = 'None.' }: TableProps<Row>) {
  return (
    <table className="table" aria-label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              className={column.numeric === true ? 'table__numeric' : undefined}
            >
              <Title column={column} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map((column) => (
              <td key={column.key} className={column.numeric === true ? 'table__numeric' : undefined}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
        {rows.length === 0 && (
          <tr>
            <td className="table__empty" colSpan={columns.length}>
              {empty}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
