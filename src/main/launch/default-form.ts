// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';

/** A recipe's form with nothing changed and every recorder off. */
export function defaultForm(recipe: Recipe): LaunchForm {
  return {
    recipeId: recipe.id,
    parameters: Object.fromEntries(recipe.parameters.map(({ name, default: value }) => [name, value])),
    window: '',
    torchTrace: false,
    perfectRouter: false,
    expertStatistics: false,
    extraEnvironment: [],
  };
}
