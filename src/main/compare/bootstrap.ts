// SPDX-License-Identifier: Apache-2.0
import { makeRandom } from './order.ts';

/** Intervals of iterations, which resemble their neighbours: runs of consecutive ones are resampled. */

const RESAMPLES = 400;
/** With fewer a median's interval says nothing. */
export const FEWEST = 8;

/** A figure with its 95 % interval. */
export interface Spread {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** One resample: runs of consecutive values from random places of random passes, as many values as there are. */
function resample(passes: readonly (readonly number[])[], random: () => number): number[] {
  const count = passes.reduce((sum, values) => sum + values.length, 0);
  const length = Math.max(1, Math.round(Math.cbrt(count)));
  const drawn: number[] = [];
  while (drawn.length < count) {
    const values = passes[Math.floor(random() * passes.length)] ?? [];
    const start = Math.floor(random() * values.length);
    for (let step = 0; step < length && drawn.length < count; step += 1) {
      // Around the end to the beginning, so that values at the edges count as often as others.
      drawn.push(values[(start + step) % values.length] ?? 0);
    }
  }
  return drawn;
}

function spreadOf(value: number, seed: number, draw: (random: () => number) => number): Spread {
  const random = makeRandom(seed);
  const drawn = Array.from({ length: RESAMPLES }, () => draw(random)).sort((x, y) => x - y);
  const at = (share: number): number => drawn[Math.floor(share * (RESAMPLES - 1))] ?? Number.NaN;
  return { value, low: at(0.025), high: at(0.975) };
}

/** Of medians, A/B - 1, so that positive is better for times; null with too few. Passes without values are none. */
export function ratioSpread(
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
  seed: number,
): Spread | null {
  if (a.flat().length < FEWEST || b.flat().length < FEWEST) return null;
  return spreadOf(
    medianOf(a.flat()) / medianOf(b.flat()) - 1,
    seed,
    (random) => medianOf(resample(a, random)) / medianOf(resample(b, random)) - 1,
  );
}

/** Of the median of one pass; null with too few. */
export function medianSpread(values: readonly number[], seed: number): Spread | null {
  if (values.length < FEWEST) return null;
  return spreadOf(medianOf(values), seed, (random) => medianOf(resample([values], random)));
}
