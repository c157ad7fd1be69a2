// SPDX-License-Identifier: Apache-2.0
import type { Bookmark } from '#renderer/timeline/bookmarks.ts';
import type { TimelineCallbacks } from '#renderer/timeline/types.ts';
import type { TraceBookmark } from './bookmarks.ts';
import type { ReadyTrace } from './ready.ts';

/** Between the time of a trace, in which bookmarks are kept, and that of the timeline. */

const idOf = ({ session }: ReadyTrace): string => session.source.sourceId;

/** Bookmarks of open traces on the timeline. */
export function placedBookmarks(
  items: readonly TraceBookmark[],
  traces: readonly ReadyTrace[],
): readonly Bookmark[] {
  return items.flatMap(({ id, sourceId, startNs, endNs, text }) => {
    const offsetNs = traces.find((trace) => idOf(trace) === sourceId)?.offsetNs;
    if (offsetNs === undefined) return [];
    return [{ key: id, text, startNs: startNs + offsetNs, endNs: endNs === null ? null : endNs + offsetNs }];
  });
}

/** Which trace notes a time of the timeline, and when that is for it: the named one, else the first. */
export function bookmarkPlace(
  { startNs, endNs, traceKey }: Parameters<TimelineCallbacks['onBookmark']>[0],
  traces: readonly ReadyTrace[],
): Pick<TraceBookmark, 'sourceId' | 'startNs' | 'endNs'> | undefined {
  const trace = traces.find((each) => idOf(each) === traceKey) ?? traces[0];
  if (trace === undefined) return undefined;
  const ownNs = (worldNs: number): number => Math.round(worldNs - trace.offsetNs);
  return { sourceId: idOf(trace), startNs: ownNs(startNs), endNs: endNs === null ? null : ownNs(endNs) };
}
