// SPDX-License-Identifier: Apache-2.0
import { useCallback, useMemo, useRef, useState } from 'react';
import { CompositionChart } from '#renderer/charts/index.tsx';
import type { SourceSet } from '#shared/contract/app.ts';
import type { TraceSet } from '#renderer/data/trace-set.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { useTraceView, type TraceTab, type TraceViewStore } from '#renderer/stores/trace-view.ts';
import type { Timeline } from '#renderer/timeline/timeline.ts';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { Tabs, type Tab } from '#renderer/widgets/Tabs.tsx';
import { Bookmarks, mainKeeper, type TraceBookmark } from '../model/bookmarks.ts';
import { placedBookmarks } from '../model/bookmark-places.ts';
import { compositionBars, markBars, MAX_RANK_BARS } from '../model/composition-data.ts';
import { setFigures } from '../model/figures.ts';
import type { IterationRow } from '../model/iteration-rows.ts';
import type { ReadySet } from '../model/ready.ts';
import { useIterationRows } from '../model/use-iteration-rows.ts';
import { BookmarksSection } from './BookmarksSection.tsx';
import { DetailsPanel } from './DetailsPanel.tsx';
import { DifferenceTable } from './DifferenceTable.tsx';
import { FiguresBar } from './FiguresBar.tsx';
import { HtaPanel } from './HtaPanel.tsx';
import { IterationTable } from './IterationTable.tsx';
import { KernelTable } from './KernelTable.tsx';
import { OperatorTable } from './OperatorTable.tsx';
import { Overview } from './Overview.tsx';
import { Splitter, useSplit } from './Splitter.tsx';
import { TimelineHost } from './TimelineHost.tsx';
import { WindowField } from './WindowField.tsx';

interface WorkbenchProps {
  readonly set: SourceSet;
  readonly traceSet: TraceSet;
  readonly ready: ReadySet;
  readonly store: TraceViewStore;
  readonly visible: boolean;
}

/** From as many on, how ranks differ is the first question. */
const MANY_RANKS = 8;

/** The open traces: figures, iterations, timeline and details, all following one selection. */
export function Workbench({ traceSet, set, ready, store, visible }: WorkbenchProps) {
  // The run’s log tells of its steps, too.
  const rows = useIterationRows(ready, set.runId ?? null);
  const figures = useMemo(() => setFigures(rows), [rows]);
  const split = useSplit(ready.traceCount >= MANY_RANKS);
  const timeline = useRef<Timeline>(null);
  const [bookmarks] = useState(() => new Bookmarks(mainKeeper, notifyFailure));
  const goToBookmark = (bookmark: TraceBookmark): void => {
    const [place] = placedBookmarks([bookmark], ready.traces);
    if (place !== undefined) timeline.current?.showTime(place.startNs, place.endNs);
  };
  return (
    <div className="trace-workbench" style={split.style}>
      <FiguresBar figures={figures} ready={ready} store={store} />
      <div className="trace-iterations">
        <CompositionPanel rows={rows} onHost={figures.onHost} store={store} />
        <TablesPanel ready={ready} rows={rows} store={store} />
      </div>
      <Splitter split={split} />
      <div className="trace-main">
        <TimelineHost
          traceSet={traceSet}
          set={set}
          ready={ready}
          store={store}
          bookmarks={bookmarks}
          timelineRef={timeline}
          visible={visible}
        />
        <DetailsPanel traces={ready.traces} store={store}>
          <BookmarksSection
            traces={ready.traces}
            bookmarks={bookmarks}
            onGo={goToBookmark}
            onLeave={() => timeline.current?.focus()}
          />
        </DetailsPanel>
      </div>
    </div>
  );
}

type Rows = readonly IterationRow[];

function NoIterations() {
  return (
    <EmptyState title="No iterations found">
      The trace holds no step markers and no repeating pattern. Capture it with the engine’s profiling window,
      which marks every step.
    </EmptyState>
  );
}

interface CompositionPanelProps {
  readonly rows: Rows;
  readonly onHost: boolean;
  readonly store: TraceViewStore;
}

function CompositionPanel({ rows, onHost, store }: CompositionPanelProps) {
  const selected = useTraceView(store, (state) => state.iteration);
  const goToIteration = useTraceView(store, (state) => state.goToIteration);
  const window = useTraceView(store, (state) => state.window);
  const chooseWindow = useTraceView(store, (state) => state.chooseWindow);
  const bars = useMemo(() => compositionBars(rows), [rows]);
  const data = useMemo(() => markBars(bars, selected, window), [bars, selected, window]);
  const onWindow = useCallback(
    (first: number, last: number) => chooseWindow({ first, last }),
    [chooseWindow],
  );
  const ranks = new Set(rows.map(({ sourceId }) => sourceId)).size;
  const of = onHost ? 'host window' : 'GPU window';
  const lines = data.overlays.map(({ name }) => name).join(' and ');
  const mean = ranks > MAX_RANK_BARS ? `, mean of ${ranks} ranks` : ranks > 1 ? ', one bar per rank' : '';
  return (
    <section className="trace-panel" aria-label="Composition of iterations">
      <div className="trace-panel__head">
        <h2 className="trace-panel__title">
          {data.perBar > 1 ? `Median ${of} of ${data.perBar} iterations` : `Composition of each ${of}`}
          {mean}
        </h2>
        <WindowField store={store} />
      </div>
      <div className="trace-panel__chart">
        {data.spans.length === 0 ? (
          <NoIterations />
        ) : (
          <CompositionChart
            label={`Composition of ${rows.length} windows: compute, communication, memory and idle time of each ${of}${mean}.${lines === '' ? '' : ` Lines show ${lines}.`} The table beside it holds the figures.`}
            data={data}
            onSelect={goToIteration}
            onWindow={onWindow}
          />
        )}
      </div>
    </section>
  );
}

interface TablesPanelProps {
  readonly ready: ReadySet;
  readonly rows: Rows;
  readonly store: TraceViewStore;
}

function TablesPanel({ ready, rows, store }: TablesPanelProps) {
  const chosen = useTraceView(store, (state) => state.tab);
  const tab = chosen ?? (ready.traceCount >= MANY_RANKS ? 'overview' : 'iterations');
  const showTab = useTraceView(store, (state) => state.showTab);
  const selected = useTraceView(store, (state) => state.iteration);
  const goToIteration = useTraceView(store, (state) => state.goToIteration);
  const iterations =
    rows.length === 0 ? (
      <NoIterations />
    ) : (
      <IterationTable rows={rows} selected={selected} onSelect={goToIteration} />
    );
  const overview: Tab<TraceTab> = {
    value: 'overview',
    label: ready.several ? 'Ranks' : 'Capture',
    // Unlike the tables it has nothing to keep, and large sets are spared the work.
    panel: tab === 'overview' && <Overview traces={ready.traces} rows={rows} onSelect={goToIteration} />,
  };
  return (
    <section className="trace-panel" aria-label="Tables">
      <Tabs
        label="Tables"
        value={tab}
        onChange={showTab}
        tabs={[
          { value: 'iterations', label: 'Iterations', panel: iterations },
          {
            value: 'kernels',
            label: 'Kernels and operators',
            panel: <KernelTable traces={ready.traces} store={store} shown={tab === 'kernels'} />,
          },
          {
            value: 'operators',
            label: 'Operators',
            panel: <OperatorTable traces={ready.traces} store={store} shown={tab === 'operators'} />,
          },
          {
            value: 'differences',
            label: 'Differences',
            panel: <DifferenceTable traces={ready.traces} store={store} shown={tab === 'differences'} />,
          },
          overview,
          { value: 'hta', label: 'HTA', panel: tab === 'hta' && <HtaPanel traces={ready.traces} /> },
        ]}
      />
    </section>
  );
}
