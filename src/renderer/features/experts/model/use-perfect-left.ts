// SPDX-License-Identifier: Apache-2.0
import type { PerfectLoad } from '#shared/contract/experts.ts';
import { askEngine } from '#renderer/data/engine.ts';
import { useAnswer, type Answer } from './use-answer.ts';
import type { ExpertQuestion } from './use-experts.ts';

/** What the perfect router's planner makes of a layer's recorded tokens, in the first era and in later ones. */
export interface PerfectLeft {
  readonly early: PerfectLoad;
  readonly late: PerfectLoad;
}

/** Null where the statistics do not tell the experts per token. */
export function usePerfectLeft(question: ExpertQuestion): Answer<PerfectLeft | null> {
  const { sourceId, window, layer, ranks } = question;
  return useAnswer(sourceId, `${window.first}-${window.last} ${layer} ${ranks}`, async (signal) => {
    const of = { sourceId, layer, ranks, iterationFrom: window.first, iterationTo: window.last + 1 };
    const ask = (rotated: boolean) => askEngine('experts.perfectLoad', { ...of, rotated }, { signal });
    const [early, late] = await Promise.all([ask(false), ask(true)]);
    return early === null || late === null ? null : { early, late };
  });
}
