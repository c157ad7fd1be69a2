// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { formatPercent, formatRatio } from '#shared/base/units.ts';
import type { AlignedIteration, Effect, ExpertLoad, Why, WorkRow } from '#shared/contract/comparison.ts';
import { formatFigure, plural } from '#renderer/base/format.ts';
import { Badge } from '#renderer/widgets/Badge.tsx';
import { Button } from '#renderer/widgets/Button.tsx';
import { Table, type Column } from '#renderer/widgets/Table.tsx';
import { estimateText, signedMs } from '../model/texts.ts';

interface ArmsProps {
  readonly a: string;
  readonly b: string;
}

const FEW_ROWS = 10;
const FEW_ITERATIONS = 6;

const words: Readonly<Record<WorkRow['presence'], string | null>> = {
  both: null,
  renamed: 'renamed',
  new: 'new in B',
  gone: 'gone in B',
};

function WorkName({ row: { name, nameB, presence } }: { readonly row: WorkRow }) {
  const word = words[presence];
  return (
    <span className="why__name" title={nameB === undefined ? name : `${name}\n${nameB}`}>
      <span className="mono">{name}</span>
      {nameB !== undefined && <span className="mono why__new-name"> → {nameB}</span>}{' '}
      {word !== null && <Badge tone="accent">{word}</Badge>}
    </span>
  );
}

const cvText = (cv: number | null): string => (cv === null ? '–' : formatPercent(cv));
const countText = (count: number): string => (Number.isInteger(count) ? count.toString() : count.toFixed(1));

function workColumns({ a, b }: ArmsProps): readonly Column<WorkRow>[] {
  const both = (key: string, title: string, cell: (row: WorkRow) => string) => ({
    key,
    title,
    numeric: true,
    cell,
  });
  return [
    { key: 'name', title: 'Kernel or operator', cell: (row) => <WorkName row={row} /> },
    { key: 'kind', title: 'Kind', cell: ({ kind }) => kind },
    both('count', 'Count A · B', (row) => `${countText(row.countA)} · ${countText(row.countB)}`),
    both('a', `${a} (ms)`, ({ msA }) => formatFigure(msA)),
    both('b', `${b} (ms)`, ({ msB }) => formatFigure(msB)),
    both('difference', 'Difference (ms)', ({ msA, msB }) => signedMs(msB - msA)),
    both('cv', 'CV A · B', (row) => `${cvText(row.cvA)} · ${cvText(row.cvB)}`),
  ];
}

/** By kernel or operator: own time in an iteration, and how much it varies between iterations. */
export function WorkTable({ a, b, why }: ArmsProps & { readonly why: Why }) {
  const [all, setAll] = useState(false);
  const { work } = why;
  return (
    <div>
      <Table
        label="Kernels and operators"
        rows={all ? work : work.slice(0, FEW_ROWS)}
        rowKey={({ name, nameB }) => `${name}\n${nameB ?? ''}`}
        columns={workColumns({ a, b })}
      />
      {work.length > FEW_ROWS && (
        <Button variant="quiet" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${plural(work.length, 'name')}`}
        </Button>
      )}
      <p className="compare__quiet">
        Own time of an iteration, without what is nested inside; CV is the deviation between iterations of all
        ranks over their mean. Together with the rest it adds up to the whole iteration.
      </p>
    </div>
  );
}

/** The aligned iterations that differ most. */
export function AlignedTable({
  a,
  b,
  iterations,
}: ArmsProps & { readonly iterations: readonly AlignedIteration[] }) {
  return (
    <Table
      label="Aligned iterations"
      rows={iterations.slice(0, FEW_ITERATIONS)}
      rowKey={({ rank, iterationA, iterationB }) => `${rank}/${iterationA}/${iterationB}`}
      columns={[
        {
          key: 'iteration',
          title: 'Iterations that differ most',
          cell: ({ rank, iterationA, iterationB }) =>
            `${iterationA === iterationB ? iterationA.toString() : `${iterationA} / ${iterationB}`}, rank ${rank}`,
        },
        { key: 'batch', title: 'Batch', cell: ({ batch }) => batch },
        { key: 'a', title: `${a} (ms)`, numeric: true, cell: ({ msA }) => formatFigure(msA) },
        { key: 'b', title: `${b} (ms)`, numeric: true, cell: ({ msB }) => formatFigure(msB) },
        {
          key: 'difference',
          title: 'Difference (ms)',
          numeric: true,
          cell: ({ msA, msB }) => signedMs(msB - msA),
        },
      ]}
    />
  );
}

const loadRows = [
  ['Imbalance ratio over experts', 'expertImbalance'],
  ['Imbalance ratio over ranks', 'rankImbalance'],
  ['Active experts', 'activeExperts'],
] as const;

const ratioText = (value: number | null): string => (value === null ? 'cannot answer' : formatRatio(value));

interface ExpertsProps extends ArmsProps {
  readonly why: Why;
  readonly measured: Effect | null;
}

/** Expert load of both arms, and what it lets expect beside what was measured. */
export function Experts({ a, b, why: { experts, estimate }, measured }: ExpertsProps) {
  if (experts === null) return null;
  return (
    <div>
      <ExpertTable a={a} b={b} experts={experts} />
      {estimate !== null && <p className="compare__quiet">{estimateText(estimate, measured)}</p>}
    </div>
  );
}

/** Expert load of both arms: means over layers and captured iterations. */
function ExpertTable({
  a,
  b,
  experts,
}: ArmsProps & { readonly experts: { readonly a: ExpertLoad; readonly b: ExpertLoad } }) {
  return (
    <Table
      label="Expert load"
      rows={loadRows}
      rowKey={([name]) => name}
      columns={[
        { key: 'name', title: 'Expert load, mean over layers', cell: ([name]) => name },
        { key: 'a', title: a, numeric: true, cell: ([, of]) => ratioText(experts.a[of]) },
        { key: 'b', title: b, numeric: true, cell: ([, of]) => ratioText(experts.b[of]) },
      ]}
    />
  );
}
