// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { SourceSet } from '#shared/contract/app.ts';
import type { SearchPattern } from '#renderer/data/trace-session.ts';
import type { TraceSet } from '#renderer/data/trace-set.ts';
import { useOffer, type OfferedCommand } from '#renderer/stores/offers.ts';
import type { TraceViewStore } from '#renderer/stores/trace-view.ts';
import { Timeline } from '#renderer/timeline/timeline.ts';
import type { TimelineCallbacks } from '#renderer/timeline/types.ts';
import { createArrangementStore, type ArrangementStore } from '../model/arrangement.ts';
import { useBookmarks, type Bookmarks } from '../model/bookmarks.ts';
import { bookmarkPlace, placedBookmarks } from '../model/bookmark-places.ts';
import type { ReadySet, ReadyTrace } from '../model/ready.ts';
import { timelineCommands } from '../model/timeline-commands.ts';
import { timelineTrace } from '../model/timeline-traces.ts';
import { useLink } from '../model/view-link.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { HandOverMenu } from './HandOverMenu.tsx';
import { SearchBar } from './SearchBar.tsx';
import { TimelineToolbar } from './TimelineToolbar.tsx';

interface TimelineHostProps {
  readonly traceSet: TraceSet;
  readonly set: SourceSet;
  readonly ready: ReadySet;
  readonly store: TraceViewStore;
  readonly bookmarks: Bookmarks;
  /** Where the owner finds the timeline while there is one. */
  readonly timelineRef: RefObject<Timeline | null>;
  readonly visible: boolean;
}

/** What the stores ask of the timeline. */
function connect(timeline: Timeline, store: TraceViewStore, tracks: ArrangementStore): () => void {
  const endView = store.subscribe((now, before) => {
    if (now.revealNonce !== before.revealNonce && now.slice !== null) {
      timeline.goToSlice({ traceKey: now.slice.sourceId, row: now.slice.row });
    }
    if (now.window !== before.window) timeline.showIterations(now.window);
    if (now.iterationNonce !== before.iterationNonce) timeline.showIteration(now.iteration);
  });
  const arrange = ({ arrangement, filter }: ReturnType<ArrangementStore['getState']>): void => {
    timeline.setArrangement(arrangement, filter);
  };
  arrange(tracks.getState());
  const endTracks = tracks.subscribe(arrange);
  return () => {
    endView();
    endTracks();
  };
}

function makeTimeline(
  host: HTMLElement,
  store: TraceViewStore,
  tracks: ArrangementStore,
  own: Pick<TimelineCallbacks, 'onSearch' | 'onFilter' | 'onBookmark'>,
): Timeline {
  const { sliceChosen, instantChosen, iterationShown, rangeChosen } = store.getState();
  return new Timeline(host, {
    onSelect: (ref) => sliceChosen(ref === null ? null : { sourceId: ref.traceKey, row: ref.row }),
    onInstant: (ref) => instantChosen(ref === null ? null : { sourceId: ref.traceKey, index: ref.index }),
    onRange: rangeChosen,
    onIteration: iterationShown,
    onArrangement: (arrangement) => tracks.setState({ arrangement }),
    onRows: (rows) => tracks.setState(rows),
    ...own,
  });
}

/** What the palette may tell the timeline; the focus goes there, so that its keys go on from it. */
function commandsOf(timeline: Timeline, store: TraceViewStore): readonly OfferedCommand[] {
  const group = 'Timeline';
  const told = timelineCommands.map(({ command, keys, title }) => ({
    id: `timeline ${command}`,
    group,
    title,
    keys,
    perform: () => {
      timeline.focus();
      timeline.command(command);
    },
  }));
  const { window, chooseWindow } = store.getState();
  const all = { id: 'timeline all-iterations', group, title: 'All iterations: take the window away' };
  return window === null ? told : [...told, { ...all, perform: () => chooseWindow(null) }];
}

/**
 * Traces of one format look alike; several together have ranks above their tracks. Those that are still being read count:
 * the timeline is made once for a set, and keeps view and focus while more of it arrives.
 */
const kindOf = (traces: readonly ReadyTrace[], several: boolean): string =>
  `${traces[0]?.trace.summary.format ?? ''}${several ? ' ranks' : ''}`;

const NO_PATTERN: SearchPattern = { text: '', isExpression: false, matchCase: false };

interface SearchPlace {
  readonly pattern: SearchPattern;
  readonly setPattern: (pattern: SearchPattern) => void;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly isOpen: boolean;
  readonly open: () => void;
  readonly close: () => void;
}

/** Whether the search is open; Ctrl+F or Cmd+F leads there while the timeline can be seen. */
function useSearchPlace(visible: boolean): SearchPlace {
  const [pattern, setPattern] = useState(NO_PATTERN);
  const [isOpen, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const open = useCallback(() => {
    setOpen(true);
    field.current?.focus();
    field.current?.select();
  }, []);
  useEffect(() => {
    if (!visible) return undefined;
    const listening = new AbortController();
    const onKey = (event: KeyboardEvent): void => {
      const isFind = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'f';
      if (!isFind || event.defaultPrevented) return;
      event.preventDefault();
      open();
    };
    window.addEventListener('keydown', onKey, { signal: listening.signal });
    return () => listening.abort();
  }, [visible, open]);
  return { pattern, setPattern, field, isOpen, open, close: () => setOpen(false) };
}

/** Shows the bookmarks of the open traces on the timeline, also on one that was just made. */
function useShownBookmarks(
  bookmarks: Bookmarks,
  traces: readonly ReadyTrace[],
  timeline: RefObject<Timeline | null>,
  tracks: ArrangementStore,
): void {
  const items = useBookmarks(bookmarks, (state) => state.items);
  useEffect(() => bookmarks.load(traces.map(({ session }) => session.source.sourceId)), [bookmarks, traces]);
  useEffect(
    () => timeline.current?.setBookmarks(placedBookmarks(items, traces)),
    [items, traces, timeline, tracks],
  );
}

/** Gives the canvas timeline a place in React's tree; nothing of a trace passes through React. */
export function TimelineHost(props: TimelineHostProps) {
  const { traceSet, set, ready, store, bookmarks, timelineRef, visible } = props;
  const { traces, several } = ready;
  const host = useRef<HTMLDivElement>(null);
  const filterField = useRef<HTMLInputElement>(null);
  const search = useSearchPlace(visible);
  const { open: openSearch } = search;
  const shown = useMemo(() => traces.map(timelineTrace), [traces]);
  const kind = kindOf(traces, several);
  const tracks = useMemo(() => createArrangementStore(kind), [kind]);
  const noting = useRef<TimelineCallbacks['onBookmark']>(() => undefined);
  useEffect(() => {
    noting.current = (at) => {
      const place = bookmarkPlace(at, traces);
      if (place !== undefined) void bookmarks.add(place.sourceId, place.startNs, place.endNs);
    };
  }, [bookmarks, traces]);

  useEffect(() => {
    if (host.current === null) return undefined;
    const made = makeTimeline(host.current, store, tracks, {
      onSearch: openSearch,
      onFilter: () => filterField.current?.focus(),
      onBookmark: (at) => noting.current(at),
    });
    timelineRef.current = made;
    const endStores = connect(made, store, tracks);
    const endNames = traceSet.onNames(() => made.invalidate());
    return () => {
      timelineRef.current = null;
      endStores();
      endNames();
      made.dispose();
    };
  }, [store, traceSet, tracks, timelineRef, openSearch]);

  // Also runs after the effect above made another timeline, since that shares its inputs.
  useEffect(() => timelineRef.current?.setTraces(shown), [shown, store, traceSet, tracks, timelineRef]);
  useEffect(() => timelineRef.current?.setActive(visible), [visible, store, traceSet, tracks, timelineRef]);
  // A window that was chosen before the timeline was made.
  useEffect(() => {
    const { window } = store.getState();
    if (window !== null) timelineRef.current?.showIterations(window);
  }, [store, traceSet, tracks, timelineRef]);
  useShownBookmarks(bookmarks, traces, timelineRef, tracks);
  useLink(set, ready, store, timelineRef);

  useOffer(() => (visible && timelineRef.current !== null ? commandsOf(timelineRef.current, store) : []));

  return (
    <div className="trace-timeline-host">
      <TimelineToolbar
        store={tracks}
        filterField={filterField}
        onSearch={openSearch}
        onLeave={() => timelineRef.current?.focus()}
      >
        <HandOverMenu traces={ready.traces} store={store} timeline={timelineRef} visible={visible} />
        <ExportMenu set={set} ready={ready} store={store} timeline={timelineRef} visible={visible} />
      </TimelineToolbar>
      {search.isOpen && (
        <SearchBar
          traces={traces}
          store={store}
          timeline={timelineRef}
          field={search.field}
          pattern={search.pattern}
          onPattern={search.setPattern}
          onClose={() => {
            search.close();
            timelineRef.current?.focus();
          }}
        />
      )}
      <div ref={host} className="trace-timeline" />
    </div>
  );
}
