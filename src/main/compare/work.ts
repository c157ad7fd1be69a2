// SPDX-License-Identifier: Apache-2.0
import type { Cause, WorkRow } from '#shared/contract/comparison.ts';
import { momentsOf } from './effect.ts';
import type { AlignedPair, ProfiledIteration } from './profile.ts';
import { matchRenamed } from './renames.ts';
import type { NamedWork } from './renames.ts';

/** Where the time of aligned iterations goes by kernel or operator: own times, so that nothing counts twice. */

const NS_PER_MS = 1e6;

/** Every name of these iterations. */
function namesOf(iterations: readonly ProfiledIteration[]): Map<string, NamedWork> {
  const found = new Map<string, { name: string; kind: string; ms: number[]; counts: number[] }>();
  iterations.forEach(({ work }, at) => {
    for (const { name, kind, ownNs, durations } of work ?? []) {
      if (name === null) continue;
      const zeros = (): number[] => Array.from({ length: iterations.length }, () => 0);
      const known = found.get(name) ?? { name, kind: kind ?? 'other', ms: zeros(), counts: zeros() };
      found.set(name, known);
      known.ms[at] = (known.ms[at] ?? 0) + ownNs / NS_PER_MS;
      known.counts[at] = (known.counts[at] ?? 0) + durations.count;
    }
  });
  return found;
}

const meanOf = (values: readonly number[] | undefined): number =>
  values === undefined || values.length === 0 ? 0 : momentsOf(values).mean;

function cvOf(values: readonly number[] | undefined): number | null {
  if (values === undefined || values.length < 2) return null;
  const { mean, deviation } = momentsOf(values);
  return mean === 0 ? null : deviation / mean;
}

function rowOf(a: NamedWork | undefined, b: NamedWork | undefined): WorkRow {
  const renamed = a !== undefined && b !== undefined && a.name !== b.name;
  const presence = a === undefined ? 'new' : b === undefined ? 'gone' : renamed ? 'renamed' : 'both';
  return {
    name: a?.name ?? b?.name ?? '',
    ...(renamed ? { nameB: b.name } : {}),
    kind: a?.kind ?? b?.kind ?? 'other',
    presence,
    msA: meanOf(a?.ms),
    msB: meanOf(b?.ms),
    countA: meanOf(a?.counts),
    countB: meanOf(b?.counts),
    cvA: cvOf(a?.ms),
    cvB: cvOf(b?.ms),
  };
}

export const changeOf = ({ msA, msB }: Pick<Cause, 'msA' | 'msB'>): number => Math.abs(msB - msA);

/** Every name of both sides, those renamed together, the largest difference first. */
export function compareWork(pairs: readonly AlignedPair[]): WorkRow[] {
  const a = namesOf(pairs.map((pair) => pair.a));
  const b = namesOf(pairs.map((pair) => pair.b));
  const gone = [...a.values()].filter(({ name }) => !b.has(name));
  const fresh = [...b.values()].filter(({ name }) => !a.has(name));
  const renamed = matchRenamed(gone, fresh);
  const taken = new Set([...renamed.values()]);
  const rows = [
    ...[...a.values()].map((work) => rowOf(work, b.get(work.name) ?? renamed.get(work))),
    ...fresh.filter((work) => !taken.has(work)).map((work) => rowOf(undefined, work)),
  ];
  return rows.sort((x, y) => changeOf(y) - changeOf(x) || x.name.localeCompare(y.name));
}

/** The same by kind. */
export function byKind(rows: readonly WorkRow[]): Cause[] {
  const kinds = new Map<string, Cause>();
  for (const { kind, msA, msB } of rows) {
    const known = kinds.get(kind) ?? { name: kind, msA: 0, msB: 0 };
    kinds.set(kind, { name: kind, msA: known.msA + msA, msB: known.msB + msB });
  }
  return [...kinds.values()].sort((x, y) => changeOf(y) - changeOf(x));
}
