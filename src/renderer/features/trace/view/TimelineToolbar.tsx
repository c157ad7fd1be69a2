// SPDX-License-Identifier: Apache-2.0
import type { KeyboardEvent, ReactNode, RefObject } from 'react';
import { formatCount } from '#shared/base/units.ts';
import { NO_ARRANGEMENT, withAllShown, withRowHeight } from '#renderer/timeline/arrangement.ts';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { useArrangement, type ArrangementStore } from '../model/arrangement.ts';
import { Legend } from './Legend.tsx';
import './toolbar.css';

interface TimelineToolbarProps {
  readonly store: ArrangementStore;
  readonly filterField: RefObject<HTMLInputElement | null>;
  readonly onSearch: () => void;
  /** The keyboard goes back to the timeline. */
  readonly onLeave: () => void;
  /** Stands at the end. */
  readonly children?: ReactNode;
}

const HEIGHTS = [
  { value: 'compact', label: 'Low' },
  { value: 'normal', label: 'Normal' },
  { value: 'tall', label: 'High' },
] as const;

/** Which tracks are shown, and how high. */
export function TimelineToolbar({ store, filterField, onSearch, onLeave, children }: TimelineToolbarProps) {
  const arrangement = useArrangement(store, (state) => state.arrangement);
  const filter = useArrangement(store, (state) => state.filter);
  const shown = useArrangement(store, (state) => state.shown);
  const hidden = useArrangement(store, (state) => state.hidden);
  const arranged = arrangement !== NO_ARRANGEMENT;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' && event.key !== 'Enter') return;
    event.preventDefault();
    if (event.key === 'Escape') store.setState({ filter: '' });
    onLeave();
  };
  return (
    <div className="trace-toolbar" role="toolbar" aria-label="Tracks">
      <input
        ref={filterField}
        className="field__input trace-toolbar__filter"
        type="search"
        aria-label="Filter tracks"
        placeholder="Filter tracks  T"
        value={filter}
        spellCheck={false}
        onChange={(event) => store.setState({ filter: event.target.value })}
        onKeyDown={onKeyDown}
      />
      <span className="trace-toolbar__count" role="status">
        {filter !== '' && shown === 0 ? 'No track has this in its name' : `${formatCount(shown)} rows`}
      </span>
      {hidden > 0 && (
        <button
          type="button"
          className="trace-toolbar__hidden"
          onClick={() => store.setState({ arrangement: withAllShown(arrangement) })}
        >
          {formatCount(hidden)} hidden: show all
        </button>
      )}
      <span className="trace-toolbar__space" />
      <IconButton icon="search" label="Search slices" shortcut="/" small onClick={onSearch} />
      <Segmented
        label="Height of rows"
        value={arrangement.rowHeight}
        segments={HEIGHTS}
        onChange={(rowHeight) => store.setState({ arrangement: withRowHeight(arrangement, rowHeight) })}
      />
      <IconButton
        icon="again"
        label="Arrange tracks as at first"
        small
        disabled={!arranged}
        onClick={() => store.setState({ arrangement: NO_ARRANGEMENT })}
      />
      <Legend />
      {children}
    </div>
  );
}
