// SPDX-License-Identifier: Apache-2.0
import { useState, type ReactNode } from 'react';
import type { Source } from '#shared/contract/app.ts';
import type { ExpertSummary } from '#shared/contract/experts.ts';
import { useTraceView, type TraceViewStore } from '#renderer/stores/trace-view.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { Tabs } from '#renderer/widgets/Tabs.tsx';
import { defaultRanks } from '../model/bars.ts';
import { windowWithin, type IterationBounds } from '../model/iteration-window.ts';
import type { PlacedPlan } from '../model/placed.ts';
import { valueOf, type Answer } from '../model/use-answer.ts';
import { useExpertAnswers, type ExpertAnswers, type ExpertQuestion } from '../model/use-experts.ts';
import { Controls } from './Controls.tsx';
import { Gain } from './Gain.tsx';
import { LayerTable } from './LayerTable.tsx';
import { Load } from './Load.tsx';
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
  const [placed, setPlaced] = useState<PlacedPlan | null>(null);
  const [isPlaced, setIsPlaced] = useState(false);
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
    placed: isPlaced ? placed : null,
    onLayer: setLayer,
    onWindow: chooseWindow,
    onPlace: (plan) => {
      setPlaced(plan);
      setIsPlaced(true);
      setPage('load');
    },
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
          placed={placed}
          isPlaced={isPlaced}
          onWindow={chooseWindow}
          onLayer={setLayer}
          onPlacement={(next) => {
            setIsPlaced(next === 'plan');
            setRanks(next === 'plan' ? (placed?.ranks ?? ranks) : next);
          }}
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
  /** The plan in whose placement loads are shown; null for contiguous blocks. */
  readonly placed: PlacedPlan | null;
  readonly onLayer: (layer: number) => void;
  readonly onWindow: (window: IterationBounds) => void;
  readonly onPlace: (plan: PlacedPlan) => void;
}

function pagesOf(input: PagesInput): readonly (readonly [Page, string, ReactNode])[] {
  const { source, summary, traces, others, question, answers, placed, onLayer, onWindow, onPlace } = input;
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
        placed={placed}
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
        onPlace={onPlace}
      />,
    ],
    [
      'gain',
      'What balance gains',
      <Gain
        key="gain"
        question={question}
        layers={summary.layers}
        recordedRanks={summary.ranks}
        metrics={metrics}
        onSelectLayer={onLayer}
        heatmap={valueOf(answers.heatmap)}
        traces={traces}
        runId={source.runId}
      />,
    ],
    [
      'router',
      'Perfect router',
      <PerfectRouter
        key={ranks}
        question={question}
        summary={summary}
        counts={valueOf(answers.histogram)?.counts}
        runId={source.runId}
      />,
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
