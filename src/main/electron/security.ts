// SPDX-License-Identifier: Apache-2.0
import { app, session } from 'electron';
import type { WebContents } from 'electron';
import { APP_ORIGIN } from './app-protocol.ts';

/** Whether an address is a page of this application. */
export function isAppAddress(address: string): boolean {
  return address === APP_ORIGIN || address.startsWith(`${APP_ORIGIN}/`);
}

function lock(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** What no page may do, set for every page before the first is made. */
export function lockDown(): void {
  app.on('web-contents-created', (_event, contents) => {
    lock(contents);
  });
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, decide, details) => {
    decide(permission === 'clipboard-sanitized-write' && isAppAddress(details.requestingUrl));
  });
  defaultSession.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === 'clipboard-sanitized-write' && isAppAddress(origin),
  );
  defaultSession.setDevicePermissionHandler(() => false);
  // The application asks nothing of the network; a page that does is stopped here as well.
  defaultSession.webRequest.onBeforeRequest((details, decide) => {
    const allowed = isAppAddress(details.url) || /^(data|blob|devtools):/.test(details.url);
    decide({ cancel: !allowed });
  });
}
