// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import type { Arm, Comparison, ComparisonProgress } from '#shared/contract/comparison.ts';
import type { ArmName } from '#shared/contract/comparison-pass.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { formOfRecipe } from './launcher.ts';

/** Comparisons as main tells of them, and the one that is being planned. */

/** A comparison before it is started; numbers are kept as the text that was typed. */
export interface ComparisonDraft {
  readonly title: string;
  readonly a: Arm;
  readonly b: Arm;
  readonly blocks: string;
  readonly seed: string;
  readonly early: boolean;
  readonly profile: boolean;
}

/** How far one that goes on has come. */
export interface ComparisonStep {
  readonly done: number;
  readonly total: number;
  readonly step: string;
}

interface ComparisonsState {
  /** Newest first; null until they arrived. */
  readonly list: readonly Comparison[] | null;
  readonly steps: Readonly<Record<string, ComparisonStep>>;
  readonly draft: ComparisonDraft | null;
}

export const useComparisons = create<ComparisonsState>(() => ({ list: null, steps: {}, draft: null }));

export function setComparisons(list: readonly Comparison[]): void {
  useComparisons.setState({ list });
}

/** Takes one that is new or has changed. */
export function takeComparison(comparison: Comparison): void {
  useComparisons.setState(({ list }) => {
    const others = (list ?? []).filter(({ id }) => id !== comparison.id);
    return { list: [comparison, ...others].sort((a, b) => b.createdAt.localeCompare(a.createdAt)) };
  });
}

export function takeComparisonProgress({ comparison, done, total, step }: ComparisonProgress): void {
  takeComparison(comparison);
  useComparisons.setState(({ steps }) => ({ steps: { ...steps, [comparison.id]: { done, total, step } } }));
}

export function setDraft(draft: ComparisonDraft): void {
  useComparisons.setState({ draft });
}

export function editDraft(change: Partial<ComparisonDraft>): void {
  useComparisons.setState(({ draft }) => (draft === null ? {} : { draft: { ...draft, ...change } }));
}

/** Changes some of an arm's form. */
export function editArm(name: ArmName, change: (form: LaunchForm) => Partial<LaunchForm>): void {
  useComparisons.setState(({ draft }) => {
    if (draft === null) return {};
    const arm = draft[name];
    return { draft: { ...draft, [name]: { ...arm, form: { ...arm.form, ...change(arm.form) } } } };
  });
}

const DEFAULT_BLOCKS = '5';

/** An arm's form: what its profiled pass captures, with expert statistics where they can share that pass. */
function armForm(form: LaunchForm, recipe: Recipe): LaunchForm {
  const together = recipe.together.some(
    (kinds) => kinds.includes('torch-trace') && kinds.includes('expert-statistics'),
  );
  return {
    ...form,
    window: form.window === '' ? recipe.defaultWindow : form.window,
    timing: false,
    nsight: false,
    torchTrace: recipe.passes.includes('torch-trace'),
    expertStatistics: together,
  };
}

function draftOf(a: Arm, b: Arm, recipes: Readonly<Record<ArmName, Recipe>>, title: string): ComparisonDraft {
  return {
    title,
    a: { ...a, form: armForm(a.form, recipes.a) },
    b: { ...b, form: armForm(b.form, recipes.b) },
    blocks: DEFAULT_BLOCKS,
    seed: '1',
    early: false,
    profile: [recipes.a, recipes.b].every(({ passes }) => passes.includes('torch-trace')),
  };
}

/** The question of what routing imbalance costs: this form with the learned and with a perfect router. */
export function perfectRouterDraft(form: LaunchForm, recipe: Recipe): ComparisonDraft {
  return draftOf(
    { label: 'learned router', form: { ...form, perfectRouter: false } },
    { label: 'perfect router', form: { ...form, perfectRouter: true } },
    { a: recipe, b: recipe },
    'Perfect against learned router',
  );
}

/** A and B, to be made different by hand, or two forms as they are. */
export function changeDraft(
  a: LaunchForm,
  b: LaunchForm,
  recipes: Readonly<Record<ArmName, Recipe>>,
): ComparisonDraft {
  return draftOf({ label: 'A', form: a }, { label: 'B', form: b }, recipes, 'B against A');
}

/** Values of an arm's form that mean the same to another recipe: parameters of one name and type. */
function carriedParameters(form: LaunchForm, recipe: Recipe): LaunchForm['parameters'] {
  const kept = recipe.parameters.flatMap((parameter): [string, string][] => {
    const value = form.parameters[parameter.name]?.toString();
    if (value === undefined) return [];
    const known = parameter.type !== 'choice' || parameter.choices.some((choice) => choice.value === value);
    return known ? [[parameter.name, value]] : [];
  });
  return Object.fromEntries(kept);
}

/** Gives an arm another recipe; place, variables and parameters that both know stay. */
export function changeArmRecipe(name: ArmName, recipe: Recipe): void {
  editArm(name, (form) => {
    const fresh = formOfRecipe(recipe);
    const parameters = { ...fresh.parameters, ...carriedParameters(form, recipe) };
    const perfectRouter = form.perfectRouter && hasPerfectRouter(recipe);
    return {
      ...armForm({ ...fresh, parameters, perfectRouter }, recipe),
      extraEnvironment: form.extraEnvironment,
    };
  });
}

/** Whether a recipe can be asked what routing imbalance costs. */
export function hasPerfectRouter(recipe: Recipe | undefined): boolean {
  return recipe?.recorders['perfect-router'] !== undefined;
}
