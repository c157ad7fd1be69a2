// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useState } from 'react';
import type { IterationLine } from '#shared/contract/run.ts';
import { follow } from '#renderer/base/follow.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { iterationRows, type IterationRow } from './iteration-rows.ts';
import { loggedSteps } from './logged-steps.ts';
import type { ReadySet } from './ready.ts';

const NO_LINES: readonly IterationLine[] = [];

/** The iteration lines of an ended run's log; none until they are there, and none without a run. */
function useRunLines(runId: string | null): readonly IterationLine[] {
  const [lines, setLines] = useState(NO_LINES);
  useEffect(() => {
    if (runId === null) return undefined;
    return follow(invoke('runs.iterationLines', { id: runId }), setLines, notifyFailure);
  }, [runId]);
  return runId === null ? NO_LINES : lines;
}

/** The iterations of all open traces, with what the run's log says of them. */
export function useIterationRows(ready: ReadySet, runId: string | null): readonly IterationRow[] {
  const lines = useRunLines(runId);
  return useMemo(
    () =>
      iterationRows(ready.traces, ({ trace, session }) =>
        loggedSteps(lines, trace.summary.rank ?? session.source.rank ?? null),
      ),
    [ready, lines],
  );
}
