// SPDX-License-Identifier: Apache-2.0
import type { ComparisonOrigin } from '#shared/contract/comparison.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RunSummary } from '#shared/contract/run.ts';

/** Which pass of its comparison a run is. */
function passWords({ purpose, block, arm }: ComparisonOrigin): string {
  const what = purpose === 'profile' ? 'profile' : `block ${block.toString()}`;
  return `comparison: ${what}, arm ${arm.toUpperCase()}`;
}

/** The recorders of a form with the window in which they record. */
function recorderWords({ nsight, torchTrace, expertStatistics, window }: LaunchForm): readonly string[] {
  const words: string[] = [];
  if (nsight) words.push('Nsight Systems');
  if (torchTrace && window !== '') words.push('trace');
  if (expertStatistics) words.push('expert statistics');
  return window === '' ? words : words.map((word) => `${word} ${window}`);
}

/** What of a run is not its recipe's default, in few words: what tells runs of one recipe apart. */
export function differences(
  { form, comparison }: Pick<RunSummary, 'form' | 'comparison'>,
  recipe: Recipe | undefined,
): readonly string[] {
  const words: string[] = [];
  if (comparison !== undefined) words.push(passWords(comparison));
  if (form.perfectRouter) words.push('perfect router');
  words.push(...recorderWords(form));
  if (form.target?.kind === 'container') words.push(`${form.target.runtime} ${form.target.image}`);
  for (const [name, value] of Object.entries(form.parameters)) {
    const parameter = recipe?.parameters.find((known) => known.name === name);
    if (parameter?.default.toString() !== value.toString()) words.push(`${name} ${value}`);
  }
  for (const { name, value } of form.extraEnvironment) words.push(`${name}=${value}`);
  return words;
}
