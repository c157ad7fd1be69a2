// SPDX-License-Identifier: Apache-2.0
import { useCallback, useMemo } from 'react';
import { formatDurationNs } from '#shared/base/units.ts';
import { iterationColumns } from '../model/iteration-columns.ts';
import type { IterationRow } from '../model/iteration-rows.ts';
import { findOutliers, type Outlier } from '../model/outliers.ts';
import { threadTimes, type ThreadFigure } from '../model/thread-times.ts';
import { ChosenTable } from './ChosenTable.tsx';
import type { CellLook } from './table-cells.tsx';

/** Every iteration of every rank with its figures; choosing a row zooms the timeline there. */

function KindCell({ row }: { readonly row: IterationRow }) {
  return (
    <>
      <span className={`iteration-kind iteration-kind--${row.kind}`} aria-hidden="true" />
      {row.kind === 'unknown' ? '—' : row.kind}
    </>
  );
}

function whySlow({ excessNs, medianNs, of, peers, cause, causeNs }: Outlier): string {
  const above = `Its ${of} is ${formatDurationNs(excessNs)} above the median of its ${peers}, ${formatDurationNs(medianNs)}.`;
  return cause === null
    ? `${above} No single part explains half of that; the largest adds ${formatDurationNs(causeNs)}.`
    : `${above} ${cause} adds ${formatDurationNs(causeNs)}.`;
}

function CauseCell({ outlier }: { readonly outlier: Outlier | undefined }) {
  if (outlier === undefined) return '—';
  return <span title={whySlow(outlier)}>{outlier.cause ?? 'unexplained'}</span>;
}

interface ThreadCellProps {
  readonly row: IterationRow;
  readonly figure: ThreadFigure;
}

/** A figure of all threads together; each of them on hover. */
function ThreadCell({ row, figure }: ThreadCellProps) {
  const ns = row[figure];
  const each = threadTimes(row.threads, figure);
  if (ns === null) return '—';
  return each === '' ? formatDurationNs(ns) : <span title={each}>{formatDurationNs(ns)}</span>;
}

const threadLooks: Readonly<Record<string, CellLook<IterationRow>>> = {
  gc: { cell: (row) => <ThreadCell row={row} figure="gcNs" /> },
  gilHeld: { cell: (row) => <ThreadCell row={row} figure="gilHeldNs" /> },
  gilWait: { cell: (row) => <ThreadCell row={row} figure="gilWaitingNs" /> },
};

interface IterationTableProps {
  readonly rows: readonly IterationRow[];
  readonly selected: number | null;
  readonly onSelect: (iteration: number) => void;
}

const byIndex = { key: 'iteration', descending: false } as const;

export function IterationTable({ rows, selected, onSelect }: IterationTableProps) {
  const outliers = useMemo(() => findOutliers(rows), [rows]);
  const columns = useMemo(() => iterationColumns(rows, outliers), [rows, outliers]);
  const looks = useMemo(
    (): Readonly<Record<string, CellLook<IterationRow>>> => ({
      ...threadLooks,
      kind: { width: 'minmax(92px, auto)', cell: (row) => <KindCell row={row} /> },
      cause: { width: '128px', cell: ({ key }) => <CauseCell outlier={outliers.get(key)} /> },
    }),
    [outliers],
  );
  const choose = useCallback((row: IterationRow) => onSelect(row.index), [onSelect]);
  return (
    <ChosenTable
      label="Iterations"
      fileName="iterations"
      columns={columns}
      rows={rows}
      rowKey={({ key }) => key}
      isSelected={({ index }) => index === selected}
      onChoose={choose}
      initialSort={byIndex}
      looks={looks}
      example="gen > 0 && time > p95"
    />
  );
}
