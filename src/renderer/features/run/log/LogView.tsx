// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { LogShow } from '#shared/contract/log.ts';
import type { RunStep } from '#shared/contract/run.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notify, notifyFailure } from '#renderer/stores/notices.ts';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { Terminal } from '#renderer/widgets/terminal/Terminal.tsx';
import type { TerminalScreen } from '#renderer/widgets/terminal/screen.ts';
import { newestStep } from '../model.ts';
import { LogHead } from './LogHead.tsx';
import { useLogPager } from './use-log-pager.ts';
import './log-view.css';

interface LogViewProps {
  readonly id: string;
  /** Of a run that has several, each with outputs of its own. */
  readonly steps?: readonly RunStep[] | undefined;
  readonly live: boolean;
  /** A timing run is looked at less often. */
  readonly profiled: boolean;
}

/** What a run writes: of a run of several steps the one that is chosen, else the newest that has begun. */
export function LogView({ steps, ...rest }: LogViewProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  if (steps === undefined) return <StepLog {...rest} />;
  const step = chosen ?? newestStep(steps);
  const chooser = (
    <Segmented
      label="Step whose log is shown"
      value={step}
      segments={steps.map(({ name, title }) => ({ value: name, label: title }))}
      onChange={setChosen}
    />
  );
  return <StepLog key={step} {...rest} step={step} chooser={chooser} />;
}

interface StepLogProps extends Omit<LogViewProps, 'steps'> {
  readonly step?: string;
  readonly chooser?: ReactNode;
}

/** Both outputs of a program as a terminal shows them; follows the end unless the user scrolls away from it. */
function StepLog({ id, step, chooser, live, profiled }: StepLogProps) {
  const [show, setShow] = useState<LogShow>('both');
  const { state, pagerRef, attach } = useLogPager({ id, step }, live, profiled, show);
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
  const onGoUp = useCallback(() => pagerRef.current?.setFollow(false), [pagerRef]);
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
        chooser={chooser}
        pagerRef={pagerRef}
        show={show}
        onShow={setShow}
        search={search}
        onCopy={copy}
        onOpen={() => {
          const stream = show === 'stderr' ? 'stderr' : 'stdout';
          invoke('runs.openLog', { id, stream, step }).catch(notifyFailure);
        }}
      />
      <div className="log__box" onKeyDown={onKeyDown}>
        {state.total === 0 && !state.hasTail && (
          <p className="log__empty">
            {state.ended ? 'The program wrote nothing here.' : 'Nothing written yet.'}
          </p>
        )}
        <Terminal
          label="Program output"
          screenRef={screen}
          attach={attach}
          onScroll={onScroll}
          onGoUp={onGoUp}
        />
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
