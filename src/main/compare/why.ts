// SPDX-License-Identifier: Apache-2.0
import { formatCount } from '#shared/base/units.ts';
import type { AlignedIteration, Cause, Why } from '#shared/contract/comparison.ts';
import { estimateGain } from './gain.ts';
import { alignIterations, batchOf, compositionOf } from './profile.ts';
import type { AlignedPair, Profile, ProfiledIteration } from './profile.ts';
import { byKind, changeOf, compareWork } from './work.ts';

/**
 * Where the time of an iteration goes in both arms, from their profile passes: by the parts of its composition
 * and by kernel or operator. Each way adds up to the whole iteration. Iterations are aligned by what they worked
 * on, not by their number alone.
 */

const NS_PER_MS = 1e6;
const PARTS = [
  ['Compute', 'computeNs'],
  ['Communication and waiting for other ranks', 'communicationNs'],
  ['Memory', 'memoryNs'],
  ['Idle', 'idleNs'],
] as const;

/** More names than anyone reads; what they leave out is in the rest. */
const MOST_ROWS = 300;

type Part = (typeof PARTS)[number][1];

const partMs = ({ iteration }: ProfiledIteration, part: Part): number =>
  (compositionOf(iteration)?.[part] ?? 0) / NS_PER_MS;

const wholeMs = (profiled: ProfiledIteration): number =>
  PARTS.reduce((sum, [, part]) => sum + partMs(profiled, part), 0);

function mean(pairs: readonly AlignedPair[], of: (pair: AlignedPair) => number): number {
  return pairs.reduce((sum, pair) => sum + of(pair), 0) / Math.max(1, pairs.length);
}

function meanCause(
  name: string,
  pairs: readonly AlignedPair[],
  of: (profiled: ProfiledIteration) => number,
): Cause {
  return { name, msA: mean(pairs, ({ a }) => of(a)), msB: mean(pairs, ({ b }) => of(b)) };
}

function scopeText(pairs: readonly AlignedPair[]): string {
  const batches = new Set(pairs.map(({ a }) => batchOf(a.iteration))).size;
  const iterations = `${formatCount(pairs.length)} ${pairs.length === 1 ? 'iteration' : 'iterations'}`;
  const of = batches === 1 ? 'the one batch composition' : `${formatCount(batches)} batch compositions`;
  return `mean of ${iterations} (all ranks) of ${of} that both profiled passes have`;
}

function aligned({ a, b }: AlignedPair): AlignedIteration {
  return {
    rank: a.rank,
    iterationA: a.iteration.index,
    iterationB: b.iteration.index,
    batch: batchOf(a.iteration),
    msA: wholeMs(a),
    msB: wholeMs(b),
  };
}

/** The explanation; null when a profile is missing or the two have no batch composition in common. */
export function explain(a: Profile | null, b: Profile | null): Why | null {
  if (a === null || b === null) return null;
  const pairs = alignIterations(a, b);
  if (pairs.length === 0) return null;
  const causes = PARTS.map(([name, part]) => meanCause(name, pairs, (profiled) => partMs(profiled, part)));
  const whole = meanCause('Whole iteration', pairs, wholeMs);
  // Work is compared in the pairs in which both sides were asked for it; the rest is of these, too.
  const worked = pairs.filter((pair) => pair.a.work !== null && pair.b.work !== null);
  const work = compareWork(worked).slice(0, MOST_ROWS);
  const workedWhole = meanCause('Rest', worked, wholeMs);
  const sum = (arm: 'msA' | 'msB'): number => work.reduce((total, row) => total + row[arm], 0);
  return {
    scope: scopeText(pairs),
    causes: causes.sort((x, y) => changeOf(y) - changeOf(x)),
    wholeMsA: whole.msA,
    wholeMsB: whole.msB,
    work,
    kinds: byKind(work),
    rest: {
      name: 'Idle, less what ran at the same time',
      msA: workedWhole.msA - sum('msA'),
      msB: workedWhole.msB - sum('msB'),
    },
    iterations: pairs.map(aligned).sort((x, y) => changeOf(y) - changeOf(x)),
    experts: a.experts === null || b.experts === null ? null : { a: a.experts, b: b.experts },
    estimate: estimateGain(a),
  };
}
