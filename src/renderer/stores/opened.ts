// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import type { SourceSet } from '#shared/contract/app.ts';

/** Files that were opened by dialog, drop or command line, in the order of opening. */
export interface OpenedSet {
  /** The paths together: opening the same files again shows them instead of listing them twice. */
  readonly key: string;
  readonly set: SourceSet;
}

interface OpenedState {
  readonly sets: readonly OpenedSet[];
}

export const useOpened = create<OpenedState>(() => ({ sets: [] }));

export function keyOfSet(set: SourceSet): string {
  return set.sources
    .map((source) => source.path)
    .sort()
    .join('\n');
}

/** Adds a set, or renews the one of the same files (its source ids may be new). Returns its key. */
export function addOpened(set: SourceSet): string {
  const key = keyOfSet(set);
  useOpened.setState(({ sets }) =>
    sets.some((opened) => opened.key === key)
      ? { sets: sets.map((opened) => (opened.key === key ? { key, set } : opened)) }
      : { sets: [...sets, { key, set }] },
  );
  return key;
}

export function removeOpened(key: string): void {
  useOpened.setState(({ sets }) => ({ sets: sets.filter((opened) => opened.key !== key) }));
}
