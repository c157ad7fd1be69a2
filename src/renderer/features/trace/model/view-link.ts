// SPDX-License-Identifier: Apache-2.0
import { useEffect, type RefObject } from 'react';
import type { SourceSet } from '#shared/contract/app.ts';
import { formatViewLink, type ViewLink } from '#renderer/base/view-link.ts';
import { isAbout, linkOwner, linkTaken, useLinks } from '#renderer/stores/links.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';
import type { TraceViewStore } from '#renderer/stores/trace-view.ts';
import type { Timeline } from '#renderer/timeline/timeline.ts';
import type { ReadySet } from './ready.ts';

/** The view as a link, and the way back from one. */

export async function copyLink(
  set: SourceSet,
  { traces }: ReadySet,
  store: TraceViewStore,
  timeline: Timeline,
): Promise<void> {
  const of = linkOwner(set);
  if (of === null) return;
  const { slice, range, window, clock } = store.getState();
  const trace = traces.findIndex(({ session }) => session.source.sourceId === slice?.sourceId);
  const link = formatViewLink({
    of,
    view: timeline.view,
    clock,
    range,
    window,
    slice: slice === null || trace < 0 ? null : { trace, row: slice.row },
  });
  try {
    await navigator.clipboard.writeText(link);
    notify('note', 'A link to this view is on the clipboard: “Open link…” (Ctrl+K) leads back to it.');
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

/** Shows what a link says; a slice that the trace does not have is told. */
async function show(
  link: ViewLink,
  ready: ReadySet,
  store: TraceViewStore,
  timeline: Timeline,
): Promise<void> {
  const { chooseWindow, rangeChosen, sliceChosen } = store.getState();
  chooseWindow(link.window);
  rangeChosen(link.range);
  timeline.showView(link.view, link.range);
  if (link.slice === null) return;
  const { row, trace } = link.slice;
  const session = ready.traces[trace]?.session;
  try {
    if (session === undefined) throw new Error('There are fewer traces than the link counts.');
    await session.slice(row);
  } catch {
    notify(
      'warning',
      'The slice that the link selects is not in this trace: the file is not the same as it was.',
    );
    return;
  }
  const { sourceId } = session.source;
  sliceChosen({ sourceId, row });
  timeline.showSlice({ traceKey: sourceId, row }, link.view);
}

/** Follows a link to this set once all of its traces are open, by the clock that it counts on. */
export function useLink(
  set: SourceSet,
  ready: ReadySet,
  store: TraceViewStore,
  timeline: RefObject<Timeline | null>,
): void {
  const pending = useLinks((state) => state.pending);
  useEffect(() => {
    if (pending === null || !isAbout(pending, set) || ready.traces.length < ready.traceCount) return;
    if (store.getState().clock !== pending.clock) {
      store.getState().chooseClock(pending.clock);
      return;
    }
    if (timeline.current === null) return;
    linkTaken();
    show(pending, ready, store, timeline.current).catch(notifyFailure);
  }, [pending, set, ready, store, timeline]);
}
