// SPDX-License-Identifier: Apache-2.0
import { kindNames, type KindName } from '#shared/trace/kinds.ts';
import { kindVariable } from './palette.ts';

/** The one legend of the application: which colour stands for which kinds. */
interface LegendEntry {
  /** The CSS variable of the colour. */
  readonly variable: string;
  readonly kinds: readonly KindName[];
}

/** What matters most at the left: what a device computes, then what it waits for, then the host. */
const ORDER: readonly KindName[] = ['GEMM', 'attention', 'MoE', 'norm', 'sampling', 'communication'];

function makeLegend(): readonly LegendEntry[] {
  const byVariable = new Map<string, KindName[]>();
  const kinds = kindNames.filter((kind) => !ORDER.includes(kind) && kind !== 'other');
  for (const kind of [...ORDER, ...kinds, 'other'] as const) {
    const variable = kindVariable[kind];
    byVariable.set(variable, [...(byVariable.get(variable) ?? []), kind]);
  }
  return [...byVariable].map(([variable, of]) => ({ variable, kinds: of }));
}

export const legend = makeLegend();

export const FOLDED_TEXT = 'several slices in one pixel';
