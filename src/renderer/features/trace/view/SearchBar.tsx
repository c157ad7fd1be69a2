// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { plural } from '#renderer/base/format.ts';
import type { SearchPattern } from '#renderer/data/trace-session.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import type { TraceViewStore } from '#renderer/stores/trace-view.ts';
import type { Timeline } from '#renderer/timeline/timeline.ts';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { farEnd, nearestHit, patternOf, stepFrom, type Way } from '../model/search.ts';
import type { ReadyTrace } from '../model/ready.ts';
import { FoundNames } from './FoundNames.tsx';
import { useSearch, type SearchState } from './use-search.ts';
import './search-bar.css';

/** Search as you type through the names and kinds of all slices; the timeline dims what does not match. */

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
async function step(of: SearchBarProps, way: Way): Promise<void> {
  const { traces, store, timeline, pattern } = of;
  if (timeline.current === null || pattern.text === '') return;
  const from = await stepFrom(traces, store.getState().slice, timeline.current.view, way);
  const hit =
    (await nearestHit(traces, pattern, from, way)) ??
    (await nearestHit(traces, pattern, farEnd(traces, way), way));
  if (hit !== null) store.getState().goToSlice(hit);
}

/** Steps one after the other: keys may come faster than answers. */
function useSteps(props: SearchBarProps): (way: Way) => void {
  const last = useRef(Promise.resolve());
  return (way) => {
    last.current = last.current.then(() => step(props, way)).catch(notifyFailure);
  };
}

/** Tells the timeline what stays bright, until the search is closed. */
function useHits(state: SearchState, timeline: RefObject<Timeline | null>): void {
  const found = state !== null && 'found' in state ? state.found : null;
  useEffect(() => {
    const shown = timeline.current;
    if (found === null) return undefined;
    shown?.setHits(found.hits);
    return () => shown?.setHits([]);
  }, [found, timeline]);
}

function answerText(state: SearchState): string {
  if (state === null || 'message' in state) return '';
  const { count, totalNs } = state.found;
  return count === 0 ? 'No slice' : `${plural(count, 'slice')} · ${formatDurationNs(totalNs)}`;
}

export function SearchBar(props: SearchBarProps) {
  const { traces, timeline, field, pattern, onPattern, onClose } = props;
  const [listed, setListed] = useState(false);
  const state = useSearch(traces, pattern);
  const go = useSteps(props);
  useHits(state, timeline);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [field]);
  const names = state !== null && 'found' in state ? state.found.names : [];
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && event.target === field.current) {
      go(event.shiftKey ? 'previous' : 'next');
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="search-bar" role="search" aria-label="Search slices" onKeyDown={onKeyDown}>
      <div className="search-bar__line">
        <PatternFields field={field} pattern={pattern} bad={isBad(state)} onPattern={onPattern} />
        <span className="search-bar__answer" role="status">
          {answerText(state)}
        </span>
        <IconButton
          icon="up"
          label="Previous hit"
          shortcut="Shift+Enter"
          small
          disabled={names.length === 0}
          onClick={() => go('previous')}
        />
        <IconButton
          icon="down"
          label="Next hit"
          shortcut="Enter"
          small
          disabled={names.length === 0}
          onClick={() => go('next')}
        />
        <AllButton state={state} pressed={listed} onPress={() => setListed(!listed)} />
        <span className="search-bar__space" />
        <IconButton icon="close" label="Close the search" shortcut="Escape" small onClick={onClose} />
      </div>
      {state !== null && 'message' in state && (
        <p className="search-bar__problem" role="alert">
          {state.message}
        </p>
      )}
      {listed && names.length > 0 && (
        <FoundNames names={names} onChoose={(name) => onPattern(patternOf(name, names))} />
      )}
    </div>
  );
}

const isBad = (state: SearchState): boolean => state !== null && 'message' in state;

interface PatternFieldsProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly pattern: SearchPattern;
  readonly bad: boolean;
  readonly onPattern: (pattern: SearchPattern) => void;
}

function PatternFields({ field, pattern, bad, onPattern }: PatternFieldsProps) {
  const { text, matchCase, isExpression } = pattern;
  return (
    <>
      <input
        ref={field}
        className="field__input search-bar__field"
        type="text"
        aria-label="Search names and kinds"
        aria-invalid={bad}
        placeholder="Search names and kinds"
        value={text}
        maxLength={10_000}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onPattern({ ...pattern, text: event.target.value })}
      />
      <button
        type="button"
        className="search-bar__option"
        aria-label="Match case"
        title="Match case"
        aria-pressed={matchCase}
        onClick={() => onPattern({ ...pattern, matchCase: !matchCase })}
      >
        Aa
      </button>
      <button
        type="button"
        className="search-bar__option"
        aria-label="Regular expression"
        title="Regular expression"
        aria-pressed={isExpression}
        onClick={() => onPattern({ ...pattern, isExpression: !isExpression })}
      >
        .*
      </button>
    </>
  );
}

interface AllButtonProps {
  readonly state: SearchState;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function AllButton({ state, pressed, onPress }: AllButtonProps) {
  if (state === null || 'message' in state || state.found.count === 0) return null;
  const { names, complete } = state.found;
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
