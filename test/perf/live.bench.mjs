// SPDX-License-Identifier: Apache-2.0
// What a talking program costs while its run is on screen: the application in real Electron, 1,600 × 900.
//
// launch.log_lines_per_s: a program prints a million lines as fast as it can; lines over the time from its first
// instruction until the window counts all of them. live.ui_cpu_share: 1,000 log lines and 50 iteration lines a second;
// CPU time of all of the application's own processes over wall time, as a share of one core.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import { hasDisplay, startXvfb } from '../../scripts/lib/display.mjs';
import { obtainTestRuntime } from '../../scripts/lib/runtime.mjs';
import { makeNoisyApp } from '../builders/noisy-app.mjs';
import { programStartMs } from './journal.mjs';

const floodLines = 1_000_000;
const floods = 3;
const shares = 5;
const warmUpMs = 3_000;
const shareMs = 3_000;
const longestFloodMs = 120_000;

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Opens the application with the noisy program in the form and runs it.
 * @template T
 * @param {string} root
 * @param {'steady' | 'flood'} mode
 * @param {(parts: { app: import('@playwright/test').ElectronApplication, page: import('@playwright/test').Page, home: string }) => Promise<T>} measure
 * @returns {Promise<T>}
 */
async function whileRunning(root, mode, measure) {
  const screen = hasDisplay() ? undefined : await startXvfb();
  const folder = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
  const appFolder = join(folder, 'app');
  const home = join(folder, 'home');
  mkdirSync(appFolder);
  const { executable } = await obtainTestRuntime();
  const display = screen ? { DISPLAY: screen.display } : {};
  const app = await _electron.launch({
    executablePath: executable,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), makeNoisyApp(root, appFolder)],
    env: { .../** @type {Record<string, string>} */ (process.env), ...display, ITERSCOPE_HOME: home },
  });
  try {
    await app.evaluate(({ dialog, BrowserWindow }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false });
      BrowserWindow.getAllWindows()[0]?.setContentSize(1600, 900);
    });
    const page = await app.firstWindow();
    await page.getByRole('combobox', { name: 'Mode' }).selectOption(mode);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('log', { name: 'Program output' }).waitFor();
    return await measure({ app, page, home });
  } finally {
    await app.close();
    screen?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} home @returns {string} the folder of its only run */
function onlyRun(home) {
  const runs = join(home, 'data', 'runs');
  const [id = ''] = readdirSync(runs);
  return join(runs, id);
}

/** @param {{ root: string }} context */
async function linesPerSecond({ root }) {
  const samples = [];
  for (let flood = 0; flood < floods; flood += 1) {
    samples.push(
      await whileRunning(root, 'flood', async ({ page, home }) => {
        const all = page.locator('.log__count', { hasText: `${floodLines.toLocaleString('en-US')} lines` });
        await all.waitFor({ timeout: longestFloodMs });
        return (floodLines / (Date.now() - programStartMs(onlyRun(home)))) * 1_000;
      }),
    );
  }
  return samples;
}

/** @param {import('@playwright/test').ElectronApplication} app @returns {Promise<number>} CPU seconds of all its processes */
const cpuSeconds = (app) =>
  app.evaluate((electron) =>
    electron.app.getAppMetrics().reduce((sum, { cpu }) => sum + (cpu.cumulativeCPUUsage ?? Number.NaN), 0),
  );

/** @param {{ root: string }} context */
const cpuShare = ({ root }) =>
  whileRunning(root, 'steady', async ({ app }) => {
    await pause(warmUpMs);
    const samples = [];
    for (let share = 0; share < shares; share += 1) {
      const before = await cpuSeconds(app);
      const startMs = performance.now();
      await pause(shareMs);
      samples.push(((await cpuSeconds(app)) - before) / ((performance.now() - startMs) / 1_000));
    }
    return samples;
  });

export const figures = [
  { name: 'launch.log_lines_per_s', unit: 'lines/s', run: linesPerSecond },
  { name: 'live.ui_cpu_share', unit: 'cores', run: cpuShare },
];
