// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { SourceSet } from '#shared/contract/app.ts';
import { createTraceViewStore, useTraceView, type TraceViewStore } from '#renderer/stores/trace-view.ts';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';
import { useTraceSet } from './model/use-trace-set.ts';
import { Opening } from './view/Opening.tsx';
import { Workbench } from './view/Workbench.tsx';
import './trace.css';

export { timelineKeys } from './model/timeline-commands.ts';

interface TraceViewProps {
  /** Its sources of kind `trace` are shown together. A new object is a new set: keep it while it is the same. */
  readonly set: SourceSet;
  /** A view that is not visible keeps its traces open, but neither draws nor asks. */
  readonly visible: boolean;
  /** Shared with the run's other views; without one, the view has its own. */
  readonly store?: TraceViewStore;
}

/** The traces of a set: opened with progress, each on its own; what is open is shown at once. */
export function TraceView({ set, visible, store: shared }: TraceViewProps) {
  const [own] = useState(createTraceViewStore);
  const store = shared ?? own;
  const clock = useTraceView(store, (state) => state.clock);
  const { traceSet, snapshot, ready } = useTraceSet(set, clock);
  if (snapshot.sessions.length === 0) {
    return (
      <EmptyState title="No trace here">
        This run wrote no trace. Switch on the PyTorch profiler trace and state an iteration window before the
        next run.
      </EmptyState>
    );
  }
  return (
    <div className="trace-view">
      <Opening traceSet={traceSet} snapshot={snapshot} />
      {ready.traces.length > 0 && (
        <Workbench traceSet={traceSet} ready={ready} set={set} store={store} visible={visible} />
      )}
    </div>
  );
}
