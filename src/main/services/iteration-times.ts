// SPDX-License-Identifier: Apache-2.0
import type { IterationTimes } from '#shared/contract/run.ts';

/** Count and median of host step times in milliseconds; undefined when there are none. */
export function iterationTimesOf(stepsMs: readonly number[]): IterationTimes | undefined {
  const sorted = [...stepsMs].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) return undefined;
  return { count: sorted.length, medianMs: (lower + upper) / 2 };
}
