// SPDX-License-Identifier: Apache-2.0
import { Notification } from 'electron';
import type { BrowserWindow } from 'electron';
import { endStates } from '#shared/contract/run.ts';
import type { RunSummary } from '#shared/contract/run.ts';

const words = {
  ready: 'is ready',
  failed: 'failed',
  cancelled: 'was cancelled',
  interrupted: 'was interrupted',
} as const;

/** Tells by the desktop that a run has ended, unless its window is what the user looks at. */
export function notifyEnd(run: RunSummary, window: BrowserWindow | undefined): void {
  const { state } = run;
  if (!endStates.has(state) || window?.isFocused() === true || !Notification.isSupported()) return;
  const notification = new Notification({
    title: `The run ${words[state as keyof typeof words]}`,
    body: run.failure?.message ?? run.title,
    silent: true,
  });
  notification.on('click', () => {
    window?.show();
    window?.focus();
  });
  notification.show();
}
