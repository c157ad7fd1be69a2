// SPDX-License-Identifier: Apache-2.0
import { launchForm, type LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';

/** A recipe's form with nothing changed and every recorder off. */
export function defaultForm(recipe: Recipe): LaunchForm {
  return launchForm.parse({
    recipeId: recipe.id,
    parameters: Object.fromEntries(
      recipe.parameters.map(({ name, default: value }) => [
        name,
        typeof value === 'boolean' ? String(value) : value,
      ]),
    ),
    window: '',
    torchTrace: false,
    perfectRouter: false,
    expertStatistics: false,
    extraEnvironment: [],
  });
}
