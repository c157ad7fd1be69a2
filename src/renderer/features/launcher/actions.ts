// SPDX-License-Identifier: Apache-2.0
import { toFailure } from '#shared/base/errors.ts';
import type { LaunchForm, LaunchPreview } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { completeForm } from '#renderer/base/launch-form.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { goTo } from '#renderer/stores/navigation.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';
import {
  countAttempt,
  formOfRecipe,
  setForm,
  setStarting,
  takeCheck,
  takePreview,
  takeRecipes,
  useLauncher,
} from '#renderer/stores/launcher.ts';
import { targetProblems } from '#renderer/base/launch-target.ts';
import { blockerOf, problemsOf } from './model.ts';

const emptyPreview: LaunchPreview = {
  shell: '',
  passes: [],
  options: null,
  environment: [],
  spans: [],
  findings: [],
  runnable: false,
};

/** Files of recipes may have changed since: reads them again. The first reading is not this one's. */
export async function refreshRecipes(): Promise<void> {
  const before = useLauncher.getState();
  if (before.recipes === null) return;
  try {
    const { recipes, problems } = await invoke('recipes.list');
    const same =
      JSON.stringify([recipes, problems]) === JSON.stringify([before.recipes, before.recipeProblems]);
    if (!same) takeRecipes(recipes, problems);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

/** Asks where to, and writes the script of a pass, counted from 0. */
export async function saveScript(pass: number): Promise<void> {
  const { recipes, form } = useLauncher.getState();
  const recipe = recipes?.find((known) => known.id === form?.recipeId);
  if (recipe === undefined || form === null) return;
  try {
    const saved = await invoke('launch.saveScript', { form: completeForm(recipe, form), pass });
    if (saved !== null) notify('note', `The script is saved as ${saved.path}.`);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

/** Fills the form of a free command from a pasted one; resolves to why not, else to null. */
export async function takeCommand(recipe: Recipe, text: string): Promise<string | null> {
  try {
    const read = await invoke('launch.readCommand', { text });
    if (!read.ok) return read.message;
    const { form } = useLauncher.getState();
    const base = form?.recipeId === recipe.id ? form : { ...formOfRecipe(recipe), target: form?.target };
    const parameters = { ...base.parameters, program: read.program, arguments: read.arguments };
    setForm({ ...base, parameters, extraEnvironment: read.environment });
    return null;
  } catch (thrown) {
    return toFailure(thrown).message;
  }
}

let previewAsked = 0;

/** Asks main what the form means; an answer that a newer question has overtaken is dropped. */
export async function refreshPreview(recipe: Recipe, form: LaunchForm): Promise<void> {
  previewAsked += 1;
  const asked = previewAsked;
  // Main refuses such a form as a whole; the field says why.
  if (targetProblems(form.target).size > 0) {
    takePreview(form, emptyPreview);
    return;
  }
  try {
    const value = await invoke('launch.preview', completeForm(recipe, form));
    if (asked === previewAsked) takePreview(form, value);
  } catch (thrown) {
    if (asked !== previewAsked) return;
    const failure = toFailure(thrown);
    const finding = {
      severity: 'error' as const,
      code: failure.code,
      message: failure.message,
      ...(failure.field === undefined ? {} : { field: failure.field }),
    };
    takePreview(form, { ...emptyPreview, findings: [finding] });
  }
}

let checkAsked = 0;

/** Asks the machine about the form. What cannot be asked is told as a finding, and holds up nothing. */
export async function refreshCheck(recipe: Recipe, form: LaunchForm): Promise<void> {
  checkAsked += 1;
  const asked = checkAsked;
  if (targetProblems(form.target).size > 0) {
    takeCheck(form, { findings: [], facts: [] });
    return;
  }
  const value = await invoke('launch.check', completeForm(recipe, form)).catch((thrown: unknown) => {
    const { code, message } = toFailure(thrown);
    return { findings: [{ severity: 'warning' as const, code, message }], facts: [] };
  });
  if (asked === checkAsked) takeCheck(form, value);
}

/** Starts the run that the form describes and shows it. When it cannot be run, the view says why and leads there. */
export async function launch(): Promise<void> {
  const { recipes, form, preview, check, starting } = useLauncher.getState();
  const recipe = recipes?.find((known) => known.id === form?.recipeId);
  if (recipe === undefined || form === null) return;
  const blocked = blockerOf(recipe, problemsOf(recipe, form), preview?.value ?? null, starting) !== null;
  if (blocked || (check?.of === form && check.value.findings.some(({ severity }) => severity === 'error'))) {
    countAttempt();
    return;
  }
  setStarting(true);
  try {
    const [first] = await invoke('launch.start', completeForm(recipe, form));
    if (first !== undefined) goTo({ kind: 'run', id: first.id });
  } catch (thrown) {
    notifyFailure(thrown);
  } finally {
    setStarting(false);
  }
}
