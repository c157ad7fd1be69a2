// SPDX-License-Identifier: Apache-2.0
import { useEffect, useId, useMemo, useRef, type Ref } from 'react';
import { useTable, type Row } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { classNames } from '#renderer/base/class-names.ts';
import { Icon } from '#renderer/widgets/Icon.tsx';
import { Tooltip } from '#renderer/widgets/Tooltip.tsx';
import { setSorting, useLibrary } from '../model/library-store.ts';
import type { RunRow } from '../model/rows.ts';
import { useGrid } from '../model/use-grid.ts';
import { columns, columnTraits, features, rowLayout, type ColumnTraits } from './columns.tsx';

/**
 * All runs, of which only the visible rows exist. One tab stop; arrows move, Space selects, Enter opens.
 * The keys of the page (delete, rename, filter) are handled around it.
 */

const ROW_HEIGHT = 28;

type TableRow = Row<typeof features, RunRow>;

interface RunTableProps {
  readonly rows: readonly RunRow[];
  readonly onOpen: (id: string) => void;
  /** The order in which the rows are shown, told whenever it changes. */
  readonly onOrder: (ids: readonly string[]) => void;
  readonly gridRef: Ref<HTMLDivElement>;
}

function useLibraryTable(rows: readonly RunRow[]) {
  const sorting = useLibrary((state) => state.sorting);
  const hidden = useLibrary((state) => state.hidden);
  const state = useMemo(
    () => ({
      sorting: sorting.map((by) => ({ ...by })),
      columnVisibility: Object.fromEntries(hidden.map((id) => [id, false])),
    }),
    [sorting, hidden],
  );
  return useTable({
    features,
    columns,
    data: rows,
    getRowId: ({ run }) => run.id,
    state,
    enableSortingRemoval: false,
    enableMultiSort: true,
    onSortingChange: (change) => {
      const before = [...useLibrary.getState().sorting];
      setSorting(typeof change === 'function' ? change(before) : change);
    },
  });
}

export function RunTable({ rows, onOpen, onOrder, gridRef }: RunTableProps) {
  const table = useLibraryTable(rows);
  const hidden = useLibrary((state) => state.hidden);
  const selected = useLibrary((state) => state.selected);
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const shown = table.getRowModel().rows;
  const ids = useMemo(() => shown.map((row) => row.id), [shown]);
  useEffect(() => onOrder(ids), [ids, onOrder]);
  // The library keeps its own state; nothing here is memoised on it.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollPaddingStart: ROW_HEIGHT,
  });
  const traits = columnTraits.filter(({ id: column }) => !hidden.includes(column));
  const layout = rowLayout(traits);

  const { activeAt, onKeyDown, onRowClick, select } = useGrid({
    ids,
    onOpen,
    scrollTo: (at) => virtualizer.scrollToIndex(at),
  });
  return (
    <div
      ref={(element) => {
        scroller.current = element;
        if (typeof gridRef === 'function') gridRef(element);
        else if (gridRef !== null) gridRef.current = element;
      }}
      className="run-table"
      role="grid"
      aria-label="Runs of the library"
      aria-multiselectable="true"
      aria-rowcount={shown.length + 1}
      aria-colcount={traits.length + 1}
      aria-activedescendant={activeAt < 0 ? undefined : `${id}-${activeAt}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <HeaderRow traits={traits} layout={layout} />
      <div
        role="rowgroup"
        className="run-table__body"
        style={{ height: virtualizer.getTotalSize(), minWidth: layout.minWidth }}
      >
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = shown[index];
          if (row === undefined) return null;
          return (
            <div
              key={row.id}
              id={`${id}-${index}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={selected.has(row.id)}
              className={classNames('run-table__row', index === activeAt && 'run-table__row--active')}
              style={{ ...layout, transform: `translateY(${start}px)` }}
              onClick={(event) => onRowClick(event, index)}
              onDoubleClick={() => onOpen(row.id)}
            >
              <CheckCell checked={selected.has(row.id)} onToggle={(range) => select(index, range)} />
              <RowCells row={row} traits={traits} FlexRender={table.FlexRender} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function CheckCell({
  checked,
  onToggle,
}: {
  readonly checked: boolean;
  readonly onToggle: (range: boolean) => void;
}) {
  return (
    <div
      role="gridcell"
      className="run-table__check"
      aria-label={checked ? 'Selected' : 'Not selected'}
      onClick={(event) => {
        event.stopPropagation();
        onToggle(event.shiftKey);
      }}
    >
      <span className={classNames('run-table__box', checked && 'run-table__box--checked')}>
        {checked && <Icon name="check" />}
      </span>
    </div>
  );
}

interface RowCellsProps {
  readonly row: TableRow;
  readonly traits: readonly ColumnTraits[];
  readonly FlexRender: ReturnType<typeof useLibraryTable>['FlexRender'];
}

function RowCells({ row, traits, FlexRender }: RowCellsProps) {
  return row.getVisibleCells().map((cell) => {
    const numeric = traits.find(({ id }) => id === cell.column.id)?.numeric === true;
    return (
      <div
        key={cell.id}
        role="gridcell"
        className={classNames('run-table__cell', numeric && 'run-table__cell--numeric')}
      >
        <FlexRender cell={cell} />
      </div>
    );
  });
}

interface HeaderRowProps {
  readonly traits: readonly ColumnTraits[];
  readonly layout: ReturnType<typeof rowLayout>;
}

function HeaderRow({ traits, layout }: HeaderRowProps) {
  const sorting = useLibrary((state) => state.sorting);
  return (
    <div role="rowgroup" className="run-table__head" style={{ minWidth: layout.minWidth }}>
      <div role="row" className="run-table__header" style={layout}>
        <div role="columnheader">
          <span className="visually-hidden">Selected</span>
        </div>
        {traits.map((trait) => {
          const by = sorting.find(({ id }) => id === trait.id);
          const direction = by === undefined ? 'none' : by.desc ? 'descending' : 'ascending';
          return (
            <div
              key={trait.id}
              role="columnheader"
              aria-sort={direction}
              className={classNames('run-table__cell', trait.numeric === true && 'run-table__cell--numeric')}
            >
              <SortButton trait={trait} mark={by === undefined ? '' : by.desc ? '↓' : '↑'} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** What is sorted descending at first: the newest, the largest, the fastest. */
const descendingFirst: ReadonlySet<string> = new Set(['throughput', 'duration', 'size', 'started']);

function SortButton({ trait, mark }: { readonly trait: ColumnTraits; readonly mark: string }) {
  const { id, title, definition } = trait;
  const onClick = (): void => {
    const before = useLibrary.getState().sorting.find((by) => by.id === id);
    setSorting([{ id, desc: before === undefined ? descendingFirst.has(id) : !before.desc }]);
  };
  const button = (
    <button type="button" className="run-table__sort" aria-description={definition} onClick={onClick}>
      {title}
      <span aria-hidden="true" className="run-table__mark">
        {mark}
      </span>
    </button>
  );
  if (definition === undefined) return button;
  return <Tooltip content={definition}>{button}</Tooltip>;
}
