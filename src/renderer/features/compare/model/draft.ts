// SPDX-License-Identifier: Apache-2.0
import type { ComparisonRequest } from '#shared/contract/comparison.ts';
import type { ArmName } from '#shared/contract/comparison-pass.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';
import { applies } from '#shared/contract/recipe-rules.ts';
import { completeForm, numberOf } from '#renderer/base/launch-form.ts';
import { targetProblems } from '#renderer/base/launch-target.ts';
import type { ComparisonDraft } from '#renderer/stores/comparisons.ts';

/** What a draft means, without any element of it: everything here is pure. */

/** The seed's rule: above 10 % imbalance is significant; within 3 % there is no difference. */
const THRESHOLDS = { significant: 0.1, equivalence: 0.03 } as const;
export const FEWEST_BLOCKS = 3;
export const MOST_BLOCKS = 100;
export const MOST_SEED = 0xffff_ffff;

/** What is wrong with a whole number that was typed, in a sentence; null when it can be used. */
export function wholeNumberProblem(text: string, least: number, most: number): string | null {
  const value = numberOf(text);
  if (value !== null && Number.isInteger(value) && value >= least && value <= most) return null;
  return `Enter a whole number from ${least.toString()} to ${most.toString()}.`;
}

export const blocksProblem = (text: string): string | null =>
  wholeNumberProblem(text, FEWEST_BLOCKS, MOST_BLOCKS);
export const seedProblem = (text: string): string | null => wholeNumberProblem(text, 0, MOST_SEED);

/** What each arm runs. */
export type ArmRecipes = Readonly<Record<ArmName, Recipe>>;

/** The request that main takes; null while something that was typed cannot be used. */
export function requestOf(draft: ComparisonDraft, recipes: ArmRecipes): ComparisonRequest | null {
  const { title, a, b, blocks, seed, early, profile } = draft;
  if (blocksProblem(blocks) !== null || seedProblem(seed) !== null) return null;
  if ([a, b].some(({ label, form }) => label.trim() === '' || targetProblems(form.target).size > 0))
    return null;
  const arm = (name: ArmName) => {
    const { label, form } = draft[name];
    return { label, form: completeForm(recipes[name], form) };
  };
  return {
    ...(title.trim() === '' ? {} : { title: title.trim() }),
    a: arm('a'),
    b: arm('b'),
    blocks: Number(blocks),
    seed: Number(seed),
    early,
    profile: profile && canProfile(recipes),
    thresholds: THRESHOLDS,
  };
}

/** Whether both arms can be recorded, to say why they differ. */
export const canProfile = ({ a, b }: ArmRecipes): boolean =>
  [a, b].every(({ passes }) => passes.includes('torch-trace'));

/** A setting of one arm. */
export interface ArmSetting {
  readonly parameter: RecipeParameter;
  readonly value: string;
}

/** A setting of both arms; null where an arm has none of that name, or none that its other settings leave in use. */
export interface SettingRow {
  /** As the first arm that has it knows it. */
  readonly parameter: RecipeParameter;
  readonly a: ArmSetting | null;
  readonly b: ArmSetting | null;
  readonly differs: boolean;
}

function settingOf(name: string, recipe: Recipe, form: LaunchForm): ArmSetting | null {
  const parameter = recipe.parameters.find((known) => known.name === name);
  if (parameter === undefined || !applies(recipe, form.parameters, parameter)) return null;
  return { parameter, value: (form.parameters[name] ?? parameter.default).toString() };
}

/** Parameters of both arms' recipes, those of A first. */
export function settingRows({ a, b }: ComparisonDraft, recipes: ArmRecipes): readonly SettingRow[] {
  const known = [...recipes.a.parameters, ...recipes.b.parameters];
  const first = known.filter(({ name }, index) => known.findIndex((other) => other.name === name) === index);
  return first.flatMap((parameter) => {
    const settingA = settingOf(parameter.name, recipes.a, a.form);
    const settingB = settingOf(parameter.name, recipes.b, b.form);
    if (settingA === null && settingB === null) return [];
    const both = settingA !== null && settingB !== null;
    const differs = both && settingA.value.trim() !== settingB.value.trim();
    return { parameter, a: settingA, b: settingB, differs };
  });
}

export interface VariableRow {
  readonly name: string;
  readonly a: string | null;
  readonly b: string | null;
}

/** Variables of both arms by name; null where an arm does not set one. */
export function variableRows({ a, b }: ComparisonDraft): readonly VariableRow[] {
  const of = (form: LaunchForm, name: string): string | null =>
    form.extraEnvironment.find((entry) => entry.name === name)?.value ?? null;
  const names = [...a.form.extraEnvironment, ...b.form.extraEnvironment].map(({ name }) => name);
  return [...new Set(names)].map((name) => ({ name, a: of(a.form, name), b: of(b.form, name) }));
}

/** A form's variables with one set, or taken away by null. */
export function withVariable(
  form: LaunchForm,
  name: string,
  value: string | null,
): Pick<LaunchForm, 'extraEnvironment'> {
  const known = form.extraEnvironment.some((entry) => entry.name === name);
  const others = form.extraEnvironment.filter((entry) => entry.name !== name);
  if (value === null) return { extraEnvironment: others };
  if (!known) return { extraEnvironment: [...others, { name, value }] };
  return {
    extraEnvironment: form.extraEnvironment.map((entry) => (entry.name === name ? { name, value } : entry)),
  };
}
