// SPDX-License-Identifier: Apache-2.0
import type { Effect } from '#shared/contract/comparison.ts';
import { studentQuantile } from './student-t.ts';

/**
 * The effect of arm B over arm A: the mean of the blocks' log-ratios, back as a ratio. A block holds one
 * pass of each arm; passes load anew, so blocks are independent where iterations of one pass are not.
 */

export const ALPHA = 0.05;
const POWER = 0.8;
/** Nobody runs more blocks than this to settle a question. */
const MOST_BLOCKS = 200;

const backToRatio = (logRatio: number): number => Math.expm1(logRatio);

interface Moments {
  readonly mean: number;
  /** Sample standard deviation. */
  readonly deviation: number;
}

export function momentsOf(values: readonly number[]): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}

const halfWidth = (deviation: number, blocks: number, alpha: number): number =>
  (studentQuantile(1 - alpha / 2, blocks - 1) * deviation) / Math.sqrt(blocks);

/**
 * The effect with its interval at confidence 1 - `alpha`; null with fewer than two blocks, which have none.
 * `logRatios`: ln(B/A) of each block for what should be large, ln(A/B) for times, so that positive is better.
 */
export function effectOf(logRatios: readonly number[], alpha = ALPHA): Effect | null {
  const blocks = logRatios.length;
  if (blocks < 2) return null;
  const { mean, deviation } = momentsOf(logRatios);
  const half = halfWidth(deviation, blocks, alpha);
  const detectable = half + (studentQuantile(POWER, blocks - 1) * deviation) / Math.sqrt(blocks);
  return {
    ratio: backToRatio(mean),
    low: backToRatio(mean - half),
    high: backToRatio(mean + half),
    confidence: 1 - alpha,
    blocks,
    smallestEffect: backToRatio(detectable),
  };
}

/**
 * How many blocks would give a verdict if they go on as these did: the interval then lies beside zero or
 * inside ±`equivalence`. Null when no number that anybody would run does.
 */
export function blocksToSettle(logRatios: readonly number[], equivalence: number): number | null {
  const { mean, deviation } = momentsOf(logRatios);
  const inside = Math.min(Math.log1p(equivalence) - mean, mean - Math.log1p(-equivalence));
  for (let blocks = Math.max(3, logRatios.length + 1); blocks <= MOST_BLOCKS; blocks += 1) {
    const half = halfWidth(deviation, blocks, ALPHA);
    if (half < Math.abs(mean) || half < inside) return blocks;
  }
  return null;
}
