// SPDX-License-Identifier: Apache-2.0
import { formatDurationNs } from '#shared/base/units.ts';
import type { IterationThread } from '#shared/contract/engine.ts';

/** Figures that an iteration has in all and for each thread. */
export type ThreadFigure = 'gcNs' | 'gilHeldNs' | 'gilWaitingNs';

/**
 * What each thread has of a figure, the most first, one a line; empty where none has any. The sum over threads may be
 * more than the iteration's figure, which counts what they do at the same time once.
 */
export function threadTimes(threads: readonly IterationThread[], figure: ThreadFigure): string {
  return threads
    .flatMap((thread) => {
      const ns = thread[figure] ?? 0;
      return ns === 0 ? [] : [{ ns, name: thread.name === '' ? `thread ${thread.tid}` : thread.name }];
    })
    .sort((a, b) => b.ns - a.ns)
    .map(({ ns, name }) => `${name}: ${formatDurationNs(ns)}`)
    .join('\n');
}
