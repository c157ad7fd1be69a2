// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm } from '#shared/contract/launch.ts';

/** What recipes call the number of ranks that share the experts, and, where it is left open, that of all. */
const EXPERT_RANKS = ['ep-size', 'ep', 'tp'];

/**
 * Whether a run has a single rank, that waits for nobody: then balance between ranks cannot change its time. False where
 * the recipe does not say.
 */
export function hasOneRank({ parameters }: LaunchForm): boolean {
  const stated = EXPERT_RANKS.map((name) => parameters[name]).find(
    (value) => value !== undefined && value !== '',
  );
  return stated !== undefined && Number(stated) === 1;
}
