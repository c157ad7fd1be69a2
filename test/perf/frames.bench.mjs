// SPDX-License-Identifier: Apache-2.0
// How the timeline moves: a stored trace of ten million slices on 60 tracks in real Electron, 1,600 × 900, panned,
// zoomed and scrolled for ten seconds by mouse, wheel and keys.
//
// frames.draw_p95_ms: the timeline's own animation-frame callbacks that redraw its tracks.
// frames.interval_ratio_p95: time between frames over that of an idle animation-frame loop in the same window just
// before. frames.over_25ms_share: intervals above 25 ms, less the share that the idle loop has. frames.max_task_ms: the
// longest task; the browser reports none below 50 ms, so that 50 stands for none. open.first_pixels_ms: from dropping the
// file until a frame with slices was drawn. ingest.visible_ms: the same of a file of 1 GB that was never opened before.
// window.roundtrip_p95_ms: from a request for 60 tracks × 1,600 units until its reply is in the window's process. details.p95_ms: from a key that selects a slice until its details are there.
// window_process.rss_mb: resident memory of the window's process after all of that.
/* global document, window, requestAnimationFrame -- of the window, where parts of this run */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { _electron } from '@playwright/test';
import { hasDisplay, startXvfb } from '../../scripts/lib/display.mjs';
import { obtainTestRuntime } from '../../scripts/lib/runtime.mjs';
import { writeBigTrace } from '../builders/big-trace.mjs';
import { Driver } from './timeline-driver.mjs';
import { windowRoundTrips } from './window-round-trip.mjs';

/** @typedef {import('@playwright/test').ElectronApplication} App */
/** @typedef {import('@playwright/test').Page} Page */

/** About ten million slices. */
const BYTES = 4640 * 2 ** 20;
/** A thread and a stream each. */
const SPREAD = { groups: 30, devices: 8 };
const TRACKS = 60;
const NEW_BYTES = 2 ** 30;
const NEW_OPENINGS = 3;
const ROUND_TRIPS = { tracks: TRACKS, units: 1600, rounds: 400 };
const OPENINGS = 5;
const IDLE_MS = 5_000;
const DRIVEN_MS = 10_000;
const LONGEST_OPENING_MS = 300_000;
const NO_LONG_TASK_MS = 50;

/**
 * The application with an empty window.
 * @template T
 * @param {string} root @param {string} home @param {(app: App, page: Page) => Promise<T>} measure @returns {Promise<T>}
 */
async function withApplication(root, home, measure) {
  const screen = hasDisplay() ? undefined : await startXvfb();
  const { executable } = await obtainTestRuntime();
  const display = screen ? { DISPLAY: screen.display } : {};
  const app = await _electron.launch({
    executablePath: executable,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root],
    env: { .../** @type {Record<string, string>} */ (process.env), ...display, ITERSCOPE_HOME: home },
  });
  try {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1600, 900));
    const page = await app.firstWindow();
    await page.getByRole('navigation').first().waitFor();
    return await measure(app, page);
  } finally {
    await app.close();
    screen?.stop();
  }
}

/** Drops a file on the window. @param {Page} page @param {string} path @returns {Promise<number>} milliseconds until slices were drawn */
async function openByDrop(page, path) {
  const drawn = page.evaluate(
    () =>
      new Promise((/** @type {(ms: number) => void} */ resolve) => {
        let droppedMs = Number.NaN;
        window.addEventListener('drop', () => (droppedMs = performance.now()), { capture: true, once: true });
        const onDrawn = (/** @type {Event} */ event) => {
          const { rectangles } = /** @type {CustomEvent<{ rectangles: number }>} */ (event).detail;
          if (rectangles === 0) return;
          document.removeEventListener('timeline-drawn', onDrawn);
          // With the next frame this one is on the screen.
          requestAnimationFrame(() => resolve(performance.now() - droppedMs));
        };
        document.addEventListener('timeline-drawn', onDrawn);
      }),
  );
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of /** @type {const} */ (['dragEnter', 'dragOver', 'drop'])) {
    await client.send('Input.dispatchDragEvent', { type, x: 800, y: 400, data });
  }
  await client.detach();
  const tooLate = pause(LONGEST_OPENING_MS, Number.NaN, { ref: false });
  return Promise.race([drawn, tooLate]);
}

/** @param {App} app @returns {Promise<number>} MiB of the window's process */
const windowMemory = (app) =>
  app.evaluate((electron) => {
    const window = electron.BrowserWindow.getAllWindows()[0];
    const pid = window?.webContents.getOSProcessId();
    const metric = electron.app.getAppMetrics().find((process) => process.pid === pid);
    return (metric?.memory.workingSetSize ?? Number.NaN) / 1024;
  });

/** @param {string} root */
async function measure(root) {
  const folder = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
  const home = join(folder, 'home');
  const trace = join(folder, 'trace.json');
  try {
    const recording = join(root, 'test/fixtures/traces/kineto-h100-eager.json.gz');
    await writeBigTrace(recording, trace, BYTES, { spread: SPREAD });
    await withApplication(root, home, (_app, page) => openByDrop(page, trace));
    /** @type {number[]} */
    const firstPixels = [];
    for (let opening = 1; opening < OPENINGS; opening += 1) {
      firstPixels.push(await withApplication(root, home, (_app, page) => openByDrop(page, trace)));
    }
    return await withApplication(root, home, async (app, page) => {
      firstPixels.push(await openByDrop(page, trace));
      const driver = new Driver(page);
      await driver.arrange(TRACKS);
      const idle = await driver.watch(() => pause(IDLE_MS));
      const driven = await driver.watch(() => driver.drive(DRIVEN_MS));
      const details = await driver.selectSlices();
      const roundTrips = await windowRoundTrips(page, ']', ROUND_TRIPS);
      return { firstPixels, idle, driven, details, roundTrips, memory: [await windowMemory(app)] };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that was never opened before, in an application that has a store of none. @param {{ root: string }} context */
async function visibleMs({ root }) {
  const folder = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
  const trace = join(folder, 'trace.json');
  try {
    const recording = join(root, 'test/fixtures/traces/kineto-h100-eager.json.gz');
    await writeBigTrace(recording, trace, NEW_BYTES);
    const samples = [];
    for (let opening = 0; opening < NEW_OPENINGS; opening += 1) {
      const home = join(folder, `home-${opening}`);
      samples.push(await withApplication(root, home, (_app, page) => openByDrop(page, trace)));
      rmSync(home, { recursive: true, force: true });
    }
    return samples;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @typedef {Awaited<ReturnType<typeof measure>>} Measured */

/** @param {readonly number[]} values @param {number} part */
const quantile = (values, part) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
};

/** @param {readonly number[]} intervals @returns {number} share above 25 ms */
const lateShare = (intervals) => intervals.filter((ms) => ms > 25).length / intervals.length;

/** @type {Promise<Measured> | undefined} */
let measured;

/**
 * One figure of the only measurement.
 * @param {string} name @param {string} unit
 * @param {(measured: Measured) => { value?: number, samples: number[] }} read
 */
const figure = (name, unit, read) => ({
  name,
  unit,
  run: async (/** @type {{ root: string }} */ { root }) => read(await (measured ??= measure(root))),
});

export const figures = [
  figure('frames.draw_p95_ms', 'ms', ({ driven: { drawMs } }) => ({
    value: quantile(drawMs, 0.95),
    samples: drawMs,
  })),
  figure('frames.interval_ratio_p95', 'ratio', ({ driven, idle }) => ({
    value: quantile(driven.intervalsMs, 0.95) / quantile(idle.intervalsMs, 0.95),
    samples: driven.intervalsMs,
  })),
  figure('frames.idle_interval_p95_ms', 'ms', ({ idle }) => ({
    value: quantile(idle.intervalsMs, 0.95),
    samples: idle.intervalsMs,
  })),
  figure('frames.over_25ms_share', 'ratio', ({ driven, idle }) => ({
    value: lateShare(driven.intervalsMs) - lateShare(idle.intervalsMs),
    samples: driven.intervalsMs,
  })),
  figure('frames.max_task_ms', 'ms', ({ driven: { tasksMs } }) => ({
    value: Math.max(NO_LONG_TASK_MS, ...tasksMs),
    samples: tasksMs.length === 0 ? [NO_LONG_TASK_MS] : tasksMs,
  })),
  figure('frames.rectangles_p95', 'rectangles', ({ driven: { rectangles } }) => ({
    value: quantile(rectangles, 0.95),
    samples: rectangles,
  })),
  figure('open.first_pixels_ms', 'ms', ({ firstPixels }) => ({ samples: firstPixels })),
  figure('window.roundtrip_p95_ms', 'ms', ({ roundTrips }) => ({
    value: quantile(roundTrips, 0.95),
    samples: roundTrips,
  })),
  { name: 'ingest.visible_ms', unit: 'ms', run: visibleMs },
  figure('details.p95_ms', 'ms', ({ details }) => ({ value: quantile(details, 0.95), samples: details })),
  figure('window_process.rss_mb', 'MiB', ({ memory }) => ({ samples: memory })),
];
