// SPDX-License-Identifier: Apache-2.0
import { useId, useMemo, useState, type ReactNode } from 'react';
import { formatCount } from '#shared/base/units.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';
import { Menu } from '#renderer/widgets/Menu.tsx';
import { toCsv } from '../model/csv.ts';
import { compileFilter, type Filter } from '../model/filter/compile.ts';
import type { TableColumn } from '../model/table-column.ts';
import { DataGrid } from './DataGrid.tsx';
import type { SortOrder } from './grid-model.ts';
import { gridColumn, type CellLook } from './table-cells.tsx';
import './chosen-table.css';

/** A table whose rows are filtered by an expression, whose columns are chosen, and that leaves as CSV. */

interface ChosenTableProps<Row> {
  readonly label: string;
  /** Proposed name of a saved file. */
  readonly fileName: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly isSelected?: (row: Row) => boolean;
  readonly onChoose?: (row: Row) => void;
  readonly initialSort: SortOrder;
  readonly looks?: Readonly<Record<string, CellLook<Row>>>;
  /** A filter that shows what the language is for. */
  readonly example: string;
  /** Stands beside the filter. */
  readonly controls?: ReactNode;
}

function useFilter<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]) {
  const [text, setText] = useState('');
  const [applied, setApplied] = useState('');
  const change = (next: string): void => {
    setText(next);
    // While a filter is being written the last whole one stays.
    if (compileFilter(next, columns, rows).ok) setApplied(next);
  };
  const typed = useMemo(() => compileFilter(text, columns, rows), [text, columns, rows]);
  const kept = useMemo(() => {
    const filter = compileFilter(applied, columns, rows);
    return filter.ok ? rows.filter(filter.keeps) : rows;
  }, [applied, columns, rows]);
  return { text, change, typed, kept };
}

function useColumns<Row>(columns: readonly TableColumn<Row>[]) {
  const [wanted, setWanted] = useState<Readonly<Record<string, boolean>>>({});
  const shown = useMemo(() => columns.filter(({ key, usual }) => wanted[key] ?? usual), [columns, wanted]);
  const choices = columns.map(({ key, title, usual }) => ({
    label: title,
    checked: wanted[key] ?? usual,
    onChange: (checked: boolean) => setWanted((before) => ({ ...before, [key]: checked })),
  }));
  return { shown, choices };
}

async function copy(csv: string, count: number): Promise<void> {
  await navigator.clipboard.writeText(csv);
  notify('note', `${formatCount(count)} ${count === 1 ? 'row is' : 'rows are'} on the clipboard as CSV.`);
}

async function save(name: string, csv: string): Promise<void> {
  const saved = await invoke('files.save', { name, format: 'csv', content: csv });
  if (saved !== null) notify('note', `The table is in ${saved.path}.`);
}

export function ChosenTable<Row>(props: ChosenTableProps<Row>) {
  const { label, fileName, columns, rows, rowKey, looks, example, controls, initialSort } = props;
  const { isSelected, onChoose } = props;
  const { text, change, typed, kept } = useFilter(columns, rows);
  const { shown, choices } = useColumns(columns);
  const grid = useMemo(() => shown.map((column) => gridColumn(column, looks?.[column.key])), [shown, looks]);
  const csv = (): string =>
    toCsv(
      shown.map(({ title, type, value }) => ({ title, value, unit: type === 'duration' ? 'ns' : undefined })),
      kept,
    );
  const leave = [
    { label: 'Copy as CSV', icon: 'copy', perform: () => void copy(csv(), kept.length).catch(notifyFailure) },
    { label: 'Save as CSV…', icon: 'disk', perform: () => void save(fileName, csv()).catch(notifyFailure) },
  ] as const;
  return (
    <div className="chosen-table">
      <div className="chosen-table__bar">
        {controls}
        <FilterField text={text} onChange={change} filter={typed} example={example} />
        <output className="chosen-table__count" aria-label={`Rows of ${label}`}>
          {kept.length === rows.length
            ? formatCount(rows.length)
            : `${formatCount(kept.length)} of ${formatCount(rows.length)}`}
        </output>
        <Menu label="Columns" icon="columns" items={choices} />
        <Menu label="CSV" icon="export" items={leave} />
      </div>
      <DataGrid
        label={label}
        columns={grid}
        rows={kept}
        rowKey={rowKey}
        initialSort={initialSort}
        {...(isSelected === undefined ? {} : { isSelected })}
        {...(onChoose === undefined ? {} : { onChoose })}
      />
    </div>
  );
}

interface FilterFieldProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly filter: Filter<never>;
  readonly example: string;
}

const HELP =
  'Columns by their names, numbers with units (ns, us, ms, s), + - * /, comparisons, && || !, and the statistics p50, p95, mean, min, max of a column: time > p95, or time > 2 * p50(gpu). Hover over a title to see its name.';

function FilterField({ text, onChange, filter, example }: FilterFieldProps) {
  const problem = useId();
  return (
    <div className="chosen-table__filter">
      <input
        className="field__input field__input--mono"
        type="text"
        aria-label="Filter"
        aria-description={HELP}
        title={HELP}
        placeholder={`Filter: ${example}`}
        value={text}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={!filter.ok}
        aria-describedby={filter.ok ? undefined : problem}
        onChange={(event) => onChange(event.target.value)}
      />
      {!filter.ok && (
        <p id={problem} className="chosen-table__problem" role="status">
          <span className="mono">
            {text.slice(Math.max(filter.at - 12, 0), filter.at)}
            <mark>{text.slice(filter.at, filter.end) || '␣'}</mark>
          </span>{' '}
          at {filter.at + 1}: {filter.message}
        </p>
      )}
    </div>
  );
}
