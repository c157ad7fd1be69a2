// SPDX-License-Identifier: Apache-2.0
import type { Cause, Comparison, ComparisonAnswer } from '#shared/contract/comparison.ts';
import { formatFigure } from '#renderer/base/format.ts';
import { Table } from '#renderer/widgets/Table.tsx';
import { signedMs } from '../model/texts.ts';

interface WhySectionProps {
  readonly comparison: Comparison;
  readonly answer: ComparisonAnswer;
}

/** Where the time of an iteration goes in both arms, by the profiled passes. */
export function WhySection({ comparison: { request, plan }, answer: { why } }: WhySectionProps) {
  if (why === null) {
    if (!request.profile) return null;
    const profiled = plan.filter(({ purpose }) => purpose === 'profile').length;
    return (
      <section aria-labelledby="compare-why">
        <h2 id="compare-why">Why</h2>
        <p className="compare__quiet">
          The {profiled} profiled passes come last: they will say where the difference comes from.
        </p>
      </section>
    );
  }
  const whole: Cause = { name: 'Whole iteration', msA: why.wholeMsA, msB: why.wholeMsB };
  return (
    <section aria-labelledby="compare-why">
      <h2 id="compare-why">Why</h2>
      <Table
        label="Parts of an iteration"
        rows={[...why.causes, whole]}
        rowKey={({ name }) => name}
        columns={[
          { key: 'name', title: 'Part of an iteration', cell: ({ name }) => name },
          { key: 'a', title: `${request.a.label} (ms)`, numeric: true, cell: ({ msA }) => formatFigure(msA) },
          { key: 'b', title: `${request.b.label} (ms)`, numeric: true, cell: ({ msB }) => formatFigure(msB) },
          {
            key: 'difference',
            title: 'Difference (ms)',
            numeric: true,
            cell: ({ msA, msB }) => signedMs(msB - msA),
          },
        ]}
      />
      <p className="compare__quiet">{why.scope}. Profiled passes explain; they are not timed.</p>
    </section>
  );
}
