// SPDX-License-Identifier: Apache-2.0

/**
 * What a slice does, by the number that windows carry. The native model decides kinds and names them;
 * this is its list, in its order, and a test compares both.
 */
export const kindNames = [
  'other',
  'GEMM',
  'attention',
  'MoE',
  'norm',
  'elementwise',
  'reduction',
  'indexing',
  'sampling',
  'other compute',
  'communication',
  'memory copy',
  'memory set',
  'synchronization',
  'runtime API',
  'graph launch',
  'operator',
  'annotation',
  'step marker',
  'garbage collection',
  'GIL',
  'Python',
  'profiler overhead',
] as const;

export type KindName = (typeof kindNames)[number];

/** The name of a kind's number; numbers of a newer store are `other`. */
export const kindName = (code: number): KindName => kindNames[code] ?? 'other';

const known: ReadonlySet<string> = new Set(kindNames);

/** A kind's name as the engine spells it; unknown ones are `other`. */
export const kindFromText = (text: string): KindName => (known.has(text) ? (text as KindName) : 'other');
