// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { formatChange, formatCount, formatDurationMs } from '#shared/base/units.ts';
import type { ComparedIterations, Comparison, ComparisonAnswer } from '#shared/contract/comparison.ts';
import { plural } from '#renderer/base/format.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Table } from '#renderer/widgets/Table.tsx';
import { intervalText, meanText, reachOf, shownFigures } from '../model/texts.ts';
import { Interval } from './Interval.tsx';

interface TablesProps {
  readonly comparison: Comparison;
  readonly answer: ComparisonAnswer;
}

/** Every figure that both arms report. */
export function Figures({ comparison: { request }, answer }: TablesProps) {
  const figures = shownFigures(answer.figures, answer.primary);
  const reach = reachOf(figures.map(({ effect }) => effect));
  return (
    <section aria-labelledby="compare-figures">
      <h2 id="compare-figures">Figures</h2>
      <Table
        label="Figures of both arms"
        rows={figures}
        rowKey={({ label }) => label}
        empty="The passes that have ended report no figure in common yet."
        columns={[
          { key: 'label', title: 'Figure', cell: ({ label, unit }) => `${label} (${unit})` },
          { key: 'a', title: request.a.label, numeric: true, cell: ({ a }) => meanText(a) },
          { key: 'b', title: request.b.label, numeric: true, cell: ({ b }) => meanText(b) },
          {
            key: 'effect',
            title: 'Effect (+ is better)',
            numeric: true,
            cell: ({ effect }) => (effect === null ? '–' : formatChange(effect.ratio)),
          },
          {
            key: 'interval',
            title: 'Interval',
            numeric: true,
            cell: ({ effect }) => intervalText(effect),
          },
          {
            key: 'drawn',
            title: `±${(reach * 100).toFixed(0)} %`,
            cell: ({ effect }) => (effect === null ? '' : <Interval effect={effect} reach={reach} />),
          },
        ]}
      />
    </section>
  );
}

const FEW_ROWS = 8;

/** Median iteration times of equal batches; context and generation iterations are never mixed. */
export function Iterations({ comparison: { request }, answer: { iterations } }: TablesProps) {
  const [all, setAll] = useState(false);
  if (iterations.length === 0) return null;
  const rows = all ? iterations : iterations.slice(0, FEW_ROWS);
  const reach = reachOf(rows.map(({ effect }) => effect));
  const time = (title: string, of: (row: ComparedIterations) => number, count: 'countA' | 'countB') => ({
    key: count,
    title,
    numeric: true,
    cell: (row: ComparedIterations) => `${formatDurationMs(of(row))} · ${formatCount(row[count])}`,
  });
  return (
    <section aria-labelledby="compare-iterations">
      <h2 id="compare-iterations">Iterations of the same batch</h2>
      <Table
        label="Iterations of the same batch"
        rows={rows}
        rowKey={({ contextTokens, generationTokens }) => `${contextTokens}/${generationTokens}`}
        columns={[
          { key: 'kind', title: 'Kind', cell: ({ kind }) => kind },
          {
            key: 'batch',
            title: 'Context + generation tokens',
            numeric: true,
            cell: (row) => `${formatCount(row.contextTokens)} + ${formatCount(row.generationTokens)}`,
          },
          time(`${request.a.label}: median · n`, (row) => row.medianMsA, 'countA'),
          time(`${request.b.label}: median · n`, (row) => row.medianMsB, 'countB'),
          {
            key: 'effect',
            title: 'Effect',
            numeric: true,
            cell: ({ effect }) => (effect === null ? '–' : formatChange(effect.ratio)),
          },
          { key: 'interval', title: 'Interval', numeric: true, cell: ({ effect }) => intervalText(effect) },
          {
            key: 'drawn',
            title: `±${(reach * 100).toFixed(0)} %`,
            cell: ({ effect }) => (effect === null ? '' : <Interval effect={effect} reach={reach} />),
          },
        ]}
      />
      {iterations.length > FEW_ROWS && (
        <Button variant="quiet" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${plural(iterations.length, 'batch', 'batches')}`}
        </Button>
      )}
    </section>
  );
}
