// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useRef } from 'react';
import type { TraceSet } from '#renderer/data/trace-set.ts';
import type { TraceViewStore } from '#renderer/stores/trace-view.ts';
import { Timeline } from '#renderer/timeline/timeline.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { timelineTrace } from '../model/timeline-traces.ts';

interface TimelineHostProps {
  readonly traceSet: TraceSet;
  readonly traces: readonly ReadyTrace[];
  readonly store: TraceViewStore;
  readonly visible: boolean;
}

/** What the store asks of the timeline, and what the timeline tells the store. */
function connect(timeline: Timeline, store: TraceViewStore): () => void {
  return store.subscribe((now, before) => {
    if (now.revealNonce !== before.revealNonce && now.slice !== null) {
      timeline.goToSlice({ traceKey: now.slice.sourceId, row: now.slice.row });
    }
    if (now.iterationNonce !== before.iterationNonce) timeline.showIteration(now.iteration);
  });
}

function makeTimeline(host: HTMLElement, store: TraceViewStore): Timeline {
  const { sliceChosen, iterationShown, rangeChosen } = store.getState();
  return new Timeline(host, {
    onSelect: (ref) => sliceChosen(ref === null ? null : { sourceId: ref.traceKey, row: ref.row }),
    onRange: rangeChosen,
    onIteration: iterationShown,
  });
}

/** Gives the canvas timeline a place in React's tree; nothing of a trace passes through React. */
export function TimelineHost({ traceSet, traces, store, visible }: TimelineHostProps) {
  const host = useRef<HTMLDivElement>(null);
  const timeline = useRef<Timeline>(null);
  const shown = useMemo(() => traces.map(timelineTrace), [traces]);

  useEffect(() => {
    if (host.current === null) return undefined;
    const made = makeTimeline(host.current, store);
    timeline.current = made;
    const endStore = connect(made, store);
    const endNames = traceSet.onNames(() => made.invalidate());
    return () => {
      timeline.current = null;
      endStore();
      endNames();
      made.dispose();
    };
  }, [store, traceSet]);

  // Also runs after the effect above made another timeline, since that shares its inputs.
  useEffect(() => timeline.current?.setTraces(shown), [shown, store, traceSet]);
  useEffect(() => timeline.current?.setActive(visible), [visible, store, traceSet]);

  return <div ref={host} className="trace-timeline" />;
}
