// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { unfiltered, type RunFilter } from './rows.ts';

/** How the library is looked at. Columns and order are kept for the next start; filter and selection are not. */

interface Sorting {
  readonly id: string;
  readonly desc: boolean;
}

interface LibraryState {
  readonly filter: RunFilter;
  readonly sorting: readonly Sorting[];
  /** Columns that are not shown. */
  readonly hidden: readonly string[];
  readonly selected: ReadonlySet<string>;
  /** The run that the keys are at. */
  readonly active: string | null;
  readonly dialog: LibraryDialog | null;
  /** What was deleted last and can be taken back. */
  readonly deleted: readonly string[];
}

export type LibraryDialog =
  | { readonly kind: 'edit'; readonly id: string }
  | { readonly kind: 'disk' }
  | { readonly kind: 'free'; readonly ids: readonly string[] };

const newestFirst: readonly Sorting[] = [{ id: 'started', desc: true }];
export const hiddenAtFirst: readonly string[] = ['recipe'];

export const useLibrary = create<LibraryState>()(
  persist(
    (): LibraryState => ({
      filter: unfiltered,
      sorting: newestFirst,
      hidden: hiddenAtFirst,
      selected: new Set(),
      active: null,
      dialog: null,
      deleted: [],
    }),
    {
      name: 'library-view',
      version: 1,
      partialize: ({ sorting, hidden }) => ({ sorting, hidden }),
    },
  ),
);

export function changeFilter(change: Partial<RunFilter>): void {
  useLibrary.setState(({ filter }) => ({ filter: { ...filter, ...change } }));
}

export function clearFilter(): void {
  useLibrary.setState({ filter: unfiltered });
}

export function setSorting(sorting: readonly Sorting[]): void {
  useLibrary.setState({ sorting });
}

export function showColumn(id: string, shown: boolean): void {
  useLibrary.setState(({ hidden }) => ({
    hidden: shown ? hidden.filter((other) => other !== id) : [...hidden, id],
  }));
}

export function setActive(active: string | null): void {
  useLibrary.setState({ active });
}

export function setSelected(selected: ReadonlySet<string>): void {
  useLibrary.setState({ selected });
}

/** Selects or deselects one run. */
export function toggleSelected(id: string): void {
  useLibrary.setState(({ selected }) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    return { selected: next };
  });
}

export function showDialog(dialog: LibraryDialog | null): void {
  useLibrary.setState({ dialog });
}

export function setDeleted(deleted: readonly string[]): void {
  useLibrary.setState({ deleted });
}

/** Deleted runs cannot stay selected: what comes next would be done with them, too. */
export function dropSelected(ids: readonly string[]): void {
  useLibrary.setState(({ selected }) => ({
    selected: new Set([...selected].filter((id) => !ids.includes(id))),
  }));
}
