// SPDX-License-Identifier: Apache-2.0
import type { Difference } from '#shared/contract/comparison.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { containerEntries, targetText } from './targets.ts';

/** In what the arms differ on purpose. */

const UNSET = 'not set';

/** Settings of a form by name; of two recipes and of two places only what both have can be held against each other. */
function flat(form: LaunchForm, other: LaunchForm): Map<string, string> {
  const sameRecipe = form.recipeId === other.recipeId;
  const samePlace = form.target?.kind === other.target?.kind;
  const entries: [string, string][] = [
    ['recipe', form.recipeId],
    ['runs in', targetText(form.target)],
    ...(samePlace ? containerEntries(form.target) : []),
    ['perfect router', form.perfectRouter ? 'on' : 'off'],
    ...Object.entries(form.parameters)
      .filter(([name]) => sameRecipe || name in other.parameters)
      .map(([name, value]): [string, string] => [name, String(value)]),
    ...form.extraEnvironment.map(({ name, value }): [string, string] => [name, value]),
  ];
  return new Map(entries);
}

/** Places, parameters and variables that differ, by name. Recorders are left out: timing passes have none. */
export function differencesOf(a: LaunchForm, b: LaunchForm): Difference[] {
  const [flatA, flatB] = [flat(a, b), flat(b, a)];
  const names = [...new Set([...flatA.keys(), ...flatB.keys()])];
  return names.flatMap((name) => {
    const [valueA, valueB] = [flatA.get(name) ?? UNSET, flatB.get(name) ?? UNSET];
    return valueA === valueB ? [] : [{ name, a: valueA, b: valueB }];
  });
}

/** Whether perfect routing is all that B changes. */
export function isPerfectRouterQuestion(a: LaunchForm, b: LaunchForm): boolean {
  const differences = differencesOf(a, b);
  return differences.length === 1 && !a.perfectRouter && b.perfectRouter;
}
