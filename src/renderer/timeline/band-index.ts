// SPDX-License-Identifier: Apache-2.0
import type { IterationBand } from './types.ts';

/** Bands by the number of their iteration: made once for each list of bands, which never changes, and kept as long as it. */
const indices = new WeakMap<readonly IterationBand[], ReadonlyMap<number, IterationBand>>();

function indexOf(bands: readonly IterationBand[]): ReadonlyMap<number, IterationBand> {
  const byNumber = new Map<number, IterationBand>();
  for (const band of bands) if (!byNumber.has(band.index)) byNumber.set(band.index, band);
  return byNumber;
}

/** The first band of an iteration; undefined where it has none. */
export function bandOf(bands: readonly IterationBand[], iteration: number): IterationBand | undefined {
  let byNumber = indices.get(bands);
  if (byNumber === undefined) {
    byNumber = indexOf(bands);
    indices.set(bands, byNumber);
  }
  return byNumber.get(iteration);
}
