// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { LogShow } from '#shared/contract/log.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';
import { Terminal } from '#renderer/widgets/terminal/Terminal.tsx';
import type { TerminalScreen } from '#renderer/widgets/terminal/screen.ts';
import { LogHead } from './LogHead.tsx';
import { useLogPager } from './use-log-pager.ts';
import './log-view.css';

interface LogViewProps {
  readonly id: string;
  readonly live: boolean;
  /** A timing run is looked at less often. */
  readonly profiled: boolean;
}

/** Both outputs of a run as a terminal shows them; follows the end unless the user scrolls away from it. */
export function LogView({ id, live, profiled }: LogViewProps) {
  const [show, setShow] = useState<LogShow>('both');
  const { state, pagerRef, attach } = useLogPager(id, live, profiled, show);
  const screen = useRef<TerminalScreen | null>(null);
  const section = useRef<HTMLElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useFindKey(section, search);

  const copy = useCallback(() => {
    const text = screen.current?.selection ?? '';
    if (text === '') notify('note', 'Nothing is selected in the log: drag over the lines to copy first.');
    else navigator.clipboard.writeText(text).catch(notifyFailure);
  }, []);
  const onScroll = useCallback(
    (at: { readonly top: boolean; readonly bottom: boolean }) => pagerRef.current?.scrolled(at),
    [pagerRef],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    if (screen.current === null || pagerRef.current === null || event.altKey) return;
    const actions = keyActions(screen.current, pagerRef.current, copy);
    const action = actions[event.ctrlKey || event.metaKey ? `Mod+${event.key.toLowerCase()}` : event.key];
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  return (
    <section ref={section} className="log" aria-label="Log">
      <LogHead
        state={state}
        pagerRef={pagerRef}
        show={show}
        onShow={setShow}
        search={search}
        onCopy={copy}
        onOpen={() => {
          const stream = show === 'stderr' ? 'stderr' : 'stdout';
          invoke('runs.openLog', { id, stream }).catch(notifyFailure);
        }}
      />
      <div className="log__box" onKeyDown={onKeyDown}>
        {state.total === 0 && !state.hasTail && (
          <p className="log__empty">
            {state.ended ? 'The program wrote nothing here.' : 'Nothing written yet.'}
          </p>
        )}
        <Terminal label="Program output" screenRef={screen} attach={attach} onScroll={onScroll} />
      </div>
    </section>
  );
}

type Pager = NonNullable<ReturnType<typeof useLogPager>['pagerRef']['current']>;

/** Keys of the terminal itself; Tab leaves it. */
function keyActions(
  screen: TerminalScreen,
  pager: Pager,
  copy: () => void,
): Readonly<Partial<Record<string, () => void>>> {
  return {
    ArrowUp: () => screen.scrollRows(-1),
    ArrowDown: () => screen.scrollRows(1),
    PageUp: () => screen.scrollPages(-1),
    PageDown: () => screen.scrollPages(1),
    ' ': () => screen.scrollPages(1),
    Home: () => pager.toStart(),
    End: () => {
      pager.setFollow(true);
      pager.toEnd();
    },
    F3: () => pager.step(1),
    'Mod+c': copy,
    'Mod+a': () => screen.selectAll(),
  };
}

/** Ctrl+F or Cmd+F leads to the search while the log can be seen. */
function useFindKey(
  section: { readonly current: HTMLElement | null },
  search: { readonly current: HTMLInputElement | null },
): void {
  useEffect(() => {
    const listening = new AbortController();
    const onKey = (event: globalThis.KeyboardEvent): void => {
      const isFind = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'f';
      if (!isFind || section.current?.checkVisibility() !== true) return;
      event.preventDefault();
      search.current?.focus();
      search.current?.select();
    };
    window.addEventListener('keydown', onKey, { signal: listening.signal });
    return () => {
      listening.abort();
    };
  }, [section, search]);
}
