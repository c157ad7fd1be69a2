// SPDX-License-Identifier: Apache-2.0
// Proves that a fresh clone of HEAD works: `node scripts/fresh-clone-check.mjs [--test] [--keep]`
//
// Clones into a temporary folder, runs `npm start` there twice on an off-screen display and prints how long
// each took until the window was ready; the second has to be there within 3 s. With --test, `npm test` runs
// there as well. --keep leaves the clone. Takes minutes and downloads packages, so it is no part of npm test.
// As root, CI=true allows the set-up to install system packages.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startXvfb } from './lib/display.mjs';
import { root } from './lib/paths.mjs';
import { npmCommand, run, runAttached, runScript, SetupError, tail } from './lib/process.mjs';
import { formatDuration } from './lib/progress.mjs';

const secondStartLimitMs = 3000;

const { values: options } = parseArgs({
  options: { test: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } },
});

/**
 * @param {string} clone
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} milliseconds until the window was ready
 */
function timeStart(clone, env) {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const child = spawn(npmCommand, ['start'], {
      cwd: clone,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let readyMs = Number.NaN;
    createInterface({ input: child.stdout }).on('line', (line) => {
      process.stdout.write(`  ${line}\n`);
      if (line !== 'window ready' || !child.pid) return;
      readyMs = performance.now() - startMs;
      process.kill(-child.pid, 'SIGTERM');
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (Number.isNaN(readyMs))
        reject(new SetupError(`npm start in ${clone} ended with ${code}, without a window.`));
      else resolve(readyMs);
    });
  });
}

/** @param {string} clone @returns {Promise<number>} exit code */
async function check(clone) {
  const cloned = await run('git', ['clone', '--quiet', root, clone]);
  if (cloned.code !== 0) throw new SetupError(`git could not clone ${root}:\n${tail(cloned.output)}`);
  const { display, stop } = await startXvfb();
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    DISPLAY: display,
    ITERSCOPE_PRINT_READY: '1',
    ITERSCOPE_HOME: join(clone, 'out/home'),
  };
  try {
    const firstMs = await timeStart(clone, env);
    const secondMs = await timeStart(clone, env);
    process.stdout.write(
      `First start: ${formatDuration(firstMs)}; second start: ${formatDuration(secondMs)}\n`,
    );
    const testCode = options.test ? await runAttached(npmCommand, ['test'], { cwd: clone }) : 0;
    if (secondMs <= secondStartLimitMs) return testCode;
    process.stderr.write(`The second start took longer than ${formatDuration(secondStartLimitMs)}.\n`);
    return 1;
  } finally {
    stop();
  }
}

await runScript(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'iterscope-clone-'));
  try {
    return await check(join(folder, 'iterscope'));
  } finally {
    if (options.keep) process.stdout.write(`The clone is in ${folder}.\n`);
    else rmSync(folder, { recursive: true, force: true });
  }
});
