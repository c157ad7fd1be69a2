// SPDX-License-Identifier: Apache-2.0
import { useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { formatCount } from '#shared/base/units.ts';
import type { LogShow } from '#shared/contract/log.ts';
import { plural } from '#renderer/base/format.ts';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { Switch } from '#renderer/widgets/Switch.tsx';
import type { LogPager, LogSearchState, LogState } from './pager.ts';

interface LogHeadProps {
  readonly state: LogState;
  /** Chooses among several logs, where there are. */
  readonly chooser: ReactNode;
  readonly pagerRef: RefObject<LogPager | null>;
  readonly show: LogShow;
  readonly onShow: (show: LogShow) => void;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onCopy: () => void;
  readonly onOpen: () => void;
}

/** What of the log is shown, how much there is, and what can be done with it. */
export function LogHead({ state, chooser, pagerRef, show, onShow, search, onCopy, onOpen }: LogHeadProps) {
  return (
    <div className="log__head">
      <h2 className="log__title">Log</h2>
      {chooser}
      <span className="log__count">{countText(state)}</span>
      <LogSearch state={state.search} pagerRef={pagerRef} input={search} />
      <Segmented
        label="Output shown"
        value={show}
        segments={[
          { value: 'both', label: 'Both' },
          { value: 'stdout', label: 'stdout' },
          {
            value: 'stderr',
            label: state.errorTotal > 0 ? `stderr ${formatCount(state.errorTotal)}` : 'stderr',
          },
        ]}
        onChange={onShow}
      />
      {!state.ended && (
        <Switch
          label="Follow"
          checked={state.follow}
          onChange={(follow) => pagerRef.current?.setFollow(follow)}
          help="Shows new lines as they come. Scrolling up pauses it, scrolling to the end goes on."
        />
      )}
      <span className="log__buttons">
        <IconButton icon="copy" label="Copy what is selected" shortcut="Ctrl+C" small onClick={onCopy} />
        <IconButton icon="file" label="Open the log’s file" small onClick={onOpen} />
      </span>
    </div>
  );
}

function countText({ from, to, total }: LogState): string {
  const all = plural(total, 'line');
  // Only where it is not everything: which piece of it can be scrolled without loading another.
  if (from === 0 && to >= total) return all;
  return `${formatCount(from + 1)}–${formatCount(to)} of ${all}`;
}

export function matchText({ count, at }: LogSearchState): string {
  if (count === null) return 'Searching…';
  if (count === 0) return 'No line';
  return at === null ? plural(count, 'line') : `${formatCount(at + 1)} of ${plural(count, 'line')}`;
}

interface LogSearchProps {
  readonly state: LogSearchState | null;
  readonly pagerRef: RefObject<LogPager | null>;
  readonly input: RefObject<HTMLInputElement | null>;
}

function LogSearch({ state, pagerRef, input }: LogSearchProps) {
  const [text, setText] = useState('');
  const [matchCase, setMatchCase] = useState(false);
  const change = (nextText: string, nextCase: boolean): void => {
    setText(nextText);
    setMatchCase(nextCase);
    pagerRef.current?.search(nextText, nextCase);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === 'F3') pagerRef.current?.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && text !== '') change('', matchCase);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="log__search" role="search">
      <input
        ref={input}
        className="log__search-input"
        type="text"
        value={text}
        placeholder="Search the whole log"
        aria-label="Search the log"
        spellCheck={false}
        onChange={(event) => {
          change(event.target.value, matchCase);
        }}
        onKeyDown={onKeyDown}
      />
      <button
        type="button"
        className="log__case"
        aria-pressed={matchCase}
        aria-label="Match case"
        title="Match case"
        onClick={() => {
          change(text, !matchCase);
        }}
      >
        Aa
      </button>
      <span className="log__matches" role="status">
        {state === null ? '' : matchText(state)}
      </span>
      <IconButton
        icon="up"
        label="Previous line that holds it"
        shortcut="Shift+Enter"
        small
        disabled={(state?.count ?? 0) === 0}
        onClick={() => pagerRef.current?.step(-1)}
      />
      <IconButton
        icon="down"
        label="Next line that holds it"
        shortcut="Enter"
        small
        disabled={(state?.count ?? 0) === 0}
        onClick={() => pagerRef.current?.step(1)}
      />
    </div>
  );
}
