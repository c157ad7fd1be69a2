// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { IterscopeError } from '#shared/base/errors.ts';
import { reportLines } from '../services/run-report.ts';
import type { Services } from '../composition.ts';

/**
 * The main job without a person: one profiled run of the embedded engine, launched in the real window by its
 * key, its figures printed and pictures saved. For machines without a display, where a new user still wants
 * to see it work.
 */

/** Time that the window gets to draw what a change of state brought. */
const SETTLE_MS = 1_500;
const LAUNCH_LIMIT_MS = 15_000;
const LOOK_MS = 50;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function loaded({ webContents }: BrowserWindow): Promise<void> {
  if (!webContents.isLoadingMainFrame()) return;
  await new Promise<void>((resolve) => {
    webContents.once('did-finish-load', () => {
      resolve();
    });
  });
}

async function savePicture(window: BrowserWindow, folder: string, name: string): Promise<void> {
  await pause(SETTLE_MS);
  const image = await window.webContents.capturePage();
  await writeFile(join(folder, `${name}.png`), image.toPNG());
}

/** Presses the launcher's key, so that the window follows the run as it does for a person. */
async function launch({ runs }: Services, { webContents }: BrowserWindow): Promise<string> {
  const known = new Set((await runs.list()).map(({ id }) => id));
  webContents.focus();
  for (const type of ['keyDown', 'keyUp'] as const) {
    webContents.sendInputEvent({ type, keyCode: 'Return', modifiers: ['control'] });
  }
  for (let waitedMs = 0; waitedMs < LAUNCH_LIMIT_MS; waitedMs += LOOK_MS) {
    const started = (await runs.list()).find(({ id }) => !known.has(id));
    if (started !== undefined) return started.id;
    await pause(LOOK_MS);
  }
  const message = `The launcher started no run within ${LAUNCH_LIMIT_MS / 1_000} s; start one without a window: npm run -s iterscope -- run --recipe embedded-moe-engine.`;
  throw new IterscopeError({ code: 'run.state', message });
}

/** Resolves to the exit code: 0 when the run became ready. */
export async function reportFirstRun(
  services: Services,
  window: BrowserWindow,
  folder: string,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  await loaded(window);
  await savePicture(window, folder, '1-launcher');
  const id = await launch(services, window);
  await savePicture(window, folder, '2-running');
  const ended = await services.runs.finished(id);
  for (const line of reportLines(ended)) process.stdout.write(`${line}\n`);
  await savePicture(window, folder, '3-result');
  return ended.state === 'ready' ? 0 : 1;
}
