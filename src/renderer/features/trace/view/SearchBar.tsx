// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { plural } from '#renderer/base/format.ts';
import type { SearchPattern } from '#renderer/data/trace-session.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import type { TraceViewStore } from '#renderer/stores/trace-view.ts';
import type { Timeline } from '#renderer/timeline/timeline.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';
import {
  farEnd,
  nearestHit,
  patternOf,
  placeAfter,
  stepFrom,
  type Found,
  type Way,
} from '../model/search.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { FoundNames } from './FoundNames.tsx';
import { PatternFields } from './PatternFields.tsx';
import { foundOf, useArgumentSearch, useSearch, type SearchState } from './use-search.ts';
import './search-bar.css';

/**
 * Search as you type through the names and kinds of all slices, or, when asked, through their arguments; the timeline
 * dims what does not match.
 */

interface SearchBarProps {
  readonly traces: readonly ReadyTrace[];
  readonly store: TraceViewStore;
  readonly timeline: RefObject<Timeline | null>;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly pattern: SearchPattern;
  readonly onPattern: (pattern: SearchPattern) => void;
  readonly onClose: () => void;
}

/** Leads to the hit after or before the selected slice, and on from the other end after the last one. */
async function step(of: SearchBarProps, found: Found | null, way: Way): Promise<void> {
  const { traces, store, timeline, pattern } = of;
  if (timeline.current === null || pattern.text === '') return;
  const from = await stepFrom(traces, store.getState().slice, timeline.current.view, way);
  if (found !== null && found.places !== null) {
    const place = placeAfter(found.places, from, way);
    const sourceId = traces[place?.traceIndex ?? -1]?.session.source.sourceId;
    if (place !== undefined && sourceId !== undefined) {
      store.getState().goToSlice({ sourceId, row: place.row });
    }
    return;
  }
  const hit =
    (await nearestHit(traces, pattern, from, way)) ??
    (await nearestHit(traces, pattern, farEnd(traces, way), way));
  if (hit !== null) store.getState().goToSlice(hit);
}

/** Steps one after the other: keys may come faster than answers. */
function useSteps(props: SearchBarProps, found: Found | null): (way: Way) => void {
  const last = useRef(Promise.resolve());
  return (way) => {
    last.current = last.current.then(() => step(props, found, way)).catch(notifyFailure);
  };
}

/** Tells the timeline what stays bright, until the search is closed. */
function useHits(found: Found | null, timeline: RefObject<Timeline | null>): void {
  useEffect(() => {
    const shown = timeline.current;
    if (found === null) return undefined;
    shown?.setHits(found.hits);
    return () => shown?.setHits([]);
  }, [found, timeline]);
}

function answerText(state: SearchState, inArguments: boolean): string {
  if (state === null) return inArguments ? 'Enter reads the arguments' : '';
  if ('message' in state) return '';
  if ('reading' in state) return `${plural(state.reading.count, 'slice')} so far`;
  const { count, totalNs } = state.found;
  return count === 0 ? 'No slice' : `${plural(count, 'slice')} · ${formatDurationNs(totalNs)}`;
}

/** How far the reading is, and its end. */
function Reading({ state }: { readonly state: SearchState }) {
  if (state === null || !('reading' in state)) return null;
  const { done, total } = state.reading;
  return (
    <>
      <span className="search-bar__progress">
        <ProgressBar label="Reading arguments" ratio={done / Math.max(total, 1)} />
      </span>
      <Button variant="quiet" onClick={state.cancel}>
        Cancel
      </Button>
    </>
  );
}

interface StepButtonsProps {
  readonly none: boolean;
  readonly go: (way: Way) => void;
}

function StepButtons({ none, go }: StepButtonsProps) {
  return (
    <>
      <IconButton
        icon="up"
        label="Previous hit"
        shortcut="Shift+Enter"
        small
        disabled={none}
        onClick={() => go('previous')}
      />
      <IconButton
        icon="down"
        label="Next hit"
        shortcut="Enter"
        small
        disabled={none}
        onClick={() => go('next')}
      />
    </>
  );
}

export function SearchBar(props: SearchBarProps) {
  const { traces, timeline, field, pattern, onPattern, onClose } = props;
  const [listed, setListed] = useState(false);
  const [inArguments, setInArguments] = useState(false);
  const typed = useSearch(traces, pattern, !inArguments);
  const read = useArgumentSearch(traces, pattern, inArguments);
  const state = inArguments ? read.state : typed;
  const found = foundOf(state);
  const go = useSteps(props, found);
  useHits(found, timeline);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [field]);
  const names = found?.names ?? [];
  const enter = (way: Way): void => {
    if (pattern.text === '') return;
    if (inArguments && found === null) read.begin();
    else go(way);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && event.target === field.current) {
      enter(event.shiftKey ? 'previous' : 'next');
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const choose = (name: string): void => {
    setInArguments(false);
    onPattern(patternOf(name, names));
  };
  return (
    <div className="search-bar" role="search" aria-label="Search slices" onKeyDown={onKeyDown}>
      <div className="search-bar__line">
        <PatternFields
          field={field}
          pattern={pattern}
          bad={isBad(state)}
          onPattern={onPattern}
          inArguments={inArguments}
          onArguments={setInArguments}
        />
        <span className="search-bar__answer" role="status">
          {answerText(state, inArguments && pattern.text !== '')}
        </span>
        <Reading state={state} />
        <StepButtons none={names.length === 0} go={go} />
        <AllButton found={found} pressed={listed} onPress={() => setListed(!listed)} />
        <span className="search-bar__space" />
        <IconButton icon="close" label="Close the search" shortcut="Escape" small onClick={onClose} />
      </div>
      {state !== null && 'message' in state && (
        <p className="search-bar__problem" role="alert">
          {state.message}
        </p>
      )}
      {listed && names.length > 0 && <FoundNames names={names} onChoose={choose} />}
    </div>
  );
}

const isBad = (state: SearchState): boolean => state !== null && 'message' in state;

interface AllButtonProps {
  readonly found: Found | null;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function AllButton({ found, pressed, onPress }: AllButtonProps) {
  if (found === null || found.count === 0) return null;
  const { names, complete } = found;
  const count = names.length === 1 ? '1 name' : `${formatCount(names.length)} names`;
  return (
    <button
      type="button"
      className="search-bar__all"
      aria-expanded={pressed}
      title="List the names found; a row narrows the search to its name"
      onClick={onPress}
    >
      {complete ? `All: ${count}` : `The first ${count}`}
    </button>
  );
}
