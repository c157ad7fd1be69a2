// SPDX-License-Identifier: Apache-2.0
import type { IterationLine, RunManifest } from '#shared/contract/run.ts';
import { momentsOf } from './effect.ts';

/** Passes that may not have measured what they should. They are shown with the reason, never dropped. */

const LARGEST_CV = 0.05;
/** Fewer iterations of one composition do not tell how much they vary. */
const FEWEST = 20;
const WARM_UP = 3;

/** The most frequent composition of generation iterations varies by more than 5 %. */
function unsteady(lines: readonly IterationLine[]): string[] {
  const byBatch = new Map<number, number[]>();
  for (const { contextTokens = 0, generationTokens = 0, hostStepMs } of lines.slice(WARM_UP)) {
    if (contextTokens > 0 || generationTokens === 0) continue;
    byBatch.set(generationTokens, [...(byBatch.get(generationTokens) ?? []), hostStepMs]);
  }
  const [most] = [...byBatch].sort(([, x], [, y]) => y.length - x.length);
  if (most === undefined || most[1].length < FEWEST) return [];
  const { mean, deviation } = momentsOf(most[1]);
  const cv = deviation / mean;
  if (cv <= LARGEST_CV) return [];
  const percent = (cv * 100).toFixed(1);
  return [
    `generation iterations of ${most[0].toString()} tokens vary by ${percent} % (CV; up to 5 % is steady)`,
  ];
}

/** Reasons to doubt a timing pass; none for a good one. */
export function doubtsAbout(run: RunManifest, lines: readonly IterationLine[]): string[] {
  const profiled = run.profiled ? ['a profiler or recorder was on'] : [];
  return [...profiled, ...unsteady(lines)];
}
