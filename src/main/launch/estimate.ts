// SPDX-License-Identifier: Apache-2.0
import type { PassEstimate } from '#shared/contract/launch.ts';
import type { PassKind } from '#shared/contract/recipe.ts';
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
