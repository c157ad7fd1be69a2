// SPDX-License-Identifier: Apache-2.0
import type { ComparisonPlan, ComparisonRequest } from '#shared/contract/comparison.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { invoke } from '#renderer/data/bridge.ts';
import {
  changeDraft,
  perfectRouterDraft,
  setComparisons,
  setDraft,
  takeComparison,
} from '#renderer/stores/comparisons.ts';
import { formForEditing, useLauncher } from '#renderer/stores/launcher.ts';
import { goTo } from '#renderer/stores/navigation.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';

/** What can be done with comparisons. Everything that fails says so in a notice. */

export async function readComparisons(): Promise<void> {
  try {
    setComparisons(await invoke('compare.list'));
  } catch (thrown) {
    setComparisons([]);
    notifyFailure(thrown);
  }
}

function recipeOf(form: LaunchForm) {
  const recipe = useLauncher.getState().recipes?.find(({ id }) => id === form.recipeId);
  if (recipe === undefined)
    notify('error', `The recipe "${form.recipeId}" is not there any more: its runs cannot be repeated.`);
  return recipe;
}

/** Plans what routing imbalance costs this form; nothing runs before the plan was seen. */
export function planPerfectRouter(form: LaunchForm): void {
  const recipe = recipeOf(form);
  if (recipe === undefined) return;
  setDraft(perfectRouterDraft(formForEditing(form), recipe));
  goTo({ kind: 'compare' });
}

/** Plans a comparison of two forms: the same twice, to change one by hand, or two that exist. */
export function planComparison(a: LaunchForm, b: LaunchForm): void {
  const [recipeA, recipeB] = [recipeOf(a), recipeOf(b)];
  if (recipeA === undefined || recipeB === undefined) return;
  setDraft(changeDraft(formForEditing(a), formForEditing(b), { a: recipeA, b: recipeB }));
  goTo({ kind: 'compare' });
}

/** Plans the same question again. */
export function planAgain({ title = '', a, b, blocks, seed, early, profile }: ComparisonRequest): void {
  setDraft({
    title,
    a: { ...a, form: formForEditing(a.form) },
    b: { ...b, form: formForEditing(b.form) },
    blocks: blocks.toString(),
    seed: seed.toString(),
    early,
    profile,
  });
  goTo({ kind: 'compare' });
}

/** What main makes of a request; null when it cannot be asked, with a notice. */
export async function askPlan(request: ComparisonRequest): Promise<ComparisonPlan | null> {
  return invoke('compare.plan', request).catch((thrown: unknown) => {
    notifyFailure(thrown);
    return null;
  });
}

export async function startComparison(request: ComparisonRequest): Promise<void> {
  try {
    const comparison = await invoke('compare.start', request);
    takeComparison(comparison);
    goTo({ kind: 'comparison', id: comparison.id });
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

export async function cancelComparison(id: string): Promise<void> {
  await invoke('compare.cancel', { id }).catch(notifyFailure);
}

export async function resumeComparison(id: string): Promise<void> {
  await invoke('compare.resume', { id }).then(takeComparison, notifyFailure);
}

export async function saveReport(id: string, format: 'html' | 'markdown' | 'json'): Promise<void> {
  try {
    const saved = await invoke('compare.save', { id, format });
    if (saved !== null) notify('note', `The report was written to ${saved.path}.`);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

/** Saves the picture of a chart where the user says; what went wrong is told as a notice. */
export async function savePicture(name: string, format: 'svg' | 'png', content: string): Promise<void> {
  try {
    const saved = await invoke('files.save', { name, format, content });
    if (saved !== null) notify('note', `The picture was written to ${saved.path}.`);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}
