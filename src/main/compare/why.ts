// SPDX-License-Identifier: Apache-2.0
import { formatCount } from '#shared/base/units.ts';
import type { Cause, Why } from '#shared/contract/comparison.ts';
import type { Iteration } from '#shared/contract/engine.ts';

/**
 * Where the time of an iteration goes in both arms, from their profile passes: the parts of its composition,
 * mean over ranks, which add up to the whole iteration. Iterations are aligned by what they worked on, not by
 * their number.
 */

const NS_PER_MS = 1e6;
const PARTS = [
  ['Compute', 'computeNs'],
  ['Communication and waiting for other ranks', 'communicationNs'],
  ['Memory', 'memoryNs'],
  ['Idle', 'idleNs'],
] as const;

type Composition = Record<(typeof PARTS)[number][1], number>;

/** A GPU's composition where there is one, else that of the host. */
function compositionOf(iteration: Iteration): Composition | null {
  return iteration.gpuWindows[0]?.composition ?? iteration.hostComposition;
}

function keyOf({ contextTokens, contextRequests, generationRequests }: Iteration): string {
  return [contextTokens ?? contextRequests ?? 0, generationRequests ?? 0].join('/');
}

/** Mean parts of these iterations, in milliseconds. */
function meanParts(compositions: readonly Composition[]): number[] {
  return PARTS.map(
    ([, part]) =>
      compositions.reduce((sum, composition) => sum + composition[part], 0) /
      Math.max(1, compositions.length) /
      NS_PER_MS,
  );
}

function byKey(iterations: readonly Iteration[]): Map<string, Composition[]> {
  const found = new Map<string, Composition[]>();
  for (const iteration of iterations) {
    const composition = compositionOf(iteration);
    if (composition === null) continue;
    const key = keyOf(iteration);
    found.set(key, [...(found.get(key) ?? []), composition]);
  }
  return found;
}

function scopeText(iterations: number, compositions: number): string {
  const batches =
    compositions === 1 ? 'the one batch composition' : `${compositions.toString()} batch compositions`;
  return `mean of ${formatCount(iterations)} ${iterations === 1 ? 'iteration' : 'iterations'} (all ranks) of ${batches} that both profiled passes have`;
}

/** The causes, from the iterations of all ranks; null when the two profile passes have no batch composition in common. */
export function explain(a: readonly Iteration[], b: readonly Iteration[]): Why | null {
  const [foundA, foundB] = [byKey(a), byKey(b)];
  const common = [...foundA.keys()].filter((key) => foundB.has(key));
  if (common.length === 0) return null;
  // Each composition weighs the same in both arms, as often as the rarer of the two has it.
  const pick = (from: Map<string, Composition[]>): Composition[] =>
    common.flatMap((key) => {
      const count = Math.min(foundA.get(key)?.length ?? 0, foundB.get(key)?.length ?? 0);
      return (from.get(key) ?? []).slice(0, count);
    });
  const [partsA, partsB] = [meanParts(pick(foundA)), meanParts(pick(foundB))];
  const causes: Cause[] = PARTS.map(([name], index) => ({
    name,
    msA: partsA[index] ?? 0,
    msB: partsB[index] ?? 0,
  }));
  const size = ({ msA, msB }: Cause): number => Math.abs(msB - msA);
  const sum = (parts: readonly number[]): number => parts.reduce((total, part) => total + part, 0);
  return {
    scope: scopeText(pick(foundA).length, common.length),
    causes: causes.sort((x, y) => size(y) - size(x)),
    wholeMsA: sum(partsA),
    wholeMsB: sum(partsB),
  };
}
