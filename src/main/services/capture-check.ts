// SPDX-License-Identifier: Apache-2.0
import type { IterationSpan } from '#shared/contract/launch.ts';
import type { Iteration } from '#shared/contract/engine.ts';
import type { CaptureCheck } from '#shared/contract/run.ts';

export interface RankIterations {
  readonly rank: number;
  readonly iterations: readonly Iteration[];
}

/**
 * Without step markers iterations are counted from 0, since a trace does not say where its window began: their numbers
 * are those of the window, in order; what is beyond it goes on from its last one. So are those of a window that counts from
 * the load, of which the program's own numbers know nothing.
 */
function numbered(
  iterations: readonly Iteration[],
  asked: readonly number[],
  from: 'start' | 'load',
): readonly Iteration[] {
  const counted = from === 'load' || iterations.every(({ inferred }) => inferred);
  if (iterations.length === 0 || !counted) return iterations;
  const beyond = (asked.at(-1) ?? -1) + 1 - asked.length;
  return iterations.map((iteration, at) => ({ ...iteration, index: asked[at] ?? beyond + at }));
}

/**
 * Whether the captured steps are the ones asked for, on every rank. Steps of which the log says that they
 * scheduled nothing have no marker; the embedded engine and the recorded programs do not skip any.
 */
export function checkCapture(
  asked: readonly IterationSpan[],
  ranks: readonly RankIterations[],
  from: 'start' | 'load' = 'start',
): CaptureCheck {
  const wanted = new Set<number>();
  for (const { first, last } of asked) for (let step = first; step <= last; step += 1) wanted.add(step);

  const problems: string[] = [];
  const found = ranks.map(({ rank, iterations: recorded }) => {
    const iterations = numbered(recorded, [...wanted], from);
    const steps = new Set(iterations.map(({ index }) => index));
    const missing = [...wanted].filter((step) => !steps.has(step));
    const extra = [...steps].filter((step) => !wanted.has(step));
    if (missing.length > 0) problems.push(`rank ${rank} lacks ${listSteps(missing)}`);
    if (extra.length > 0) problems.push(`rank ${rank} also holds ${listSteps(extra)}`);
    const hollow = iterations.filter(({ captured }) => captured !== 'complete').map(({ index }) => index);
    if (hollow.length > 0) {
      problems.push(
        `rank ${rank} is incomplete from iteration ${hollow[0] ?? 0}: GPU work is missing in ${listSteps(hollow)}`,
      );
    }
    const indices = iterations.map(({ index }) => index);
    return { rank, first: indices[0] ?? null, last: indices.at(-1) ?? null, count: steps.size };
  });
  if (ranks.length === 0) problems.push('the program wrote no trace');
  return {
    asked: [...asked],
    found,
    complete: problems.length === 0,
    message:
      problems.length === 0
        ? `Captured exactly what was asked: ${wanted.size} iterations on ${ranks.length} ${ranks.length === 1 ? 'rank' : 'ranks'}.${countedSentence(ranks)}`
        : `The capture differs from what was asked: ${problems.join('; ')}. Check the era of the engine and whether the run reached the window.`,
  };
}

function countedSentence(ranks: readonly RankIterations[]): string {
  const counted = ranks.some(({ iterations }) => iterations.some(({ inferred }) => inferred));
  return counted
    ? ' The trace has no step markers: iterations are inferred and counted from the window.'
    : '';
}

/** Steps as text, the first few of many. */
function listSteps(steps: readonly number[]): string {
  const shown = steps.slice(0, 5).join(', ');
  const rest = steps.length > 5 ? ` and ${(steps.length - 5).toString()} more` : '';
  return `${steps.length === 1 ? 'iteration' : 'iterations'} ${shown}${rest}`;
}
