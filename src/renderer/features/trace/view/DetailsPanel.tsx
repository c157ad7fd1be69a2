// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { useTraceView, type TraceViewStore } from '#renderer/stores/trace-view.ts';
import { Notice } from '#renderer/widgets/Notice.tsx';
import type { ReadyTrace } from '../model/ready.ts';
import { InstantPanel } from './InstantPanel.tsx';
import { RangePanel } from './RangePanel.tsx';
import { SlicePanel } from './SlicePanel.tsx';
import { useSlice } from './use-slice.ts';
import './details.css';

/** Everything about the selected slice, or how to select one. */

const KEYS = [
  ['W S', 'zoom in, zoom out'],
  ['A D', 'pan left, right'],
  ['← →', 'along a track'],
  ['↑ ↓', 'through the levels'],
  [', .', 'along a name'],
  ['[ ]', 'previous, next iteration'],
  ['F', 'fit the selection'],
  ['B', 'bookmark with a note'],
  ['M X', 'mark; range between marks'],
  ['⇧↑ ⇧↓', 'choose a row'],
  ['Enter', 'open or close it'],
  ['P H', 'pin, hide it'],
  ['Home', 'show all'],
  ['Esc', 'clear'],
] as const;

function Help() {
  return (
    <div className="trace-help">
      <p>
        Click a slice to see what it is. Drag to pan, scroll with Ctrl or Shift to zoom, drag with Shift to
        measure a range.
      </p>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd className="kbd">{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

interface DetailsPanelProps {
  readonly traces: readonly ReadyTrace[];
  readonly store: TraceViewStore;
  /** What stands below the selection. */
  readonly children: ReactNode;
}

export function DetailsPanel({ traces, store, children }: DetailsPanelProps) {
  const slice = useTraceView(store, (state) => state.slice);
  const instant = useTraceView(store, (state) => state.instant);
  const range = useTraceView(store, (state) => state.range);
  const goToSlice = useTraceView(store, (state) => state.goToSlice);
  const answer = useSlice(traces, slice);
  const onGo = (row: number): void => {
    if (slice !== null) goToSlice({ sourceId: slice.sourceId, row });
  };
  return (
    <section className="trace-details" aria-label="Details of the selection" tabIndex={0}>
      {range !== null && <RangePanel traces={traces} range={range} />}
      {answer === null && slice === null && instant === null && range === null && <Help />}
      {slice === null && instant !== null && <InstantPanel traces={traces} instant={instant} />}
      {answer !== null && 'message' in answer && <Notice severity="error">{answer.message}</Notice>}
      {answer !== null && 'details' in answer && <SlicePanel traces={traces} answer={answer} onGo={onGo} />}
      {children}
    </section>
  );
}
