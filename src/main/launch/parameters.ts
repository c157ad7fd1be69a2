// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';
import { applies, textOfParameter } from '#shared/contract/recipe-rules.ts';
import { splitWords } from './words.ts';

/** A form's parameters as their programs get them. */

export type Values = ReadonlyMap<string, string>;

/** Values as texts, defaults where the form does not say; empty is what is left out. */
export function valuesOf(recipe: Recipe, form: LaunchForm): Map<string, string> {
  return new Map(
    recipe.parameters.map((parameter) => [
      parameter.name,
      applies(recipe, form.parameters, parameter) ? textOfParameter(parameter, form.parameters) : '',
    ]),
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
