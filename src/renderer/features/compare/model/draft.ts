// SPDX-License-Identifier: Apache-2.0
import type { ComparisonRequest } from '#shared/contract/comparison.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';
import { completeForm, numberOf } from '#renderer/base/launch-form.ts';
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

/** The request that main takes; null while something that was typed cannot be used. */
export function requestOf(draft: ComparisonDraft, recipe: Recipe): ComparisonRequest | null {
  const { title, a, b, blocks, seed, early, profile } = draft;
  if (blocksProblem(blocks) !== null || seedProblem(seed) !== null) return null;
  if (a.label.trim() === '' || b.label.trim() === '') return null;
  const arm = ({ label, form }: ComparisonDraft['a']) => ({ label, form: completeForm(recipe, form) });
  return {
    ...(title.trim() === '' ? {} : { title: title.trim() }),
    a: arm(a),
    b: arm(b),
    blocks: Number(blocks),
    seed: Number(seed),
    early,
    profile,
    thresholds: THRESHOLDS,
  };
}

/** A setting of both arms, as texts. */
export interface SettingRow {
  readonly parameter: RecipeParameter;
  readonly a: string;
  readonly b: string;
  readonly differs: boolean;
}

function valueOf(parameter: RecipeParameter, form: LaunchForm): string {
  return (form.parameters[parameter.name] ?? parameter.default).toString();
}

/** The recipe's parameters in both arms. */
export function settingRows({ a, b }: ComparisonDraft, recipe: Recipe): readonly SettingRow[] {
  return recipe.parameters.map((parameter) => {
    const [valueA, valueB] = [valueOf(parameter, a.form), valueOf(parameter, b.form)];
    return { parameter, a: valueA, b: valueB, differs: valueA.trim() !== valueB.trim() };
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
