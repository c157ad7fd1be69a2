// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { Era, RecipeParameter } from '#shared/contract/recipe-parameter.ts';
import { splitWords } from './words.ts';

/** A form's parameters as their programs get them. */

/** The era that the form follows; without a parameter for it, that of the first recipes. */
export function eraOf(recipe: Recipe, form: LaunchForm): Era {
  const chosen = recipe.eraParameter === undefined ? undefined : form.parameters[recipe.eraParameter];
  const parameter = recipe.parameters.find(({ name }) => name === recipe.eraParameter);
  const era = chosen ?? parameter?.default;
  return era === 'e2' || era === 'e3' ? era : 'e1';
}

/** The value as text, its default where the form does not say; empty leaves it out, as an era that lacks it does. */
function valueOf(parameter: RecipeParameter, form: LaunchForm, era: Era): string {
  if (parameter.eras !== undefined && !parameter.eras.includes(era)) return '';
  return String(form.parameters[parameter.name] ?? parameter.default).trim();
}

export type Values = ReadonlyMap<string, string>;

export function valuesOf(recipe: Recipe, form: LaunchForm): Map<string, string> {
  const era = eraOf(recipe, form);
  return new Map(
    recipe.parameters.map((parameter) => [parameter.name, valueOf(parameter, form, era)] as const),
  );
}

/** The parameter's option with its value; nothing where it has none. */
export function optionOf(parameter: RecipeParameter, values: Values): string[] {
  const value = values.get(parameter.name) ?? '';
  if (value === '') return [];
  if (parameter.type === 'boolean') {
    const option = value === 'true' ? parameter.argument : parameter.off;
    return option === undefined ? [] : [option];
  }
  return parameter.argument === undefined ? [] : [parameter.argument, value];
}

/** Variables that parameters set. Booleans are `1` or absent: programs differ in what else they understand. */
export function parameterVariables(recipe: Recipe, values: Values): { name: string; value: string }[] {
  return recipe.parameters.flatMap(({ name, type, variable }) => {
    const value = values.get(name) ?? '';
    if (variable === undefined || value === '') return [];
    if (type !== 'boolean') return [{ name: variable, value }];
    return value === 'true' ? [{ name: variable, value: '1' }] : [];
  });
}

/** The words of a text parameter; none where the text cannot be split, which the checks tell. */
export function wordsOf(name: string, values: Values): readonly string[] {
  const split = splitWords(values.get(name) ?? '');
  return split.ok ? split.words : [];
}
