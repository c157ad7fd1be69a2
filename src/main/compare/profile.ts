// SPDX-License-Identifier: Apache-2.0
import type { Composition, Group } from '#shared/contract/analysis.ts';
import type { ExpertLoad } from '#shared/contract/comparison.ts';
import type { Iteration } from '#shared/contract/engine.ts';

/** What one profiled pass recorded, and how iterations of two of them are aligned. */

/** One iteration of one rank, and what ran in it by name. */
export interface ProfiledIteration {
  readonly rank: number;
  readonly iteration: Iteration;
  /** Kernels, or operators in a trace without a GPU. Null where it was not asked. */
  readonly work: readonly Group[] | null;
}

export interface Profile {
  readonly iterations: readonly ProfiledIteration[];
  readonly experts: ExpertLoad | null;
}

/** A GPU's composition where there is one, else that of the host. */
export function compositionOf({ gpuWindows, hostComposition }: Iteration): Composition | null {
  return gpuWindows[0]?.composition ?? hostComposition;
}

/** What an iteration worked on, in words: iterations with the same words can be compared. */
export function batchOf({ contextTokens, contextRequests, generationRequests }: Iteration): string {
  const [context, unit] =
    contextTokens === null ? [contextRequests ?? 0, 'context requests'] : [contextTokens, 'context tokens'];
  const generation = `${(generationRequests ?? 0).toString()} generation requests`;
  return context === 0 ? generation : `${context.toString()} ${unit}, ${generation}`;
}

export interface AlignedPair {
  readonly a: ProfiledIteration;
  readonly b: ProfiledIteration;
}

const isWhole = ({ iteration }: ProfiledIteration): boolean =>
  iteration.captured === 'complete' && compositionOf(iteration) !== null;

const keyOf = ({ rank, iteration }: ProfiledIteration): string => `${rank.toString()}: ${batchOf(iteration)}`;

/**
 * Iterations of the same rank and batch composition, one with one in the order of their steps, as often as the
 * rarer of the two has it: so both sides weigh the same.
 */
export function alignIterations(a: Profile, b: Profile): AlignedPair[] {
  const others = new Map<string, ProfiledIteration[]>();
  for (const found of b.iterations.filter(isWhole))
    others.set(keyOf(found), [...(others.get(keyOf(found)) ?? []), found]);
  return a.iterations.filter(isWhole).flatMap((found) => {
    const partner = others.get(keyOf(found))?.shift();
    return partner === undefined ? [] : [{ a: found, b: partner }];
  });
}
