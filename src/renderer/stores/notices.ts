// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import { toFailure, type ErrorCode } from '#shared/base/errors.ts';

/** What went wrong (or is worth saying) anywhere, kept until the user dismisses it. */
export interface NoticeEntry {
  readonly id: number;
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly code?: ErrorCode;
  /** How often the same was said. */
  readonly count: number;
  /** What can be done about it; doing it dismisses the notice. */
  readonly action?: NoticeAction;
}

export interface NoticeAction {
  readonly label: string;
  readonly perform: () => void;
}

interface NoticesState {
  readonly entries: readonly NoticeEntry[];
}

/** More than anyone reads at once; the oldest go first. */
const MOST_ENTRIES = 50;
let nextId = 1;

export const useNotices = create<NoticesState>(() => ({ entries: [] }));

/** Adds a notice; the same sentence said again is counted, not repeated. */
export function notify(severity: NoticeEntry['severity'], message: string, code?: ErrorCode): void {
  useNotices.setState(({ entries }) => {
    const same = entries.find((entry) => entry.message === message && entry.severity === severity);
    if (same !== undefined) {
      return {
        entries: entries.map((entry) => (entry === same ? { ...entry, count: entry.count + 1 } : entry)),
      };
    }
    const added: NoticeEntry = {
      id: nextId++,
      severity,
      message,
      count: 1,
      ...(code === undefined ? {} : { code }),
    };
    return { entries: [...entries, added].slice(-MOST_ENTRIES) };
  });
}

/** Says something that can be answered, such as a deletion that can be undone. */
export function notifyWithAction(message: string, action: NoticeAction): void {
  useNotices.setState(({ entries }) => {
    const added: NoticeEntry = { id: nextId++, severity: 'note', message, count: 1, action };
    return { entries: [...entries, added].slice(-MOST_ENTRIES) };
  });
}

/** Says why something failed. What was cancelled on purpose is no news. */
export function notifyFailure(thrown: unknown): void {
  const failure = toFailure(thrown);
  if (failure.code === 'request.cancelled') return;
  const { message, path } = failure;
  notify(
    'error',
    path === undefined || message.includes(path) ? message : `${message} (${path})`,
    failure.code,
  );
}

export function dismissNotice(id: number): void {
  useNotices.setState(({ entries }) => ({ entries: entries.filter((entry) => entry.id !== id) }));
}

/** Dismisses the newest; false when there was none. */
export function dismissNewestNotice(): boolean {
  const newest = useNotices.getState().entries.at(-1);
  if (newest === undefined) return false;
  dismissNotice(newest.id);
  return true;
}
