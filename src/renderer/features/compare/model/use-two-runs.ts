// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { toFailure } from '#shared/base/errors.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { askEngine } from '#renderer/data/engine.ts';
import type { RunSide, SideExperts } from './two-runs.ts';

export type Reading<T> =
  | { readonly state: 'reading' }
  | { readonly state: 'read'; readonly value: T }
  | { readonly state: 'failed'; readonly message: string };

/** Reads once for the life of the view, whose key says which runs it shows; leaving it cancels. */
function useReading<T>(read: (signal: AbortSignal) => Promise<T>): Reading<T> {
  const [reading, setReading] = useState<Reading<T>>({ state: 'reading' });
  const [first] = useState(() => read);
  useEffect(() => {
    const abort = new AbortController();
    const settle = (found: Reading<T>): void => {
      if (!abort.signal.aborted) setReading(found);
    };
    first(abort.signal).then(
      (value) => settle({ state: 'read', value }),
      (thrown: unknown) => settle({ state: 'failed', message: toFailure(thrown).message }),
    );
    return () => abort.abort();
  }, [first]);
  return reading;
}

async function readSide(id: string): Promise<RunSide> {
  const [manifest, lines] = await Promise.all([
    invoke('runs.get', { id }),
    invoke('runs.iterationLines', { id }),
  ]);
  return { manifest, lines };
}

async function readExperts(id: string, signal: AbortSignal): Promise<SideExperts | null> {
  const { sources } = await invoke('sources.ofRun', { id });
  const source = sources.find(({ kind }) => kind === 'expert-statistics');
  if (source === undefined) return null;
  const { sourceId } = source;
  const summary = await askEngine('experts.open', { sourceId }, { signal });
  const traced = new Set(sources.filter(({ kind }) => kind === 'trace').map(({ rank }) => rank)).size;
  const ranks = Math.max(1, summary.ranks, traced);
  const { iterationStart: iterationFrom, iterationEnd: iterationTo } = summary;
  const window = { sourceId, iterationFrom, iterationTo, ranks };
  const layers = await askEngine('experts.layerMetrics', window, { signal });
  return { ranks, first: iterationFrom, last: iterationTo - 1, layers };
}

/** Manifests and iteration lines of both runs. */
export function useTwoRuns(a: string, b: string): Reading<readonly [RunSide, RunSide]> {
  return useReading(() => Promise.all([readSide(a), readSide(b)]));
}

/** Expert load of a run; null where it recorded none. */
export function useSideExperts(id: string): Reading<SideExperts | null> {
  return useReading((signal) => readExperts(id, signal));
}
