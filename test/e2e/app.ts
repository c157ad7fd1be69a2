// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, expect, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { startXvfb, xvfbIsWanted } from '../../scripts/lib/display.mjs';

/** The application, started for one test in a home folder of its own. */
export interface Application {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly home: string;
}

export interface StartOptions {
  readonly files?: readonly string[];
  readonly home?: string;
  /** The application's folder, where it is not the repository's root. */
  readonly appFolder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const runtimeFolder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];

/** Chromium refuses to run its sandbox as root; the window stays isolated all the same. */
const rootArguments = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** This worker's own display: on one, windows of two applications take pointer and clipboard from each other. */
let display: Promise<Record<string, string>> | undefined;

async function startDisplay(): Promise<Record<string, string>> {
  if (!xvfbIsWanted()) return {};
  return { DISPLAY: (await startXvfb()).display };
}

export async function startApplication(options: StartOptions = {}): Promise<Application> {
  if (runtimeFolder === undefined)
    throw new Error('ELECTRON_OVERRIDE_DIST_PATH must name the Electron runtime');
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'iterscope-e2e-'));
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  display ??= startDisplay();
  const app = await _electron.launch({
    executablePath: join(runtimeFolder, 'electron'),
    args: [...rootArguments, options.appFolder ?? resolve('.'), ...(options.files ?? [])],
    env: { ...Object.fromEntries(inherited), ...(await display), ITERSCOPE_HOME: home, ...options.env },
  });
  const page = await app.firstWindow();
  await page.waitForLoadState('domcontentloaded');
  return { app, page, home };
}

interface Fixtures {
  readonly start: (options?: StartOptions) => Promise<Application>;
}

/** `start` opens the application as often as a test asks; everything is closed and removed at its end. */
export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern -- Playwright insists on a pattern here
  start: async ({}, use) => {
    const started: Application[] = [];
    await use(async (options) => {
      const application = await startApplication(options);
      started.push(application);
      return application;
    });
    for (const { app, home } of started) {
      // A test that failed in the middle of a run must not wait for an answer that nobody gives.
      await app
        .evaluate(({ dialog }) => {
          dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false });
        })
        .catch(() => undefined);
      await app.close().catch(() => undefined);
      rmSync(home, { recursive: true, force: true });
    }
  },
});

export { expect };

/** Drops a file on the window as a hand does: it is let go only once the window has said that it takes it. */
export async function dropFile(page: Page, path: string): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  const send = async (type: 'dragEnter' | 'dragOver' | 'drop'): Promise<void> => {
    await client.send('Input.dispatchDragEvent', { type, x: 800, y: 400, data });
  };
  await send('dragEnter');
  await send('dragOver');
  const offer = page.getByText(/^Drop traces/);
  await expect(offer).toBeVisible();
  // A busy window may not have answered the last move when the file is let go: a hand tries again.
  await expect(async () => {
    await send('dragOver');
    await send('drop');
    await expect(offer).toBeHidden({ timeout: 1_000 });
  }).toPass();
  await client.detach();
}
