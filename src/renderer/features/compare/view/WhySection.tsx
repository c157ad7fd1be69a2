// SPDX-License-Identifier: Apache-2.0
import type { Cause, Comparison, ComparisonAnswer, Effect, Why } from '#shared/contract/comparison.ts';
import { formatFigure } from '#renderer/base/format.ts';
import { Table } from '#renderer/widgets/Table.tsx';
import { signedMs } from '../model/texts.ts';
import { AlignedTable, Experts, WorkTable } from './WhyTables.tsx';

interface WhySectionProps {
  readonly comparison: Comparison;
  readonly answer: ComparisonAnswer;
}

/** Where the time of an iteration goes in both arms, by the profiled passes. */
export function WhySection({ comparison, answer: { why, primary } }: WhySectionProps) {
  const answerEffect = primary?.effect ?? null;
  const { request } = comparison;
  if (why === null && !request.profile) return null;
  return (
    <section className="why" aria-labelledby="compare-why">
      <h2 id="compare-why">Why</h2>
      {why === null ? (
        <p className="compare__quiet">{absenceText(comparison)}</p>
      ) : (
        <Explanation a={request.a.label} b={request.b.label} why={why} measured={answerEffect} />
      )}
    </section>
  );
}

function absenceText({ passes }: Comparison): string {
  const profiled = passes.filter(({ purpose }) => purpose === 'profile').length;
  return profiled < 2
    ? 'The profiled passes come last: they will say where the difference comes from.'
    : 'The profiled passes have no batch composition in common, or left no trace: they cannot be compared.';
}

interface ExplanationProps {
  readonly a: string;
  readonly b: string;
  readonly why: Why;
  /** Of the timing passes. */
  readonly measured: Effect | null;
}

function Explanation({ a, b, why, measured }: ExplanationProps) {
  const whole: Cause = { name: 'Whole iteration', msA: why.wholeMsA, msB: why.wholeMsB };
  return (
    <>
      <p className="compare__quiet">
        Times are the {why.scope}. Profiled passes explain; they are not timed.
      </p>
      <div className="why__columns">
        <CauseTable label="Parts of an iteration" a={a} b={b} rows={[...why.causes, whole]} />
        {why.work.length > 0 && (
          <CauseTable label="Kinds of work" a={a} b={b} rows={[...why.kinds, why.rest]} />
        )}
      </div>
      {why.work.length > 0 && <WorkTable a={a} b={b} why={why} />}
      <div className="why__columns">
        <AlignedTable a={a} b={b} iterations={why.iterations} />
        <Experts a={a} b={b} why={why} measured={measured} />
      </div>
    </>
  );
}

interface CauseTableProps {
  readonly label: string;
  readonly a: string;
  readonly b: string;
  readonly rows: readonly Cause[];
}

function CauseTable({ label, a, b, rows }: CauseTableProps) {
  return (
    <Table
      label={label}
      rows={rows}
      rowKey={({ name }) => name}
      columns={[
        { key: 'name', title: label, cell: ({ name }) => name },
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
