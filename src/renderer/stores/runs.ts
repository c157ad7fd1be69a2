// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import type { IterationLine, RunProgress, RunSummary } from '#shared/contract/run.ts';
import { isEnded } from './run-state.ts';

/** The runs as main tells of them: the list, and what is known of those that live. */

export interface LiveRun {
  readonly progress: RunProgress | null;
  /** In the order of iterations, each once. */
  readonly lines: readonly IterationLine[];
  readonly cancelling: boolean;
  /** What the ended run left is being read. */
  readonly ingesting: boolean;
  /** How often it has been read since the window was opened. */
  readonly ingests: number;
}

interface RunsState {
  /** Null until the first list arrived. */
  readonly summaries: readonly RunSummary[] | null;
  readonly live: Readonly<Record<string, LiveRun>>;
  /** Ids of the runs that wait, in their order. */
  readonly queue: readonly string[];
}

export const useRuns = create<RunsState>(() => ({ summaries: null, live: {}, queue: [] }));

const nothingYet: LiveRun = {
  progress: null,
  lines: [],
  cancelling: false,
  ingesting: false,
  ingests: 0,
};

/** Newest first: by the time of creation, then by id, so that the order never depends on arrival. */
export function orderRuns(summaries: readonly RunSummary[]): readonly RunSummary[] {
  return [...summaries].sort((a, b) => {
    if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
    return a.id < b.id ? 1 : -1;
  });
}

/** Joins iteration lines: one line per iteration, the later one wins, ascending. */
export function joinLines(
  known: readonly IterationLine[],
  arrived: readonly IterationLine[],
): readonly IterationLine[] {
  const last = known.at(-1)?.iteration ?? -Infinity;
  if (arrived.length === 0) return known;
  const ascending = arrived.every(
    (line, index) => line.iteration > (index === 0 ? last : (arrived[index - 1]?.iteration ?? last)),
  );
  if (ascending) return [...known, ...arrived];
  const byIteration = new Map([...known, ...arrived].map((line) => [line.iteration, line]));
  return [...byIteration.values()].sort((a, b) => a.iteration - b.iteration);
}

export function setRuns(summaries: readonly RunSummary[]): void {
  useRuns.setState({ summaries: orderRuns(summaries) });
}

/** Takes a run's new summary. Returns the state that it had, undefined when it is new. */
export function updateRun(summary: RunSummary): RunSummary['state'] | undefined {
  const { summaries, live } = useRuns.getState();
  const others = (summaries ?? []).filter((known) => known.id !== summary.id);
  const before = summaries?.find((known) => known.id === summary.id)?.state;
  const run = live[summary.id];
  useRuns.setState({
    summaries: orderRuns([...others, summary]),
    live:
      run !== undefined && run.cancelling && isEnded(summary.state)
        ? { ...live, [summary.id]: { ...run, cancelling: false } }
        : live,
  });
  return before;
}

function changeLive(id: string, change: (run: LiveRun) => LiveRun): void {
  useRuns.setState(({ live }) => ({ live: { ...live, [id]: change(live[id] ?? nothingYet) } }));
}

export function takeQueue(queue: readonly string[]): void {
  useRuns.setState({ queue });
}

export function takeProgress(progress: RunProgress): void {
  changeLive(progress.id, (run) => ({ ...run, progress, lines: joinLines(run.lines, progress.lines) }));
}

export function takeLines(id: string, lines: readonly IterationLine[]): void {
  changeLive(id, (run) => ({ ...run, lines: joinLines(lines, run.lines) }));
}

export function markCancelling(id: string, cancelling: boolean): void {
  changeLive(id, (run) => ({ ...run, cancelling }));
}

/** Reading what an ended run left has begun, or is over. */
export function markIngesting(id: string, ingesting: boolean): void {
  changeLive(id, (run) => ({ ...run, ingesting, ingests: run.ingests + (ingesting ? 0 : 1) }));
}
