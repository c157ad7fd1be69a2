// SPDX-License-Identifier: Apache-2.0
import type { ComparedIterations } from '#shared/contract/comparison.ts';
import type { IterationLine } from '#shared/contract/run.ts';
import { makeRandom } from './order.ts';

/**
 * Iteration times of both arms, matched by kind and batch composition and not by number or clock. Iterations
 * of a pass follow each other and resemble their neighbours: the interval resamples runs of them.
 */

/** The lines of each pass of an arm, in order. */
export type PassLines = readonly (readonly IterationLine[])[];

const RESAMPLES = 400;
/** Groups that get an interval: the most frequent, since resampling takes its time. */
const MOST_INTERVALS = 24;
/** With fewer a median's interval says nothing. */
const FEWEST = 8;
const MOST_GROUPS = 200;
/** The first iterations of a pass fill caches and are nobody's steady state. */
const WARM_UP = 3;

interface Group {
  readonly contextTokens: number;
  readonly generationTokens: number;
  readonly a: number[][];
  readonly b: number[][];
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function collect(groups: Map<string, Group>, passes: PassLines, arm: 'a' | 'b'): void {
  passes.forEach((lines, pass) => {
    for (const line of lines.slice(WARM_UP)) {
      const { contextTokens = 0, generationTokens = 0, hostStepMs } = line;
      if (contextTokens + generationTokens === 0) continue;
      const key = `${contextTokens.toString()}/${generationTokens.toString()}`;
      const group = groups.get(key) ?? { contextTokens, generationTokens, a: [], b: [] };
      groups.set(key, group);
      const times = (group[arm][pass] ??= []);
      times.push(hostStepMs);
    }
  });
}

/** One resample: runs of consecutive values from random places of random passes, as many values as there are. */
function resample(passes: readonly number[][], length: number, random: () => number): number[] {
  const count = passes.reduce((sum, values) => sum + values.length, 0);
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

function bootstrap(
  a: readonly number[][],
  b: readonly number[][],
  seed: number,
): ComparedIterations['effect'] {
  const countA = a.flat().length;
  const countB = b.flat().length;
  if (countA < FEWEST || countB < FEWEST) return null;
  const random = makeRandom(seed);
  const lengthOf = (count: number): number => Math.max(1, Math.round(Math.cbrt(count)));
  const ratios = Array.from(
    { length: RESAMPLES },
    () =>
      medianOf(resample(a, lengthOf(countA), random)) / medianOf(resample(b, lengthOf(countB), random)) - 1,
  ).sort((x, y) => x - y);
  const at = (share: number): number => ratios[Math.floor(share * (RESAMPLES - 1))] ?? Number.NaN;
  return { ratio: medianOf(a.flat()) / medianOf(b.flat()) - 1, low: at(0.025), high: at(0.975) };
}

function kindOf({ contextTokens, generationTokens }: Group): ComparedIterations['kind'] {
  if (contextTokens > 0) return generationTokens > 0 ? 'mixed' : 'context';
  return 'generation';
}

/** Iterations of the compositions that both arms have, the most frequent first. */
export function compareIterations(a: PassLines, b: PassLines, seed: number): ComparedIterations[] {
  const groups = new Map<string, Group>();
  collect(groups, a, 'a');
  collect(groups, b, 'b');
  const both = [...groups.values()]
    .map((group) => ({ ...group, a: group.a.filter(Boolean), b: group.b.filter(Boolean) }))
    .filter((group) => group.a.length > 0 && group.b.length > 0)
    .sort((x, y) => y.a.flat().length + y.b.flat().length - x.a.flat().length - x.b.flat().length);
  return both.slice(0, MOST_GROUPS).map((group, index) => ({
    kind: kindOf(group),
    contextTokens: group.contextTokens,
    generationTokens: group.generationTokens,
    countA: group.a.flat().length,
    countB: group.b.flat().length,
    medianMsA: medianOf(group.a.flat()),
    medianMsB: medianOf(group.b.flat()),
    effect: index < MOST_INTERVALS ? bootstrap(group.a, group.b, seed) : null,
  }));
}
