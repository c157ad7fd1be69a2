// SPDX-License-Identifier: Apache-2.0
import type { ComparedIterations } from '#shared/contract/comparison.ts';
import { medianOf, ratioSpread } from './bootstrap.ts';
import { sharedOf } from './groups.ts';
import type { Group } from './groups.ts';

/** Iteration times of both arms, matched by kind and batch composition and not by number or clock. */

/** Groups that get an interval: the most frequent, since resampling takes its time. */
const MOST_INTERVALS = 24;
const MOST_GROUPS = 200;

function effectOf({ a, b }: Group, seed: number): ComparedIterations['effect'] {
  const spread = ratioSpread(a.filter(Boolean), b.filter(Boolean), seed);
  return spread === null ? null : { ratio: spread.value, low: spread.low, high: spread.high };
}

/** Iterations of the compositions that both arms have, the most frequent first. */
export function compareIterations(groups: readonly Group[], seed: number): ComparedIterations[] {
  return sharedOf(groups)
    .slice(0, MOST_GROUPS)
    .map((group, index) => ({
      kind: group.kind,
      contextTokens: group.contextTokens,
      generationTokens: group.generationTokens,
      countA: group.a.flat().length,
      countB: group.b.flat().length,
      medianMsA: medianOf(group.a.flat()),
      medianMsB: medianOf(group.b.flat()),
      effect: index < MOST_INTERVALS ? effectOf(group, seed) : null,
    }));
}
