// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm, PassEstimate } from '#shared/contract/launch.ts';
import type { PassKind, Recipe } from '#shared/contract/recipe.ts';
import { textOfParameter } from '#shared/contract/recipe-rules.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { recordersOf } from './passes.ts';

/** What a pass will take, from what earlier runs of the recipe took: the median of the newest. */

const NEWEST = 10;

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function sameRecorders(run: RunManifest, kinds: readonly PassKind[]): boolean {
  const recorded = recordersOf(run.form);
  const asked = kinds.filter((kind) => kind !== 'timing');
  return recorded.length === asked.length && recorded.every((kind) => asked.includes(kind));
}

/** `runs`: of any recipe, in any order. */
export function estimatePass(
  runs: readonly RunManifest[],
  recipeId: string,
  kinds: readonly PassKind[],
): PassEstimate {
  const alike = runs
    .filter((run) => run.state === 'ready' && run.form.recipeId === recipeId && sameRecorders(run, kinds))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    .slice(0, NEWEST);
  return {
    runs: alike.length,
    wallMs: median(alike.flatMap(({ exit }) => exit?.wallMs ?? [])),
    bytes: median(alike.map(({ artifacts }) => artifacts.reduce((sum, { bytes }) => sum + bytes, 0))),
  };
}

/** Whether two forms put the same load on the same program; what is recorded of it, and how, may differ. */
function sameLoad(recipe: Recipe, a: LaunchForm, b: LaunchForm): boolean {
  return recipe.parameters
    .filter(({ group }) => group !== 'Recording')
    .every(
      (parameter) => textOfParameter(parameter, a.parameters) === textOfParameter(parameter, b.parameters),
    );
}

/** Iterations that the newest run of the same load took; null where none was seen to its end. */
export function seenIterations(
  runs: readonly RunManifest[],
  recipe: Recipe,
  form: LaunchForm,
): number | null {
  const alike = runs
    .filter(
      (run) => run.state === 'ready' && run.form.recipeId === recipe.id && sameLoad(recipe, run.form, form),
    )
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  return alike.find(({ iterationTimes }) => iterationTimes !== undefined)?.iterationTimes?.count ?? null;
}
