// SPDX-License-Identifier: Apache-2.0
import { useState, type ReactNode } from 'react';
import type { Source } from '#shared/contract/app.ts';
import type { ExpertSummary, LayerMetrics } from '#shared/contract/experts.ts';
import { useTraceView, type TraceViewStore } from '#renderer/stores/trace-view.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { Tabs } from '#renderer/widgets/Tabs.tsx';
import { defaultRanks } from '../model/bars.ts';
import { windowWithin, type IterationBounds } from '../model/iteration-window.ts';
import { valueOf, type Answer } from '../model/use-answer.ts';
import { useExpertAnswers, type ExpertAnswers, type ExpertQuestion } from '../model/use-experts.ts';
import { Controls } from './Controls.tsx';
import { Gain } from './Gain.tsx';
import { HeatmapPanel } from './HeatmapPanel.tsx';
import { LayerFigures } from './LayerFigures.tsx';
import { LayerList } from './LayerList.tsx';
import { LayerPanel } from './LayerPanel.tsx';
import { LayerTable } from './LayerTable.tsx';
import { OverIterations } from './OverIterations.tsx';
import { PerfectRouter } from './PerfectRouter.tsx';
import { Placement } from './Placement.tsx';

type Page = 'load' | 'iterations' | 'table' | 'placement' | 'gain' | 'router';

interface StatisticsProps {
  readonly source: Source;
  readonly summary: ExpertSummary;
  /** Traces of the same run. */
  readonly traces: readonly Source[];
  /** Other statistics that are open together with these. */
  readonly others: readonly Source[];
  /** Holds the window, which other views of the run follow. */
  readonly store: TraceViewStore;
}

/** One folder of statistics. Window, ranks and layer are the same on every page. */
export function Statistics({ source, summary, traces, others, store }: StatisticsProps) {
  const { sourceId } = source;
  const bounds = { first: summary.iterationStart, last: summary.iterationEnd - 1 };
  const [layer, setLayer] = useState(summary.layers[0] ?? 0);
  const chosen = useTraceView(store, (state) => state.window);
  const chooseWindow = useTraceView(store, (state) => state.chooseWindow);
  const { window, message } = windowWithin(chosen, bounds);
  const [ranks, setRanks] = useState(() => defaultRanks(summary.ranks, summary.experts));
  const [page, setPage] = useState<Page>('load');
  const question = { sourceId, window, layer, ranks };
  const answers = useExpertAnswers(question);
  const pages = pagesOf({
    source,
    summary,
    traces,
    others,
    store,
    question,
    answers,
    onLayer: setLayer,
    onWindow: chooseWindow,
  });
  return (
    <div className="expert-statistics">
      <div className="expert-head">
        <Controls
          summary={summary}
          bounds={bounds}
          window={window}
          chosen={chosen}
          message={message}
          layer={layer}
          ranks={ranks}
          onWindow={chooseWindow}
          onLayer={setLayer}
          onRanks={setRanks}
        />
        <Problems answers={Object.values(answers)} />
      </div>
      <Pages page={page} pages={pages} onPage={setPage} />
    </div>
  );
}

interface PagesInput extends StatisticsProps {
  readonly question: ExpertQuestion;
  readonly answers: ExpertAnswers;
  readonly onLayer: (layer: number) => void;
  readonly onWindow: (window: IterationBounds) => void;
}

function pagesOf(input: PagesInput): readonly (readonly [Page, string, ReactNode])[] {
  const { source, summary, traces, others, question, answers, onLayer, onWindow } = input;
  const { sourceId, layer, ranks } = question;
  const metrics = valueOf(answers.metrics) ?? [];
  const name = `experts-${(source.runId ?? source.name).replaceAll(/[^\w.-]/g, '-').slice(0, 80)}`;
  return [
    [
      'load',
      'Load',
      <Load
        key="load"
        question={question}
        summary={summary}
        answers={answers}
        others={others}
        onSelectLayer={onLayer}
      />,
    ],
    [
      'iterations',
      'Over iterations',
      <OverIterations
        key="iterations"
        question={question}
        summary={summary}
        runId={source.runId}
        onWindow={onWindow}
      />,
    ],
    ['table', 'Table', <LayerTable key="table" name={name} metrics={metrics} onSelectLayer={onLayer} />],
    [
      'placement',
      'Placement',
      <Placement
        key={ranks}
        sourceId={sourceId}
        name={name}
        summary={summary}
        ranks={ranks}
        layer={layer}
        onSelectLayer={onLayer}
      />,
    ],
    [
      'gain',
      'What balance gains',
      <Gain
        key="gain"
        question={question}
        metrics={metrics}
        heatmap={valueOf(answers.heatmap)}
        traces={traces}
        runId={source.runId}
      />,
    ],
    [
      'router',
      'Perfect router',
      <PerfectRouter key={ranks} sourceId={sourceId} summary={summary} ranks={ranks} runId={source.runId} />,
    ],
  ];
}

interface PagesProps {
  readonly page: Page;
  readonly pages: readonly (readonly [Page, string, ReactNode])[];
  readonly onPage: (page: Page) => void;
}

/** A page is made when it is first seen, and kept. */
function Pages({ page, pages, onPage }: PagesProps) {
  const [seen, setSeen] = useState<ReadonlySet<Page>>(new Set([page]));
  if (!seen.has(page)) setSeen(new Set([...seen, page]));
  return (
    <Tabs<Page>
      label="Views of expert load"
      value={page}
      onChange={onPage}
      tabs={pages.map(([value, label, panel]) => ({ value, label, panel: seen.has(value) && panel }))}
    />
  );
}

interface LoadProps {
  readonly question: ExpertQuestion;
  readonly summary: ExpertSummary;
  readonly answers: ExpertAnswers;
  readonly others: readonly Source[];
  readonly onSelectLayer: (layer: number) => void;
}

/** Layers on the left, the chosen layer's load, and all layers as a heat map. */
function Load({ question, summary, answers, others, onSelectLayer }: LoadProps) {
  const { layer, ranks } = question;
  const metrics: readonly LayerMetrics[] = valueOf(answers.metrics) ?? [];
  return (
    <div className="expert-load">
      <div className="expert-load__figures">
        <LayerFigures
          metrics={metrics.find((of) => of.layer === layer)}
          experts={summary.experts}
          ranks={ranks}
        />
      </div>
      <div className="expert-body">
        <LayerList layers={summary.layers} metrics={metrics} selected={layer} onSelect={onSelectLayer} />
        <LayerPanel
          question={question}
          counts={valueOf(answers.histogram)?.counts}
          loads={valueOf(answers.rankLoads)}
          others={others}
        />
        <HeatmapPanel
          heatmap={valueOf(answers.heatmap)}
          layer={layer}
          ranks={ranks}
          onSelectLayer={onSelectLayer}
        />
      </div>
    </div>
  );
}

function Problems({ answers }: { readonly answers: readonly Answer<unknown>[] }) {
  const messages = new Set(
    answers.flatMap((answer) => (answer.state === 'failed' ? [answer.failure.message] : [])),
  );
  return [...messages].map((message) => (
    <Notice key={message} severity="error">
      {message}
    </Notice>
  ));
}
