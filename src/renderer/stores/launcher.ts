// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import type { Flag } from '#shared/contract/flags.ts';
import type {
  Finding,
  LaunchCheck,
  LaunchForm,
  LaunchPreview,
  NsightOptions,
} from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { notify } from './notices.ts';
import { useRuns } from './runs.ts';
import { useSettings } from './settings.ts';

/**
 * The launcher's form. Parameters are kept as the text that was typed, so that a half-typed number
 * survives a look at another view; the launcher's model makes numbers of them when it asks main.
 */

interface LauncherState {
  /** Null until they arrived. */
  readonly recipes: readonly Recipe[] | null;
  /** What is wrong with files that cannot be read as recipes. */
  readonly recipeProblems: readonly Finding[];
  readonly form: LaunchForm | null;
  /** What main made of the form, and of which state of it. */
  readonly preview: { readonly of: LaunchForm; readonly value: LaunchPreview } | null;
  /** What the machine said to the form, and to which state of it. */
  readonly check: { readonly of: LaunchForm; readonly value: LaunchCheck } | null;
  readonly flags: readonly Flag[];
  readonly starting: boolean;
  /** Fields that the user has been in and left: what is missing there is told. */
  readonly touched: readonly string[];
  /** How often Run was pressed while the form could not be run. */
  readonly attempts: number;
  readonly advancedShown: boolean;
}

export const useLauncher = create<LauncherState>(() => ({
  recipes: null,
  recipeProblems: [],
  form: null,
  preview: null,
  check: null,
  flags: [],
  starting: false,
  touched: [],
  attempts: 0,
  advancedShown: false,
}));

/** What costs little and shows most. */
const nsightOptions: NsightOptions = {
  cudaGraphTrace: 'node',
  cudaTrace: 'cuda',
  pythonGil: false,
  osrt: false,
  cpuSampling: false,
  gpuMetrics: false,
  traceFork: true,
  captureRangeEnd: 'stop',
};

/** The form that a recipe starts with: its defaults and the user's era, capturing its default window. */
export function formOfRecipe(recipe: Recipe): LaunchForm {
  const { era } = useSettings.getState().settings;
  const chosen = recipe.parameters.find(({ name }) => name === recipe.eraParameter);
  const knows = chosen?.type === 'choice' && chosen.choices.some(({ value }) => value === era);
  // Without a window of its own a recipe starts with a measurement.
  const traced = recipe.passes.includes('torch-trace') && recipe.defaultWindow !== '';
  return {
    recipeId: recipe.id,
    parameters: {
      ...Object.fromEntries(
        recipe.parameters.map((parameter) => [parameter.name, parameter.default.toString()]),
      ),
      ...(knows && era !== null ? { [chosen.name]: era } : {}),
    },
    window: recipe.defaultWindow,
    timing: false,
    nsight: false,
    nsightOptions,
    torchTrace: traced,
    perfectRouter: false,
    expertStatistics: traced && recipe.together.some((kinds) => kinds.includes('expert-statistics')),
    extraEnvironment: [],
  };
}

/** A form with its parameters as texts: what a past run was started with, for editing. */
export function formForEditing(form: LaunchForm): LaunchForm {
  return {
    ...form,
    parameters: Object.fromEntries(
      Object.entries(form.parameters).map(([name, value]) => [name, value.toString()]),
    ),
  };
}

/** Whether somebody else made the run: its command is a stranger's. */
export function isImported(runId: string): boolean {
  return useRuns.getState().summaries?.find(({ id }) => id === runId)?.importedAt !== undefined;
}

/** Puts what a run was started with into the form; of a stranger's run with a word of care. */
export function takeFormOfRun(runId: string, form: LaunchForm): void {
  setForm(formForEditing(form));
  if (!isImported(runId)) return;
  notify(
    'warning',
    'This form came with an imported run: read its command before you run it on this machine.',
  );
}

export function takeRecipes(recipes: readonly Recipe[], recipeProblems: readonly Finding[] = []): void {
  useLauncher.setState(({ form }) => {
    const [first] = recipes;
    return { recipes, recipeProblems, form: form ?? (first === undefined ? null : formOfRecipe(first)) };
  });
}

/** Takes a form; of another recipe, nothing has been touched yet. */
export function setForm(form: LaunchForm): void {
  useLauncher.setState((state) =>
    state.form?.recipeId === form.recipeId ? { form } : { form, touched: [], attempts: 0 },
  );
}

/** A field was left. */
export function touchField(name: string): void {
  useLauncher.setState(({ touched }) => (touched.includes(name) ? {} : { touched: [...touched, name] }));
}

/** Run was pressed in vain. */
export function countAttempt(): void {
  useLauncher.setState(({ attempts }) => ({ attempts: attempts + 1 }));
}

/** Changes some of the form. */
export function editForm(change: Partial<LaunchForm>): void {
  useLauncher.setState(({ form }) => (form === null ? {} : { form: { ...form, ...change } }));
}

export function editParameter(name: string, text: string): void {
  useLauncher.setState(({ form }) =>
    form === null ? {} : { form: { ...form, parameters: { ...form.parameters, [name]: text } } },
  );
}

export function takePreview(of: LaunchForm, value: LaunchPreview): void {
  useLauncher.setState({ preview: { of, value } });
}

export function takeCheck(of: LaunchForm, value: LaunchCheck): void {
  useLauncher.setState({ check: { of, value } });
}

export function takeFlags(flags: readonly Flag[]): void {
  useLauncher.setState({ flags });
}

export function setStarting(starting: boolean): void {
  useLauncher.setState({ starting });
}

export function showAdvanced(advancedShown: boolean): void {
  useLauncher.setState({ advancedShown });
}
