// SPDX-License-Identifier: Apache-2.0
import type { IterationKind } from '#shared/contract/comparison-charts.ts';
import type { IterationLine } from '#shared/contract/run.ts';

/** Iterations of both arms by kind and batch composition: what may be held against each other. */

/** The lines of each pass of an arm, in order. */
export type PassLines = readonly (readonly IterationLine[])[];

/** The first iterations of a pass fill caches and are nobody's steady state. */
export const WARM_UP = 3;

/** Iterations of one batch composition: for each pass of an arm, in its order, their host step times in ms. */
export interface Group {
  readonly kind: IterationKind;
  readonly contextTokens: number;
  readonly generationTokens: number;
  readonly a: number[][];
  readonly b: number[][];
}

function kindOf(contextTokens: number, generationTokens: number): IterationKind {
  if (contextTokens > 0) return generationTokens > 0 ? 'mixed' : 'context';
  return 'generation';
}

function collect(groups: Map<string, Group>, passes: PassLines, arm: 'a' | 'b'): void {
  passes.forEach((lines, pass) => {
    for (const line of lines.slice(WARM_UP)) {
      const { contextTokens = 0, generationTokens = 0, hostStepMs } = line;
      if (contextTokens + generationTokens === 0) continue;
      const key = `${contextTokens.toString()}/${generationTokens.toString()}`;
      const kind = kindOf(contextTokens, generationTokens);
      const group = groups.get(key) ?? { kind, contextTokens, generationTokens, a: [], b: [] };
      groups.set(key, group);
      const times = (group[arm][pass] ??= []);
      times.push(hostStepMs);
    }
  });
}

export const countOf = ({ a, b }: Group): number => a.flat().length + b.flat().length;

/** Every group of either arm, the most frequent first. A pass without iterations of a batch has no place in it. */
export function groupsOf(a: PassLines, b: PassLines): Group[] {
  const groups = new Map<string, Group>();
  collect(groups, a, 'a');
  collect(groups, b, 'b');
  return [...groups.values()].sort((x, y) => countOf(y) - countOf(x));
}

/** Groups that both arms have. */
export const sharedOf = (groups: readonly Group[]): Group[] =>
  groups.filter(({ a, b }) => a.flat().length > 0 && b.flat().length > 0);

/** `64 generation tokens`, `512 context and 64 generation tokens`. */
export function batchText({ contextTokens, generationTokens }: Group): string {
  const [context, generation] = [contextTokens.toString(), generationTokens.toString()];
  if (contextTokens === 0) return `${generation} generation tokens`;
  if (generationTokens === 0) return `${context} context tokens`;
  return `${context} context and ${generation} generation tokens`;
}
