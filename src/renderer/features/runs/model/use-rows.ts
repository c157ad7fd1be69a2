// SPDX-License-Identifier: Apache-2.0
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { DiskUse, RunBytes } from '#shared/contract/library.ts';
import type { RunSummary } from '#shared/contract/run.ts';
import { follow } from '#renderer/base/follow.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { useLauncher } from '#renderer/stores/launcher.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { isEnded } from '#renderer/stores/run-state.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { useLibrary } from './library-store.ts';
import { filterRows, makeRow, type RunRow } from './rows.ts';

const none: readonly RunSummary[] = [];

/** Measured sizes, asked for when the library is shown and when the ended runs are others than before. */
export function useDiskUse(): { readonly use: DiskUse | null; readonly measure: () => void } {
  const summaries = useRuns((state) => state.summaries ?? none);
  const [asked, setAsked] = useState(0);
  const [use, setUse] = useState<DiskUse | null>(null);
  const ended = useMemo(
    () => summaries.flatMap((run) => (isEnded(run.state) ? [run.id] : [])).join(),
    [summaries],
  );
  useEffect(() => follow(invoke('library.diskUse'), setUse, notifyFailure), [ended, asked]);
  return { use, measure: () => setAsked((before) => before + 1) };
}

/** A row is made anew only when its run, its recipe or its size is another one. */
export function useRows(sizes: readonly RunBytes[] | undefined): readonly RunRow[] {
  const summaries = useRuns((state) => state.summaries ?? none);
  const recipes = useLauncher((state) => state.recipes);
  const [known] = useState(() => new WeakMap<RunSummary, RunRow>());
  return useMemo(() => {
    const byId = new Map(sizes?.map((bytes) => [bytes.id, bytes]));
    return summaries.map((run) => {
      const bytes = byId.get(run.id) ?? null;
      const before = known.get(run);
      if (before?.bytes === bytes && recipes !== null) return before;
      const recipe = recipes?.find(({ id }) => id === run.form.recipeId);
      const row = makeRow(run, recipe, bytes);
      known.set(run, row);
      return row;
    });
  }, [summaries, recipes, sizes, known]);
}

/** Typing stays quick however many rows there are: the table follows when it can. */
export function useFilteredRows(rows: readonly RunRow[]): readonly RunRow[] {
  const filter = useDeferredValue(useLibrary((state) => state.filter));
  return useMemo(() => filterRows(rows, filter), [rows, filter]);
}
