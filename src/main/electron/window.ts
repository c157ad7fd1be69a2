// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme } from 'electron';
import { eventChannel } from '#shared/contract/methods.ts';
import type { EventName } from '#shared/contract/methods.ts';
import type { EventPayload } from '#shared/contract/contract.ts';
import type { Theme } from '#shared/contract/settings.ts';
import { APP_ORIGIN } from './app-protocol.ts';

const BACKGROUND = { dark: '#101317', light: '#f4f5f7' } as const;

/** The one window. Shown when it has something to show, so that no white flash precedes it. */
export function createWindow(distFolder: string, iconPath: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1600,
    height: 900,
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Iterscope',
    icon: iconPath,
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: join(distFolder, 'preload', 'index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
      // Progress of a run must stay true while the window is behind another.
      backgroundThrottling: false,
    },
  });
  window.removeMenu();
  window.once('ready-to-show', () => {
    window.show();
    if (process.env['ITERSCOPE_PRINT_READY'] === '1') process.stdout.write('window ready\n');
  });
  void window.loadURL(`${APP_ORIGIN}/index.html`);
  return window;
}

/** Sends an event to a window that still exists. */
export function sendEvent<E extends EventName>(
  window: BrowserWindow | undefined,
  name: E,
  payload: EventPayload<E>,
): void {
  if (window === undefined || window.isDestroyed()) return;
  window.webContents.send(eventChannel(name), payload);
}

export function applyTheme(theme: Theme): void {
  nativeTheme.themeSource = theme;
}
