// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import { formatChange, formatCount, formatDurationMs } from '#shared/base/units.ts';
import { formatFigure } from '#renderer/base/format.ts';
import { LinesChart } from '#renderer/charts/index.tsx';
import { Table } from '#renderer/widgets/Table.tsx';
import { changeOf, figurePairs, kindTimes, stepTimes, type RunSide } from '../model/two-runs.ts';

interface SidesProps {
  readonly a: RunSide;
  readonly b: RunSide;
}

const NONE = '–';

const changeText = (change: number | null): string => (change === null ? NONE : formatChange(change));

const changeDefinition = 'B / A − 1, of one pass each: it has no interval.';

/** What both programs reported at their ends. */
export function FiguresSection({ a, b }: SidesProps) {
  const pairs = figurePairs(a.manifest.figures, b.manifest.figures);
  const text = (value: number | null): string => (value === null ? NONE : formatFigure(value));
  return (
    <section aria-labelledby="side-figures">
      <h2 id="side-figures">Throughput and other reported figures</h2>
      <Table
        label="Reported figures of both runs"
        rows={pairs}
        rowKey={({ label, unit }) => `${label} ${unit}`}
        empty="Neither program reported a figure."
        columns={[
          {
            key: 'label',
            title: 'Figure',
            cell: ({ label, unit }) => `${label}${unit === '' ? '' : ` (${unit})`}`,
          },
          { key: 'a', title: 'A', numeric: true, cell: (pair) => text(pair.a) },
          { key: 'b', title: 'B', numeric: true, cell: (pair) => text(pair.b) },
          {
            key: 'change',
            title: 'B against A',
            numeric: true,
            definition: changeDefinition,
            cell: (pair) => changeText(changeOf(pair)),
          },
        ]}
      />
    </section>
  );
}

/** Host step times of both runs in one chart, and their medians by kind. */
export function StepTimesSection({ a, b }: SidesProps) {
  const times = useMemo(() => stepTimes(a.lines, b.lines), [a, b]);
  const kinds = useMemo(() => kindTimes(a.lines, b.lines), [a, b]);
  const data = useMemo(
    () => ({
      xs: times.iterations,
      xName: 'iteration',
      yName: 'ms',
      text: formatDurationMs,
      missing: 'not logged',
      series: [
        { name: 'A', as: 'line' as const, values: times.a },
        { name: 'B', as: 'line' as const, values: times.b },
      ],
    }),
    [times],
  );
  const time = (ms: number | null, count: number): string =>
    ms === null ? NONE : `${formatDurationMs(ms)} · ${formatCount(count)}`;
  return (
    <section aria-labelledby="side-iterations">
      <h2 id="side-iterations">Iteration times</h2>
      {times.iterations.length === 0 ? (
        <p className="compare__quiet">Neither log has lines of iterations.</p>
      ) : (
        <>
          <p className="compare__quiet">
            Host step time, of several ranks the slowest. Iterations of the same number may hold different
            batches.
          </p>
          <div className="side-chart">
            <LinesChart label="Host step times of both runs, in milliseconds" data={data} />
          </div>
          <Table
            label="Median iteration times"
            rows={kinds}
            rowKey={({ kind }) => kind}
            columns={[
              { key: 'kind', title: 'Iterations', cell: ({ kind }) => kind },
              { key: 'a', title: 'A: median · n', numeric: true, cell: (row) => time(row.a, row.countA) },
              { key: 'b', title: 'B: median · n', numeric: true, cell: (row) => time(row.b, row.countB) },
              {
                key: 'change',
                title: 'B against A',
                numeric: true,
                definition: changeDefinition,
                cell: (row) => changeText(changeOf(row)),
              },
            ]}
          />
        </>
      )}
    </section>
  );
}
