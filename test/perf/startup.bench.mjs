// SPDX-License-Identifier: Apache-2.0
// How long the second `npm start` takes until its window is ready, set-up checks included.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hasDisplay, startXvfb } from '../../scripts/lib/display.mjs';

const starts = 5;
const limitMs = 120_000;

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} milliseconds until the window was ready
 */
function startOnce(root, env) {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const child = spawn('npm', ['start'], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    let readyMs = Number.NaN;
    // The whole group: npm, its shell, the script and Electron.
    const end = () => child.pid && process.kill(-child.pid, 'SIGTERM');
    const timer = setTimeout(end, limitMs);
    child.stderr.on('data', (chunk) => (output += chunk));
    createInterface({ input: child.stdout }).on('line', (line) => {
      output += `${line}\n`;
      if (line !== 'window ready') return;
      readyMs = performance.now() - startMs;
      end();
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      if (Number.isNaN(readyMs)) reject(new Error(`npm start ended without a window:\n${output}`));
      else resolve(readyMs);
    });
  });
}

/** @param {{ root: string }} context */
async function secondStart({ root }) {
  const screen = hasDisplay() ? undefined : await startXvfb();
  const home = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
  const display = screen ? { DISPLAY: screen.display } : {};
  const env = { ...process.env, ...display, ITERSCOPE_PRINT_READY: '1', ITERSCOPE_HOME: home };
  try {
    await startOnce(root, env);
    const samples = [];
    for (let start = 0; start < starts; start += 1) samples.push(await startOnce(root, env));
    return samples;
  } finally {
    screen?.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

export const figures = [{ name: 'startup.second_start_ms', unit: 'ms', run: secondStart }];
