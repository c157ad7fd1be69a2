// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { SourceSet } from '#shared/contract/app.ts';
import { TraceSet, type TraceSetSnapshot } from '#renderer/data/trace-set.ts';
import type { ClockChoice } from './clocks.ts';
import { readySet, type ReadySet } from './ready.ts';

/** Opens the traces of a set while the component lives. */
export function useTraceSet(
  set: SourceSet,
  clock: ClockChoice,
): {
  readonly traceSet: TraceSet;
  readonly snapshot: TraceSetSnapshot;
  readonly ready: ReadySet;
} {
  const traceSet = useMemo(() => new TraceSet(set), [set]);
  useEffect(() => {
    traceSet.start();
    return () => traceSet.stop();
  }, [traceSet]);
  const snapshot = useSyncExternalStore(traceSet.subscribe, traceSet.getSnapshot);
  const settled = useSyncExternalStore(traceSet.subscribe, traceSet.getSettled);
  const ready = useMemo(() => readySet(settled, clock), [settled, clock]);
  return { traceSet, snapshot, ready };
}
