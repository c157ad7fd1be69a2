// SPDX-License-Identifier: Apache-2.0
import { ALPHA } from './effect.ts';

/**
 * Looking before the end costs error probability. A plan says at which numbers of blocks one may look
 * (three at most, the end included) and what each look may spend; what all spend adds up to ALPHA, so that
 * the probability of a wrong verdict at any of them stays below it, however the looks depend on each other.
 */

export interface Look {
  /** Complete blocks at which this look is taken. */
  readonly blocks: number;
  /** Error probability that its interval may spend. */
  readonly alpha: number;
}

/** A look with fewer blocks has no interval worth the name. */
const FEWEST = 3;
const MOST_LOOKS = 3;
/** Little is spent early and most is kept for the end, as in O'Brien and Fleming's plan. */
const EXPONENT = 3;

/** The looks of a comparison of `blocks` blocks; one, at the end, unless `early`. */
export function planLooks(blocks: number, early: boolean): readonly Look[] {
  const wanted = early ? [Math.ceil(blocks / 2), Math.ceil((3 * blocks) / 4), blocks] : [blocks];
  const points = [...new Set(wanted.filter((point) => point >= FEWEST || point === blocks))];
  const spentAt = (point: number): number => ALPHA * (point / blocks) ** EXPONENT;
  return points
    .slice(-MOST_LOOKS)
    .map((point, index, all) => ({ blocks: point, alpha: spentAt(point) - spentAt(all[index - 1] ?? 0) }));
}

/** The look that is due after this number of complete blocks, if one is. */
export function lookAt(looks: readonly Look[], blocks: number): Look | undefined {
  return looks.find((look) => look.blocks === blocks);
}
