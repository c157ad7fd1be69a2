// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';

/** What of a form is not its recipe's default, in few words: what tells runs of one recipe apart. */
export function differences(form: LaunchForm, recipe: Recipe | undefined): readonly string[] {
  const words: string[] = [];
  if (form.perfectRouter) words.push('perfect router');
  if (form.torchTrace && form.window !== '') words.push(`trace ${form.window}`);
  if (form.expertStatistics) words.push('expert statistics');
  for (const [name, value] of Object.entries(form.parameters)) {
    const parameter = recipe?.parameters.find((known) => known.name === name);
    if (parameter?.default.toString() !== value.toString()) words.push(`${name} ${value}`);
  }
  for (const { name, value } of form.extraEnvironment) words.push(`${name}=${value}`);
  return words;
}
