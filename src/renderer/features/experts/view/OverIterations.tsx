// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { ExpertSeries, ExpertSummary } from '#shared/contract/experts.ts';
import { formatRatio } from '#shared/base/units.ts';
import { HeatmapChart, heatmapPicture, LinesChart, linesPicture } from '#renderer/charts/index.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import type { HeatmapData } from '#renderer/charts/heatmap-option.ts';
import { seriesHeatmap, type HeatmapColumns } from '../model/heatmaps.ts';
import type { IterationBounds } from '../model/iteration-window.ts';
import { phasedImbalance, type PhasedImbalance } from '../model/phases.ts';
import { valueOf } from '../model/use-answer.ts';
import type { ExpertQuestion } from '../model/use-experts.ts';
import { useIterationLines, useSeries } from '../model/use-series.ts';
import { gridTable, linesTable } from '../model/table-file.ts';
import { SaveMenu } from './SaveMenu.tsx';

const COLUMNS = [
  { value: 'experts', label: 'Experts' },
  { value: 'ranks', label: 'Ranks' },
] as const;

interface OverIterationsProps {
  readonly question: ExpertQuestion;
  readonly summary: ExpertSummary;
  readonly runId: string | undefined;
  readonly onWindow: (window: IterationBounds) => void;
}

/** How the load of one layer moved from iteration to iteration. */
export function OverIterations({ question, summary, runId, onWindow }: OverIterationsProps) {
  const [over, setOver] = useState<HeatmapColumns>('experts');
  const answer = useSeries(question, over, summary.experts);
  const lines = valueOf(useIterationLines(runId));
  const known = valueOf(answer);
  const data = useMemo(
    () => (known === undefined ? undefined : seriesHeatmap(known, over, 'mean')),
    [known, over],
  );
  if (answer.state === 'failed') return <Notice severity="error">{answer.failure.message}</Notice>;
  if (answer.state === 'asking' || data === undefined)
    return <ProgressBar label="Counting over iterations" />;
  const series = answer.value;
  return (
    <div className="over-iterations">
      <section className="expert-panel" aria-label="Load over iterations">
        <div className="expert-panel__title expert-panel__title--controls">
          <h2>
            Iteration × {over === 'ranks' ? 'rank' : 'expert'}, layer {question.layer}
            {over === 'ranks' && ' in contiguous blocks'}
            {series.iterationsPerRow > 1 && ` · ${series.iterationsPerRow} iterations a row`}
          </h2>
          <Segmented label="Columns" value={over} segments={COLUMNS} onChange={setOver} />
          <SaveMenu
            of="heat map"
            name={`layer-${question.layer}-iterations`}
            table={() => gridTable('iteration', data.columnName, data.rows, data.columns, data.values)}
            picture={(format) => heatmapPicture(data, format)}
          />
        </div>
        <p className="expert-panel__note">A click shows only that row’s iterations.</p>
        <SeriesHeatmap series={series} data={data} over={over} layer={question.layer} onWindow={onWindow} />
      </section>
      <div className="over-iterations__lines">
        <ImbalancePanel series={series} phased={phasedImbalance(series, lines)} ranks={question.ranks} />
        <HotSetPanel series={series} />
      </div>
    </div>
  );
}

interface SeriesHeatmapProps {
  readonly series: ExpertSeries;
  readonly data: HeatmapData;
  readonly over: HeatmapColumns;
  readonly layer: number;
  readonly onWindow: (window: IterationBounds) => void;
}

function SeriesHeatmap({ series, data, over, layer, onWindow }: SeriesHeatmapProps) {
  return (
    <div className="expert-panel__chart">
      <HeatmapChart
        label={`Load of ${data.columns} ${over} in ${data.rows.length} rows of iterations, layer ${layer}`}
        data={data}
        onSelectRow={(at) => {
          const row = series.rows[at];
          if (row !== undefined) onWindow({ first: row.first, last: row.last });
        }}
      />
    </div>
  );
}

const ratio = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'cannot answer' : formatRatio(value);

interface ImbalancePanelProps {
  readonly series: ExpertSeries;
  readonly phased: PhasedImbalance | null;
  readonly ranks: number;
}

function ImbalancePanel({ series, phased, ranks }: ImbalancePanelProps) {
  const data = useMemo(
    () => ({
      xs: series.rows.map(({ first }) => first),
      xName: 'iteration',
      yName: `imbalance over ${ranks} ranks`,
      series:
        phased === null
          ? [
              {
                name: 'over ranks',
                as: 'line' as const,
                values: series.rows.map(({ rankImbalance }) => rankImbalance),
              },
            ]
          : [
              { name: 'context', as: 'points' as const, values: phased.context },
              { name: 'generation', as: 'points' as const, values: phased.generation },
            ],
    }),
    [series, phased, ranks],
  );
  const [least, lower, median, upper, most] = series.rankQuartiles;
  return (
    <section className="expert-panel" aria-label="Imbalance over iterations">
      <div className="expert-panel__title expert-panel__title--controls">
        <h2>
          Imbalance over ranks by iteration · median {ratio(median)}, quartiles {ratio(lower)} to{' '}
          {ratio(upper)}, all {ratio(least)} to {ratio(most)}
        </h2>
        <SaveMenu
          of="imbalance"
          name="imbalance"
          table={() => linesTable(data)}
          picture={(format) => linesPicture(data, format)}
        />
      </div>
      <p className="expert-panel__note">
        {phased === null
          ? 'Context and generation cannot be told apart here: the statistics belong to no run with iteration lines, or a row holds several iterations.'
          : `Mean in context iterations ${ratio(phased.contextMean)}, in generation iterations ${ratio(phased.generationMean)}.`}
      </p>
      <div className="expert-panel__chart">
        <LinesChart
          label={`Imbalance over ${ranks} ranks in ${data.xs.length} rows of iterations`}
          data={data}
        />
      </div>
    </section>
  );
}

function HotSetPanel({ series }: { readonly series: ExpertSeries }) {
  const data = useMemo(
    () => ({
      xs: series.hotSets.map(({ first }) => first),
      xName: 'iteration',
      yName: 'share',
      yMax: 1,
      series: [
        {
          name: 'overlap with the hot set before',
          as: 'line' as const,
          values: series.hotSets.map(({ overlap }) => overlap),
        },
        {
          name: 'drift from the first',
          as: 'line' as const,
          values: series.hotSets.map(({ drift }) => drift),
        },
      ],
    }),
    [series],
  );
  return (
    <section className="expert-panel" aria-label="Hot set over iterations">
      <div className="expert-panel__title expert-panel__title--controls">
        <h2>Hot set and drift, by windows of 10 iterations</h2>
        <SaveMenu
          of="hot set"
          name="hot-set"
          table={() => linesTable(data)}
          picture={(format) => linesPicture(data, format)}
        />
      </div>
      {data.xs.length < 2 ? (
        <p className="expert-panel__note">Cannot answer: it takes 20 iterations.</p>
      ) : (
        <div className="expert-panel__chart">
          <LinesChart label={`Hot set and drift in ${data.xs.length} windows of 10 iterations`} data={data} />
        </div>
      )}
    </section>
  );
}
