// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import type { LogShow } from '#shared/contract/log.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { emptyLog, LogPager, type LogScreen, type LogState } from './pager.ts';

/** Ten times a second is more than anyone reads; twice while a timing run lives, which nothing may perturb. */
const POLL_MS = { profiled: 250, timing: 500 } as const;

export interface RunLog {
  readonly state: LogState;
  readonly pagerRef: RefObject<LogPager | null>;
  /** Begins to show the log on a screen; the function ends it. */
  readonly attach: (screen: LogScreen) => () => void;
}

/** A run's log on a screen: followed while the run lives, to its end when it has ended. */
export function useLogPager(
  { id, step }: { readonly id: string; readonly step: string | undefined },
  live: boolean,
  profiled: boolean,
  show: LogShow,
): RunLog {
  const [state, setState] = useState<LogState>(emptyLog);
  const pagerRef = useRef<LogPager | null>(null);
  const first = useRef({ show, live });
  useEffect(() => {
    first.current = { show, live };
    pagerRef.current?.setShow(show);
  }, [show, live]);
  const attach = useCallback(
    (screen: LogScreen) => {
      const source = {
        page: (request: Parameters<LogPagerSource['page']>[0]) =>
          invoke('runs.logPage', { id, step, ...request }),
        search: (request: Parameters<LogPagerSource['search']>[0]) =>
          invoke('runs.searchLog', { id, step, ...request }),
      };
      const pollMs = profiled ? POLL_MS.profiled : POLL_MS.timing;
      const parts = { source, screen, onState: setState, onFailure: notifyFailure, pollMs };
      const made = new LogPager(parts, first.current.show, first.current.live);
      pagerRef.current = made;
      return () => {
        made.stop();
        pagerRef.current = null;
      };
    },
    [id, step, profiled],
  );
  return { state, pagerRef, attach };
}

type LogPagerSource = ConstructorParameters<typeof LogPager>[0]['source'];
