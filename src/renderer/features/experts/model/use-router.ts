// SPDX-License-Identifier: Apache-2.0
import { invoke } from '#renderer/data/bridge.ts';
import { askEngine } from '#renderer/data/engine.ts';
import type { RouterQuestion } from './router-form.ts';
import { formatPercent } from '#shared/base/units.ts';
import { useAnswer, type Answer } from './use-answer.ts';
import type { PerfectLeft } from './use-perfect-left.ts';

export function useRouterLoads(sourceId: string, question: RouterQuestion): Answer<Float64Array> {
  return useAnswer(sourceId, JSON.stringify(question), (signal) =>
    askEngine('experts.perfectRouter', { sourceId, ...question }, { signal }),
  );
}

/** What the engine prints once its router is replaced. */
const MARKER = 'Precomputing perfect router logits';

/** Whether a run asked for the perfect router, and how many lines of its log say that it was on. */
export interface RouterActivation {
  readonly asked: boolean;
  readonly lines: number;
}

/** Null where the statistics belong to no run. */
export function useRouterActivation(runId: string | undefined): Answer<RouterActivation | null> {
  return useAnswer(runId ?? '', runId ?? '', async () => {
    if (runId === undefined) return null;
    const { environment } = await invoke('runs.get', { id: runId });
    const search = { id: runId, show: 'both', text: MARKER, matchCase: true } as const;
    const { count } = await invoke('runs.searchLog', search);
    const flag = environment.find(({ name }) => name === 'ENABLE_PERFECT_ROUTER');
    return { asked: flag?.value === '1', lines: count };
  });
}

/** Half the sum of the differences of shares: 0 is the same, 1 that nothing is shared; null without tokens. */
function distance(recorded: readonly number[], planned: Float64Array): number | null {
  const total = (values: Iterable<number>): number => {
    let sum = 0;
    for (const value of values) sum += value;
    return sum;
  };
  const [tokens, expected] = [total(recorded), total(planned)];
  if (tokens === 0 || expected === 0) return null;
  const differences = recorded.map((count, at) => Math.abs(count / tokens - (planned[at] ?? 0) / expected));
  return total(differences) / 2;
}

/** How far the recorded tokens of a layer are from what the planner would deal. */
export function recordedText(
  layer: number,
  recorded: readonly number[],
  { early, late }: PerfectLeft,
): string {
  const [first, later] = [distance(recorded, early.counts), distance(recorded, late.counts)];
  if (first === null || later === null) return '';
  return `The recorded tokens of layer ${layer} are ${formatPercent(first)} away from what the planner of era e1 deals, and ${formatPercent(later)} from e2 and e3; 0 % is the perfect router’s own.`;
}

export function activationText(activation: RouterActivation | null): string {
  if (activation === null)
    return 'These statistics belong to no run here: whether its router was replaced cannot be told.';
  const { asked, lines } = activation;
  if (asked && lines > 0)
    return `In this run it was on: ${lines} ${lines === 1 ? 'line' : 'lines'} of the log say so.`;
  if (asked) return 'This run asked for it, but its log does not say that it came on: not verified.';
  if (lines > 0) return 'This run did not ask for it, yet its log says that it was on.';
  return 'In this run it was off: routing is as the model learned it.';
}
