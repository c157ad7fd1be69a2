// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { toFailure, type Failure } from '#shared/base/errors.ts';

export type Answer<T> =
  | { readonly state: 'asking' }
  | { readonly state: 'answered'; readonly value: T }
  | { readonly state: 'failed'; readonly failure: Failure };

const ASKING = { state: 'asking' } as const;

/**
 * Asks when `key` changes and cancels what was asked before. Until the next answer comes, the former one
 * stays, unless it belongs to another `subject` (another file).
 */
export function useAnswer<T>(
  subject: string,
  key: string,
  ask: (signal: AbortSignal) => Promise<T>,
): Answer<T> {
  const [got, setGot] = useState<{ readonly subject: string; readonly answer: Answer<T> } | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const settle = (answer: Answer<T>): void => {
      if (!abort.signal.aborted) setGot({ subject, answer });
    };
    ask(abort.signal).then(
      (value) => settle({ state: 'answered', value }),
      (thrown: unknown) => settle({ state: 'failed', failure: toFailure(thrown) }),
    );
    return () => abort.abort();
    // `ask` is what `key` says it is; as a closure it is new each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [subject, key]);
  return got?.subject === subject ? got.answer : ASKING;
}

export function valueOf<T>(answer: Answer<T>): T | undefined {
  return answer.state === 'answered' ? answer.value : undefined;
}
