// SPDX-License-Identifier: Apache-2.0
import type { SourceSet } from '#shared/contract/app.ts';
import { invoke, openFiles } from '#renderer/data/bridge.ts';
import { launch } from '#renderer/features/launcher/index.tsx';
import { cancelRun } from '#renderer/features/run/index.tsx';
import { addOpened, removeOpened, useOpened } from '#renderer/stores/opened.ts';
import { goTo, showDiagnostics, showInfo, showKeys, useNavigation } from '#renderer/stores/navigation.ts';
import { dismissNewestNotice, notifyFailure } from '#renderer/stores/notices.ts';
import { showPalette, usePalette } from '#renderer/stores/palette.ts';
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

/** The run that is shown and has not ended. */
function livingRun() {
  const { place } = useNavigation.getState();
  const shown = place.kind === 'run' ? place.id : null;
  return useRuns.getState().summaries?.find(({ id, state }) => id === shown && !isEnded(state));
}

/** Whether a command would do something where the user is. */
export function isPossible({ kind }: Command): boolean {
  if (kind === 'launch') return useNavigation.getState().place.kind === 'launcher';
  return kind !== 'cancel-run' || livingRun() !== undefined;
}

/** Whatever dialog is open is about one thing: the palette leaves it alone. It may itself be about to go. */
const isModalOpen = (): boolean =>
  document.querySelector('[role="dialog"]:not(.palette), [role="alertdialog"], [role="menu"]') !== null;

function togglePalette(): void {
  if (usePalette.getState().shown) showPalette(false);
  else if (!isModalOpen()) showPalette(true);
}

export function perform(command: Command): void {
  const { place, keysShown, infoShown, diagnosticsShown } = useNavigation.getState();
  if (command.kind !== 'palette') showPalette(false);
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
      const run = livingRun();
      if (run !== undefined) void cancelRun(run.id);
      break;
    }
    case 'settings':
      goTo({ kind: 'settings' });
      break;
    case 'keys':
      showKeys(true);
      break;
    case 'palette':
      togglePalette();
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
