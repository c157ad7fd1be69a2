// SPDX-License-Identifier: Apache-2.0
import type { Comparison, Effect } from '#shared/contract/comparison.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { invoke } from '#renderer/data/bridge.ts';
import type { GainBand } from './gain.ts';
import { useAnswer, type Answer } from './use-answer.ts';

/** What comparing passes with and without the perfect router found for the same recipe. */
export interface MeasuredGain {
  readonly title: string;
  /** Null with fewer than two complete blocks. */
  readonly effect: Effect | null;
}

interface RouterArm {
  readonly form: Pick<LaunchForm, 'recipeId' | 'perfectRouter'>;
}
interface RouterCandidate extends Pick<Comparison, 'createdAt' | 'state'> {
  readonly request: { readonly a: RouterArm; readonly b: RouterArm };
}

/** The newest finished comparison of a recipe in which only arm B routes perfectly. */
export function routerComparison<C extends RouterCandidate>(
  comparisons: readonly C[],
  recipeId: string,
): C | undefined {
  return comparisons
    .filter(({ state, request: { a, b } }) => {
      const isRouter = b.form.perfectRouter && !a.form.perfectRouter;
      return state === 'done' && isRouter && a.form.recipeId === recipeId && b.form.recipeId === recipeId;
    })
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
}

/** Null where there is none, or the statistics belong to no run. */
export function useMeasuredGain(runId: string | undefined): Answer<MeasuredGain | null> {
  return useAnswer(runId ?? '', runId ?? '', async () => {
    if (runId === undefined) return null;
    const { form } = await invoke('runs.get', { id: runId });
    const found = routerComparison(await invoke('compare.list'), form.recipeId);
    if (found === undefined) return null;
    const { primary } = await invoke('compare.answer', { id: found.id });
    return { title: found.title, effect: primary?.effect ?? null };
  });
}

/** Whether estimate and measurement agree, and why they may not. */
export function agreementText(band: GainBand | null, effect: Effect): string {
  const { byTokens, byActive } = band ?? { byTokens: null, byActive: null };
  if (byTokens === null || byActive === null) return 'There is no estimate to hold against it.';
  const low = Math.min(byTokens, byActive);
  const high = Math.max(byTokens, byActive);
  if (effect.high < low) {
    return 'Less than estimated: batches may be so small that weights, not tokens, cost; communication stays; in era e1 small batches are not balanced even by the perfect router.';
  }
  if (effect.low > high) {
    return 'More than estimated: balance shortens waiting outside of expert computing as well, or the passes were less balanced than this window.';
  }
  return 'The interval meets the estimate.';
}
