// SPDX-License-Identifier: Apache-2.0
import { useCallback, useMemo } from 'react';
import { formatCount, formatDurationNs, formatPercent } from '#shared/base/units.ts';
import { definitions } from '../model/definitions.ts';
import type { IterationRow } from '../model/iteration-rows.ts';
import { compositionNs } from '../model/iteration-rows.ts';
import { DataGrid, type GridColumn } from './DataGrid.tsx';

/** Every iteration of every rank with its figures; choosing a row zooms the timeline there. */

const NONE = '—';
const duration = (ns: number | null): string => (ns === null ? NONE : formatDurationNs(ns));
const idleNs = ({ composition }: IterationRow): number | null => composition?.idleNs ?? null;
const busyNs = (row: IterationRow): number | null =>
  row.onHost ? (row.composition?.computeNs ?? null) : row.gpuBusyNs;

function batchText({ contextRequests, generationRequests }: IterationRow): string {
  if (contextRequests === null && generationRequests === null) return NONE;
  return `${formatCount(contextRequests ?? 0)} + ${formatCount(generationRequests ?? 0)}`;
}

function idleText(row: IterationRow): string {
  const { composition } = row;
  if (composition === null) return NONE;
  const whole = compositionNs(composition);
  return whole === 0 ? duration(composition.idleNs) : formatPercent(composition.idleNs / whole);
}

function KindCell({ row }: { readonly row: IterationRow }) {
  const name = row.kind === 'unknown' ? NONE : row.kind;
  return (
    <>
      <span className={`iteration-kind iteration-kind--${row.kind}`} aria-hidden="true" />
      {name}
      {row.inferred && <span className="iteration-kind__note"> inferred</span>}
    </>
  );
}

type Column = GridColumn<IterationRow>;

const indexColumn: Column = {
  key: 'index',
  title: 'Iteration',
  width: '58px',
  numeric: true,
  value: ({ index }) => index,
  cell: ({ index }) => formatCount(index),
};
const rankColumn: Column = {
  key: 'rank',
  title: 'Rank',
  width: 'minmax(56px, auto)',
  value: ({ rankLabel }) => rankLabel,
  cell: ({ rankLabel }) => rankLabel,
};
const kindColumn: Column = {
  key: 'kind',
  title: 'Kind',
  definition: definitions.kind,
  width: 'minmax(92px, 1fr)',
  value: ({ kind }) => kind,
  cell: (row) => <KindCell row={row} />,
};
const batchColumn: Column = {
  key: 'batch',
  title: 'ctx + gen',
  definition: 'Requests of the iteration in the context phase and in the generation phase.',
  width: '68px',
  numeric: true,
  value: ({ contextRequests, generationRequests }) =>
    contextRequests === null && generationRequests === null
      ? null
      : (contextRequests ?? 0) * 1e6 + (generationRequests ?? 0),
  cell: batchText,
};
const timeColumn: Column = {
  key: 'time',
  title: 'Time',
  definition: definitions.time,
  width: '76px',
  numeric: true,
  value: ({ timeNs }) => timeNs,
  cell: ({ timeNs }) => formatDurationNs(timeNs),
};
const kernelsColumn: Column = {
  key: 'kernels',
  title: 'Kernels',
  definition: definitions.kernels,
  width: '58px',
  numeric: true,
  value: ({ kernelCount }) => kernelCount,
  cell: ({ kernelCount }) => formatCount(kernelCount),
};
const shiftColumn: Column = {
  key: 'shift',
  title: 'GPU shift',
  definition: definitions.shift,
  width: '76px',
  numeric: true,
  value: ({ shiftNs }) => shiftNs,
  cell: ({ shiftNs }) => duration(shiftNs),
};
const gcColumn: Column = {
  key: 'gc',
  title: 'GC',
  definition: definitions.gc,
  width: '70px',
  numeric: true,
  value: ({ gcNs }) => gcNs,
  cell: ({ gcNs }) => (gcNs === 0 ? NONE : formatDurationNs(gcNs)),
};
const gilHeldColumn: Column = {
  key: 'gilHeld',
  title: 'GIL held',
  definition: definitions.gilHeld,
  width: '76px',
  numeric: true,
  value: ({ gilHeldNs }) => gilHeldNs,
  cell: ({ gilHeldNs }) => duration(gilHeldNs),
};
const gilWaitingColumn: Column = {
  key: 'gilWaiting',
  title: 'GIL wait',
  definition: definitions.gilWaiting,
  width: '76px',
  numeric: true,
  value: ({ gilWaitingNs }) => gilWaitingNs,
  cell: ({ gilWaitingNs }) => duration(gilWaitingNs),
};
const capturedColumn: Column = {
  key: 'captured',
  title: 'Capture',
  definition: definitions.captured,
  width: '80px',
  value: ({ captured }) => captured,
  cell: ({ captured }) => captured,
};
const communicationColumn: Column = {
  key: 'communication',
  title: 'Comm.',
  definition: definitions.communication,
  width: '76px',
  numeric: true,
  value: ({ composition }) => composition?.communicationNs ?? null,
  cell: ({ composition }) => duration(composition?.communicationNs ?? null),
};

function busyColumn(onHost: boolean): Column {
  return {
    key: 'busy',
    title: onHost ? 'Compute' : 'GPU busy',
    definition: onHost ? definitions.hostCompute : definitions.gpuBusy,
    width: '76px',
    numeric: true,
    value: busyNs,
    cell: (row) => duration(busyNs(row)),
  };
}

const idleColumn: Column = {
  key: 'idle',
  title: 'Idle',
  definition: definitions.idle,
  width: '58px',
  numeric: true,
  value: idleNs,
  cell: idleText,
};

/** Only the columns that these traces have something to say in. */
export function iterationColumns(rows: readonly IterationRow[]): Column[] {
  const onHost = rows.every((row) => row.onHost);
  const ranks = new Set(rows.map(({ sourceId }) => sourceId)).size;
  const communication = rows.some(({ composition }) => (composition?.communicationNs ?? 0) > 0);
  return [
    indexColumn,
    ...(ranks > 1 ? [rankColumn] : []),
    kindColumn,
    batchColumn,
    timeColumn,
    busyColumn(onHost),
    ...(communication ? [communicationColumn] : []),
    idleColumn,
    ...(onHost ? [] : [kernelsColumn, shiftColumn]),
    ...(rows.some(({ gcNs }) => gcNs > 0) ? [gcColumn] : []),
    ...(rows.some(({ gilHeldNs }) => gilHeldNs !== null) ? [gilHeldColumn] : []),
    ...(rows.some(({ gilWaitingNs }) => gilWaitingNs !== null) ? [gilWaitingColumn] : []),
    ...(rows.some(({ captured }) => captured !== 'complete') ? [capturedColumn] : []),
  ];
}

interface IterationTableProps {
  readonly rows: readonly IterationRow[];
  readonly selected: number | null;
  readonly onSelect: (iteration: number) => void;
}

const byIndex = { key: 'index', descending: false } as const;

export function IterationTable({ rows, selected, onSelect }: IterationTableProps) {
  const columns = useMemo(() => iterationColumns(rows), [rows]);
  const choose = useCallback((row: IterationRow) => onSelect(row.index), [onSelect]);
  return (
    <DataGrid
      label="Iterations"
      columns={columns}
      rows={rows}
      rowKey={({ key }) => key}
      isSelected={({ index }) => index === selected}
      onChoose={choose}
      initialSort={byIndex}
    />
  );
}
