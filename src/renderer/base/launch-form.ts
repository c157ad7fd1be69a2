// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';

/** Forms are edited as texts; main takes numbers where a parameter is one. */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number that a text states; null when it states none. */
export function numberOf(text: string): number | null {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed) : null;
}

const isNumber = ({ type }: RecipeParameter): boolean => type === 'integer' || type === 'number';

/** The form as main takes it: texts of numbers become numbers, what is no number stays as typed. */
export function completeForm(recipe: Recipe, form: LaunchForm): LaunchForm {
  const parameters = { ...form.parameters };
  for (const parameter of recipe.parameters) {
    const given = parameters[parameter.name];
    if (!isNumber(parameter) || typeof given !== 'string') continue;
    parameters[parameter.name] = numberOf(given) ?? given;
  }
  return { ...form, parameters };
}
