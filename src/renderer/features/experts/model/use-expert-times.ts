// SPDX-License-Identifier: Apache-2.0
import type { Source } from '#shared/contract/app.ts';
import type { Iteration } from '#shared/contract/engine.ts';
import type { TraceExpertTimes } from '#shared/contract/experts.ts';
import { askEngine } from '#renderer/data/engine.ts';
import type { IterationBounds } from './iteration-window.ts';
import { useAnswer, type Answer } from './use-answer.ts';

/** Time beside tokens: what expert computing took on a rank in the window's iterations that its trace holds. */
export interface ExpertTime {
  readonly rank: number | null;
  readonly name: string;
  readonly iterations: number;
  /** Expert computing; null where the trace does not tell of it. */
  readonly expertNs: number | null;
  /** The iterations' windows, waiting included. */
  readonly totalNs: number;
  /** Window of each iteration by its number. */
  readonly windowNs: ReadonlyMap<number, number>;
  readonly times: TraceExpertTimes | null;
}

function windowNs({ gpuWindows, startNs, endNs }: Iteration): number {
  const longest = gpuWindows.reduce((most, window) => Math.max(most, window.endNs - window.startNs), 0);
  return gpuWindows.length > 0 ? longest : endNs - startNs;
}

export const sumOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};

async function timeOf(
  source: Source,
  layers: readonly number[],
  window: IterationBounds,
  signal: AbortSignal,
): Promise<ExpertTime> {
  const { sourceId, name } = source;
  const opened = await askEngine('trace.open', { sourceId }, { signal });
  const iterations = (await askEngine('trace.iterations', { sourceId }, { signal })).filter(
    ({ index }) => index >= window.first && index <= window.last,
  );
  const rank = source.rank ?? opened.summary.rank;
  const windows = new Map(iterations.map((iteration) => [iteration.index, windowNs(iteration)]));
  const common = {
    rank,
    name,
    iterations: iterations.length,
    windowNs: windows,
    totalNs: sumOf(windows.values()),
  };
  if (iterations.length === 0) return { ...common, expertNs: null, times: null };
  const asked = { sourceId, first: window.first, last: window.last, layers: [...layers] };
  const times = await askEngine('trace.expertTimes', asked, { signal });
  return { ...common, expertNs: times === null ? null : sumOf(times.totalNs), times };
}

/** One for each trace, by rank. `layers` are those of the statistics. */
export function useExpertTimes(
  traces: readonly Source[],
  layers: readonly number[],
  window: IterationBounds,
): Answer<readonly ExpertTime[]> {
  const subject = traces.map(({ sourceId }) => sourceId).join(' ');
  return useAnswer(subject, `${window.first}-${window.last}`, async (signal) => {
    const times: ExpertTime[] = [];
    for (const trace of traces) times.push(await timeOf(trace, layers, window, signal));
    return times.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  });
}

/** Expert computing of the slowest rank over the longest window; null where no trace tells. */
export function measuredShare(times: readonly Pick<ExpertTime, 'expertNs' | 'totalNs'>[]): number | null {
  let expertNs = 0;
  let totalNs = 0;
  for (const time of times) {
    expertNs = Math.max(expertNs, time.expertNs ?? 0);
    totalNs = Math.max(totalNs, time.totalNs);
  }
  return expertNs > 0 && expertNs < totalNs ? expertNs / totalNs : null;
}
