// SPDX-License-Identifier: Apache-2.0
import type { Recipe } from './recipe.ts';
import type { Era, RecipeParameter } from './recipe-parameter.ts';

/** Rules over recipes and what was chosen, on both sides of the border. */

type Chosen = Readonly<Record<string, string | number>>;

/** A parameter's value as text; its default where nothing was chosen. */
export function textOfParameter(parameter: RecipeParameter, chosen: Chosen): string {
  return String(chosen[parameter.name] ?? parameter.default).trim();
}

/** The era that is followed; without a parameter for it, that of the first recipes. */
export function eraOf(recipe: Recipe, chosen: Chosen): Era {
  const parameter = recipe.parameters.find(({ name }) => name === recipe.eraParameter);
  const era = parameter === undefined ? 'e1' : textOfParameter(parameter, chosen);
  return era === 'e2' || era === 'e3' ? era : 'e1';
}

/** Whether era and other parameters leave a place for this one. */
export function applies(recipe: Recipe, chosen: Chosen, parameter: RecipeParameter): boolean {
  const { eras, when } = parameter;
  if (eras !== undefined && !eras.includes(eraOf(recipe, chosen))) return false;
  if (when === undefined) return true;
  const other = recipe.parameters.find(({ name }) => name === when.parameter);
  return other !== undefined && when.is.includes(textOfParameter(other, chosen));
}
