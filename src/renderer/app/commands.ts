// SPDX-License-Identifier: Apache-2.0
import type { SourceSet } from '#shared/contract/app.ts';
import { invoke, openFiles } from '#renderer/data/bridge.ts';
import { launch } from '#renderer/features/launcher/index.tsx';
import { cancelRun } from '#renderer/features/run/index.tsx';
import { addOpened, removeOpened, useOpened } from '#renderer/stores/opened.ts';
import { goTo, showDiagnostics, showInfo, showKeys, useNavigation } from '#renderer/stores/navigation.ts';
import { dismissNewestNotice, notifyFailure } from '#renderer/stores/notices.ts';
import { isEnded } from '#renderer/stores/run-state.ts';
import { useRuns } from '#renderer/stores/runs.ts';
import { isMac } from './platform.ts';
import { commandOf, type Command } from './shortcuts.ts';

export function showSet(set: SourceSet): void {
  goTo({ kind: 'opened', key: addOpened(set) });
}

export async function openByDialog(): Promise<void> {
  try {
    const set = await invoke('sources.choose');
    if (set !== null) showSet(set);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

export async function openDropped(files: readonly File[]): Promise<void> {
  try {
    showSet(await openFiles(files));
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

/** Closes opened files; what was shown gives way to the launcher. */
export function closeSet(key: string): void {
  const { place } = useNavigation.getState();
  removeOpened(key);
  if (place.kind !== 'opened' || place.key !== key) return;
  const next = useOpened.getState().sets.at(-1);
  goTo(next === undefined ? { kind: 'launcher' } : { kind: 'opened', key: next.key });
}

function perform(command: Command): void {
  const { place, keysShown, infoShown, diagnosticsShown } = useNavigation.getState();
  switch (command.kind) {
    case 'new-run':
      goTo({ kind: 'launcher' });
      break;
    case 'open':
      void openByDialog();
      break;
    case 'library':
      goTo({ kind: 'library' });
      break;
    case 'launch':
      if (place.kind === 'launcher') void launch();
      break;
    case 'show-run': {
      const run = useRuns.getState().summaries?.[command.place];
      if (run !== undefined) goTo({ kind: 'run', id: run.id });
      break;
    }
    case 'cancel-run': {
      const shown = place.kind === 'run' ? place.id : null;
      const run = useRuns.getState().summaries?.find(({ id }) => id === shown);
      if (run !== undefined && !isEnded(run.state)) void cancelRun(run.id);
      break;
    }
    case 'settings':
      goTo({ kind: 'settings' });
      break;
    case 'keys':
      showKeys(true);
      break;
    case 'dismiss':
      if (keysShown || infoShown || diagnosticsShown) {
        showKeys(false);
        showInfo(false);
        showDiagnostics(false);
      } else dismissNewestNotice();
      break;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

/** Listens to the window's keys; returns the function that ends it. */
export function listenToKeys(): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const typing = isTyping(event.target);
    const command = commandOf({ key, ctrlKey, metaKey, altKey, shiftKey, typing }, isMac);
    if (command === null) return;
    if (command.kind !== 'dismiss') event.preventDefault();
    perform(command);
  };
  window.addEventListener('keydown', onKeyDown);
  return () => {
    window.removeEventListener('keydown', onKeyDown);
  };
}
