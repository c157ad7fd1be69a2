// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import type { FoundViewers } from '#shared/contract/viewers.ts';
import { follow } from '#renderer/base/follow.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';
import type { ReadyTrace } from './ready.ts';

/** Handing a trace to another viewer that is installed here. */

/** Recorded by Nsight Systems, whether it is the report itself or an export of it; a file of several processes once. */
export function reportsOf(traces: readonly ReadyTrace[]): readonly ReadyTrace[] {
  const byPath = new Map<string, ReadyTrace>();
  for (const trace of traces) {
    const { path } = trace.session.source;
    if (/\.(nsys-rep|sqlite|sqlite\.gz)$/.test(path) && !byPath.has(path)) byPath.set(path, trace);
  }
  return [...byPath.values()];
}

/** Chrome JSON as it is: Perfetto opens the file itself. */
export const isChromeFile = ({ session }: ReadyTrace): boolean => /\.json(\.gz)?$/.test(session.source.path);

/** What could show a trace; null until it is known. */
export function useViewers(sourceId: string | undefined): FoundViewers | null {
  const [found, setFound] = useState<{ readonly of: string; readonly viewers: FoundViewers } | null>(null);
  useEffect(() => {
    if (sourceId === undefined) return undefined;
    return follow(
      invoke('viewers.find', { sourceId }),
      (viewers) => setFound({ of: sourceId, viewers }),
      notifyFailure,
    );
  }, [sourceId]);
  return found !== null && found.of === sourceId ? found.viewers : null;
}

export async function openInNsight(trace: ReadyTrace): Promise<void> {
  try {
    const { program, path } = await invoke('viewers.openInNsight', {
      sourceId: trace.session.source.sourceId,
    });
    notify('note', `${program} was started with ${path}.`);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

/** Shows a trace's own file in the system's file manager. */
export async function showFile(trace: ReadyTrace): Promise<void> {
  await invoke('viewers.show', { of: 'source', id: trace.session.source.sourceId }).catch(notifyFailure);
}
