// SPDX-License-Identifier: Apache-2.0
import type { Source } from '#shared/contract/app.ts';
import type { Group } from '#shared/contract/analysis.ts';
import type { Iteration } from '#shared/contract/engine.ts';
import { askEngine } from '#renderer/data/engine.ts';
import type { IterationBounds } from './iteration-window.ts';
import { useAnswer, type Answer } from './use-answer.ts';

/** Time beside tokens: what expert computing took on a rank in the window's iterations that its trace holds. */
export interface ExpertTime {
  readonly rank: number | null;
  readonly name: string;
  readonly iterations: number;
  /** Expert computing; null where the trace does not name it. */
  readonly expertNs: number | null;
  /** The iterations' windows, waiting included. */
  readonly totalNs: number;
}

/** The embedded engine's operator that holds nothing but expert computing. */
const EXPERT_OPERATOR = 'moe.experts';
const MOE_KIND = 'MoE';

/** Kernels of experts where a device was traced, else the operator of the embedded engine. */
export function expertTimeOf(groups: readonly Group[], isDevice: boolean): number | null {
  const found = groups.filter(({ name, kind }) =>
    isDevice ? kind?.toLowerCase() === MOE_KIND.toLowerCase() : name === EXPERT_OPERATOR,
  );
  return found.length === 0 ? null : found.reduce((sum, { insideNs }) => sum + insideNs, 0);
}

function windowNs({ gpuWindows, startNs, endNs }: Iteration): number {
  const longest = gpuWindows.reduce((most, window) => Math.max(most, window.endNs - window.startNs), 0);
  return gpuWindows.length > 0 ? longest : endNs - startNs;
}

async function timeOf(source: Source, window: IterationBounds, signal: AbortSignal): Promise<ExpertTime> {
  const { sourceId, name } = source;
  const opened = await askEngine('trace.open', { sourceId }, { signal });
  const iterations = (await askEngine('trace.iterations', { sourceId }, { signal })).filter(
    ({ index }) => index >= window.first && index <= window.last,
  );
  const [first] = iterations;
  const last = iterations.at(-1);
  const rank = source.rank ?? opened.summary.rank;
  if (first === undefined || last === undefined) {
    return { rank, name, iterations: 0, expertNs: null, totalNs: 0 };
  }
  const isDevice = opened.summary.gpu.kernelCount > 0;
  const layer = isDevice ? 'kernels' : 'operators';
  const selection = { layer, firstIteration: first.index, lastIteration: last.index } as const;
  const groups = await askEngine(
    'trace.groups',
    { sourceId, selection, by: 'name', limit: 10_000 },
    { signal },
  );
  return {
    rank,
    name,
    iterations: iterations.length,
    expertNs: expertTimeOf(groups, isDevice),
    totalNs: iterations.reduce((sum, iteration) => sum + windowNs(iteration), 0),
  };
}

/** One for each trace, by rank. */
export function useExpertTimes(
  traces: readonly Source[],
  window: IterationBounds,
): Answer<readonly ExpertTime[]> {
  const subject = traces.map(({ sourceId }) => sourceId).join(' ');
  return useAnswer(subject, `${window.first}-${window.last}`, async (signal) => {
    const times: ExpertTime[] = [];
    for (const trace of traces) times.push(await timeOf(trace, window, signal));
    return times.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  });
}

/** Expert computing of the slowest rank over the longest window; null where no trace tells. */
export function measuredShare(times: readonly ExpertTime[]): number | null {
  let expertNs = 0;
  let totalNs = 0;
  for (const time of times) {
    expertNs = Math.max(expertNs, time.expertNs ?? 0);
    totalNs = Math.max(totalNs, time.totalNs);
  }
  return expertNs > 0 && expertNs < totalNs ? expertNs / totalNs : null;
}
