// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { toFailure } from '#shared/base/errors.ts';
import type { SearchPattern } from '#renderer/data/trace-session.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { searchAll, type Found } from '../model/search.ts';

/** What is known of a search: nothing yet, what was found, or why it cannot be answered. */
export type SearchState = { readonly found: Found } | { readonly message: string } | null;

/** The newest answer; the former one stays until the next is there, and older questions are cancelled. */
export function useSearch(traces: readonly ReadyTrace[], pattern: SearchPattern): SearchState {
  const [state, setState] = useState<SearchState>(null);
  useEffect(() => {
    if (pattern.text === '') return undefined;
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
  }, [traces, pattern]);
  return pattern.text === '' ? null : state;
}
