// SPDX-License-Identifier: Apache-2.0
import { invoke } from '#renderer/data/bridge.ts';
import { askEngine } from '#renderer/data/engine.ts';
import type { RouterQuestion } from './router-form.ts';
import { useAnswer, type Answer } from './use-answer.ts';

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
