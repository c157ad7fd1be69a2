// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useState } from 'react';
import type { IterationRecords } from '#shared/contract/iteration-record.ts';
import type { IterationLine } from '#shared/contract/run.ts';
import { follow } from '#renderer/base/follow.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import type { IterationSpan } from './iteration-span.ts';
import { iterationRows, type IterationRow } from './iteration-rows.ts';
import { loggedSteps } from './logged-steps.ts';
import { recordedSteps } from './recorded-steps.ts';
import type { ReadySet } from './ready.ts';

const NO_LINES: readonly IterationLine[] = [];
const NO_RECORDS: IterationRecords = { records: [], consumedShift: 0 };

/** The iteration lines of an ended run's log; none until they are there, and none without a run. */
function useRunLines(runId: string | null): readonly IterationLine[] {
  const [lines, setLines] = useState(NO_LINES);
  useEffect(() => {
    if (runId === null) return undefined;
    return follow(invoke('runs.iterationLines', { id: runId }), setLines, notifyFailure);
  }, [runId]);
  return runId === null ? NO_LINES : lines;
}

/** What the run's statistics files say of these iterations. */
function useRunRecords(runId: string | null, span: IterationSpan | null): IterationRecords {
  const [records, setRecords] = useState(NO_RECORDS);
  const { first, last } = span ?? {};
  useEffect(() => {
    if (runId === null || first === undefined || last === undefined) return undefined;
    return follow(invoke('runs.iterationRecords', { id: runId, first, last }), setRecords, notifyFailure);
  }, [runId, first, last]);
  return runId === null ? NO_RECORDS : records;
}

/** The first and the last iteration of all traces; null without any. */
function iterationsOf({ traces }: ReadySet): IterationSpan | null {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { index } of traces.flatMap(({ iterations }) => iterations)) {
    first = Math.min(first, index);
    last = Math.max(last, index);
  }
  return first > last ? null : { first, last };
}

/** The iterations of all open traces, with what the run's log and statistics say of them. */
export function useIterationRows(ready: ReadySet, runId: string | null): readonly IterationRow[] {
  const lines = useRunLines(runId);
  const span = useMemo(() => iterationsOf(ready), [ready]);
  const records = useRunRecords(runId, span);
  return useMemo(
    () =>
      iterationRows(ready.traces, ({ trace, session, iterations }) => {
        const rank = trace.summary.rank ?? session.source.rank ?? null;
        return { log: loggedSteps(lines, rank), records: recordedSteps(records, rank, iterations) };
      }),
    [ready, lines, records],
  );
}
