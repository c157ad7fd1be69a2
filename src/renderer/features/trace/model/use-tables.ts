// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { toFailure } from '#shared/base/errors.ts';
import type { TraceSession } from '#renderer/data/trace-session.ts';
import type { IterationSpan } from './iteration-span.ts';
import type { ReadyTrace } from './ready.ts';

/** Questions about all traces whose answers become one table. */

export type Answer<T> = { readonly of: T } | { readonly message: string } | null;

type Layer = Parameters<TraceSession['groups']>[0]['layer'];

/** Kernels; framework operators in a trace without any. */
export const layerOf = ({ trace }: ReadyTrace): Layer =>
  trace.summary.gpu.kernelCount > 0 ? 'kernels' : 'operators';

/** A selection of the whole trace, or of iterations. */
export function selectionOf(layer: Layer, span: IterationSpan | null): Parameters<TraceSession['groups']>[0] {
  return span === null ? { layer } : { layer, firstIteration: span.first, lastIteration: span.last };
}

/** The answer to `ask`, asked anew when it is another function; null until it is there, or when there is nothing to ask. */
export function useAnswer<T>(ask: ((signal: AbortSignal) => Promise<T>) | null): Answer<T> {
  const [answer, setAnswer] = useState<{ readonly to: typeof ask; readonly got: Answer<T> } | null>(null);
  useEffect(() => {
    if (ask === null) return undefined;
    const abort = new AbortController();
    ask(abort.signal).then(
      (of) => {
        if (!abort.signal.aborted) setAnswer({ to: ask, got: { of } });
      },
      (thrown: unknown) => {
        if (!abort.signal.aborted) setAnswer({ to: ask, got: { message: toFailure(thrown).message } });
      },
    );
    return () => abort.abort();
  }, [ask]);
  return answer?.to === ask ? answer.got : null;
}
