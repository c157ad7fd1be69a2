// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm } from '#shared/contract/launch.ts';

/** What recipes call the number of ranks that share the experts. */
const EXPERT_RANKS = ['ep-size', 'ep'];
/** Where that is left open, what multiplies to the number of all ranks. */
const RANK_FACTORS = ['tp', 'pp', 'dp'];

/**
 * Whether a run has a single rank, that waits for nobody: then balance between ranks cannot change its time. False where
 * the recipe does not say.
 */
export function hasOneRank({ parameters }: LaunchForm): boolean {
  const stated = (names: readonly string[]): readonly number[] =>
    names.flatMap((name) => {
      const value = parameters[name];
      return value === undefined || value === '' ? [] : [Number(value)];
    });
  const ranks = stated(EXPERT_RANKS);
  const counts = ranks.length > 0 ? ranks : stated(RANK_FACTORS);
  return counts.length > 0 && counts.every((count) => count === 1);
}
