// SPDX-License-Identifier: Apache-2.0
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { classNames } from '#renderer/base/class-names.ts';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';
import { nextActive, sortRows, type SortOrder } from './grid-model.ts';
import './data-grid.css';

/** A sortable table of any length: only visible rows exist. One tab stop; arrows move, Enter chooses. */

export interface GridColumn<Row> {
  readonly key: string;
  readonly title: string;
  readonly definition?: string;
  /** Any CSS track size, such as `72px` or `minmax(120px, 1fr)`. */
  readonly width: string;
  readonly numeric?: boolean;
  /** What sorting compares; null sorts last. */
  readonly value: (row: Row) => number | string | null;
  readonly cell: (row: Row) => ReactNode;
}

interface DataGridProps<Row> {
  readonly label: string;
  readonly columns: readonly GridColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly isSelected?: (row: Row) => boolean;
  readonly onChoose?: (row: Row) => void;
  readonly initialSort: SortOrder;
}

const ROW_HEIGHT = 24;

export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { label, columns, rows, rowKey, isSelected, onChoose, initialSort } = props;
  const [order, setOrder] = useState(initialSort);
  const [active, setActive] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const sorted = useMemo(() => sortRows(rows, columns, order), [rows, columns, order]);
  // The library keeps its own state; nothing here is memoised on it.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollPaddingStart: ROW_HEIGHT,
  });
  const selectedAt = isSelected === undefined ? -1 : sorted.findIndex(isSelected);
  useEffect(() => {
    // What was selected elsewhere, on the timeline or the chart, comes into sight here.
    if (selectedAt >= 0) virtualizer.scrollToIndex(selectedAt);
  }, [selectedAt, virtualizer]);
  const template = columns.map(({ width }) => width).join(' ');

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const row = sorted[active];
    if (event.key === 'Enter' && row !== undefined) onChoose?.(row);
    const next = nextActive(event.key, active, sorted.length);
    if (next === null) return;
    event.preventDefault();
    setActive(next);
    virtualizer.scrollToIndex(next);
  };

  return (
    <div
      ref={scroller}
      className="data-grid"
      role="grid"
      aria-label={label}
      aria-rowcount={sorted.length + 1}
      aria-activedescendant={sorted.length === 0 ? undefined : `${id}-${active}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <HeaderRow columns={columns} order={order} template={template} onSort={setOrder} />
      <div role="rowgroup" className="data-grid__body" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = sorted[index];
          if (row === undefined) return null;
          return (
            <div
              key={rowKey(row)}
              id={`${id}-${index}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={isSelected?.(row) ?? false}
              className={classNames('data-grid__row', index === active && 'data-grid__row--active')}
              style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}
              onClick={() => {
                setActive(index);
                onChoose?.(row);
              }}
            >
              <RowCells columns={columns} row={row} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function RowCells<Row>({
  columns,
  row,
}: {
  readonly columns: readonly GridColumn<Row>[];
  readonly row: Row;
}) {
  return columns.map((column) => (
    <div
      key={column.key}
      role="gridcell"
      className={classNames('data-grid__cell', column.numeric === true && 'data-grid__cell--numeric')}
    >
      {column.cell(row)}
    </div>
  ));
}

interface HeaderRowProps<Row> {
  readonly columns: readonly GridColumn<Row>[];
  readonly order: SortOrder;
  readonly template: string;
  readonly onSort: (order: SortOrder) => void;
}

function HeaderRow<Row>({ columns, order, template, onSort }: HeaderRowProps<Row>) {
  return (
    <div role="rowgroup" className="data-grid__head">
      <div role="row" className="data-grid__header" style={{ gridTemplateColumns: template }}>
        {columns.map((column) => {
          const sorted = order.key === column.key;
          const direction = order.descending ? 'descending' : 'ascending';
          return (
            <div
              key={column.key}
              role="columnheader"
              aria-sort={sorted ? direction : 'none'}
              className={classNames('data-grid__cell', column.numeric === true && 'data-grid__cell--numeric')}
            >
              <SortButton
                column={column}
                mark={sorted ? (order.descending ? '↓' : '↑') : ''}
                onSort={() => onSort({ key: column.key, descending: sorted ? !order.descending : true })}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface SortButtonProps {
  readonly column: { readonly title: string; readonly definition?: string };
  readonly mark: string;
  readonly onSort: () => void;
}

function SortButton({ column, mark, onSort }: SortButtonProps) {
  const button = (
    <button type="button" className="data-grid__sort" aria-description={column.definition} onClick={onSort}>
      {column.title}
      <span aria-hidden="true" className="data-grid__mark">
        {mark}
      </span>
    </button>
  );
  if (column.definition === undefined) return button;
  return <Tooltip content={column.definition}>{button}</Tooltip>;
}
