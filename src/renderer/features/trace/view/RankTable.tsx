// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { Table } from '#renderer/widgets/Table.tsx';
import { definitions } from '../model/definitions.ts';
import type { IterationRow } from '../model/iteration-rows.ts';
import { rankFigures, type RankFigures } from '../model/rank-figures.ts';

/** How long the iterations of each rank take: their middle and their slow end. */

const ns = (value: number | null): string => (value === null ? '—' : formatDurationNs(value));

function column(
  title: string,
  definition: string,
  value: (row: RankFigures) => number | null,
  text: (value: number | null) => string = ns,
) {
  return { key: title, title, definition, numeric: true, cell: (row: RankFigures) => text(value(row)) };
}

const percent = (which: string, what: string): string =>
  `${which} of the iterations of the rank that were recorded whole, a value that occurred. ${what}`;
const [median, p95] = ['Median', '95th percentile'];

const columns = [
  column(
    'Iterations',
    'Iterations that were recorded whole.',
    (row) => row.iterations,
    (count) => (count === null ? '—' : formatCount(count)),
  ),
  column('Time p50', percent(median, definitions.time), ({ time }) => time.p50Ns),
  column('Time p95', percent(p95, definitions.time), ({ time }) => time.p95Ns),
  column('GPU busy p50', percent(median, definitions.gpuBusy), ({ busy }) => busy.p50Ns),
  column('GPU busy p95', percent(p95, definitions.gpuBusy), ({ busy }) => busy.p95Ns),
  column('Idle p50', percent(median, definitions.idle), ({ idle }) => idle.p50Ns),
  column('Idle p95', percent(p95, definitions.idle), ({ idle }) => idle.p95Ns),
  column(
    'Slowest in',
    'Iterations in which no other rank had as long a host window, and it lay above their median.',
    ({ slowest }) => slowest,
    (count) => (count === null ? '—' : formatCount(count)),
  ),
];

export function RankTable({ rows }: { readonly rows: readonly IterationRow[] }) {
  const ranks = useMemo(() => rankFigures(rows), [rows]);
  if (ranks.length < 2) return null;
  return (
    <>
      <h3 className="trace-overview__heading">Ranks in figures</h3>
      <Table
        label="Ranks in figures"
        rows={ranks}
        rowKey={({ label, sourceId }) => sourceId ?? label}
        columns={[{ key: 'rank', title: 'Rank', cell: ({ label }) => label }, ...columns]}
      />
    </>
  );
}
