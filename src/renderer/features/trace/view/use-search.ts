// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { toFailure } from '#shared/base/errors.ts';
import type { SearchPattern } from '#renderer/data/trace-session.ts';
import { searchArguments, type ReadSoFar } from '../model/argument-search.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { searchAll, type Found } from '../model/search.ts';

/** What is known of a search: nothing yet, how far it is, what was found, or why it cannot be answered. */
export type SearchState =
  | { readonly found: Found }
  | { readonly message: string }
  | { readonly reading: ReadSoFar; readonly cancel: () => void }
  | null;

export const foundOf = (state: SearchState): Found | null =>
  state !== null && 'found' in state ? state.found : null;

/** The newest answer; the former one stays until the next is there, and older questions are cancelled. */
export function useSearch(
  traces: readonly ReadyTrace[],
  pattern: SearchPattern,
  active: boolean,
): SearchState {
  const [state, setState] = useState<SearchState>(null);
  useEffect(() => {
    if (pattern.text === '' || !active) return undefined;
    const abort = new AbortController();
    searchAll(traces, pattern, abort.signal).then(
      (found) => {
        if (!abort.signal.aborted) setState({ found });
      },
      (thrown: unknown) => {
        if (!abort.signal.aborted) setState({ message: toFailure(thrown).message });
      },
    );
    return () => abort.abort();
  }, [traces, pattern, active]);
  return pattern.text === '' || !active ? null : state;
}

interface ArgumentSearch {
  readonly state: SearchState;
  /** Begins, unless it has its answer already. */
  readonly begin: () => void;
}

/** A search through arguments, begun when it is asked for; another pattern, or its end, cancels it. */
export function useArgumentSearch(
  traces: readonly ReadyTrace[],
  pattern: SearchPattern,
  active: boolean,
): ArgumentSearch {
  const [asked, setAsked] = useState<SearchPattern | null>(null);
  const [answer, setAnswer] = useState<{ readonly of: SearchPattern; readonly state: SearchState } | null>(
    null,
  );
  const wanted = active && asked === pattern ? pattern : null;
  useEffect(() => {
    if (wanted === null) return undefined;
    const abort = new AbortController();
    const tell = (state: SearchState): void => {
      if (!abort.signal.aborted) setAnswer({ of: wanted, state });
    };
    const cancel = (): void => setAsked(null);
    const onProgress = (reading: ReadSoFar): void => tell({ reading, cancel });
    onProgress({ done: 0, total: traces.length, count: 0 });
    searchArguments(traces, wanted, onProgress, abort.signal).then(
      (found) => tell({ found }),
      (thrown: unknown) => tell({ message: toFailure(thrown).message }),
    );
    return () => abort.abort();
  }, [traces, wanted]);
  const state = wanted !== null && answer?.of === wanted ? answer.state : null;
  return { state, begin: () => setAsked(pattern) };
}
