// SPDX-License-Identifier: Apache-2.0
// What Iterscope adds between the wish to run and the first instruction of the program: the run's folder, its
// manifest on disk, the supervisor. From the run's creation to the moment at which the supervisor saw the program start.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programStartMs } from './journal.mjs';

const rounds = 10;
const smallRun = ['--set', 'layers=1', '--set', 'requests=4', '--set', 'iterations=2'];

/** @param {{ root: string }} context */
async function overhead({ root }) {
  const home = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
  const args = [
    join(root, 'dist/cli/index.js'),
    'run',
    '--recipe',
    'embedded-moe-engine',
    ...smallRun,
    '--json',
  ];
  try {
    const samples = [];
    for (let round = 0; round < rounds; round += 1) {
      const env = { ...process.env, ITERSCOPE_HOME: home };
      const { stdout, stderr, status } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
      if (status !== 0) throw new Error(`the run failed: ${stderr}`);
      const { folder, createdAt } = JSON.parse(stdout);
      samples.push(programStartMs(folder) - Date.parse(createdAt));
    }
    return samples;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

export const figures = [{ name: 'launch.overhead_ms', unit: 'ms', run: overhead }];
