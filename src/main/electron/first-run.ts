// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { reportLines } from '../services/run-report.ts';
import type { Services } from '../composition.ts';
import { defaultForm } from '../launch/default-form.ts';

/**
 * The main job without a person: one profiled run of the embedded engine in the real window, its figures
 * printed and pictures saved. For machines without a display, where a new user still wants to see it work.
 */

const RECIPE = 'embedded-moe-engine';
/** Frames that the window gets to draw what a change of state brought. */
const SETTLE_MS = 1_500;

async function loaded({ webContents }: BrowserWindow): Promise<void> {
  if (!webContents.isLoadingMainFrame()) return;
  await new Promise<void>((resolve) => {
    webContents.once('did-finish-load', () => {
      resolve();
    });
  });
}

async function savePicture(window: BrowserWindow, folder: string, name: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const image = await window.webContents.capturePage();
  await writeFile(join(folder, `${name}.png`), image.toPNG());
}

/** Resolves to the exit code: 0 when the run became ready. */
export async function reportFirstRun(
  services: Services,
  window: BrowserWindow,
  folder: string,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  await loaded(window);
  const recipe = await services.recipes.get(RECIPE);
  await savePicture(window, folder, '1-launcher');
  const run = await services.runs.start({
    ...defaultForm(recipe),
    window: recipe.defaultWindow,
    torchTrace: true,
    expertStatistics: true,
  });
  await savePicture(window, folder, '2-running');
  const ended = await services.runs.finished(run.id);
  for (const line of reportLines(ended)) process.stdout.write(`${line}\n`);
  await savePicture(window, folder, '3-result');
  return ended.state === 'ready' ? 0 : 1;
}
