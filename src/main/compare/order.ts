// SPDX-License-Identifier: Apache-2.0
import type { ComparisonRequest } from '#shared/contract/comparison.ts';
import type { ArmName, PlannedPass } from '#shared/contract/comparison-pass.ts';

/** A small generator of uniform numbers in [0, 1) (Weyl sequence and a mix): the same seed, the same order anywhere. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e37_79b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** The timing passes of all blocks: one of each arm a block, in random order. Block numbers start at 1. */
export function planPasses(blocks: number, seed: number): readonly PlannedPass[] {
  const random = makeRandom(seed);
  return Array.from({ length: blocks }, (_, index) => {
    const order: readonly ArmName[] = random() < 0.5 ? ['a', 'b'] : ['b', 'a'];
    return order.map((arm) => ({ block: index + 1, arm, purpose: 'timing' as const }));
  }).flat();
}

/** All passes in their order: the timing passes, then one profiled pass of each arm where they are wanted. */
export function passesOf({
  blocks,
  seed,
  profile,
}: Pick<ComparisonRequest, 'blocks' | 'seed' | 'profile'>): PlannedPass[] {
  const profiles = (['a', 'b'] as const).map((arm) => ({ block: 0, arm, purpose: 'profile' as const }));
  return [...planPasses(blocks, seed), ...(profile ? profiles : [])];
}
