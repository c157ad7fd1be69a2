// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { RunManifest } from '#shared/contract/run.ts';

const small = ['layers=2', 'requests=64', 'iterations=20', 'clock=work'];

/** A real run of the embedded engine, made by the command line in a home folder. */
export function makeRun(home: string, ...more: readonly string[]): RunManifest {
  const set = small.flatMap((parameter) => ['--set', parameter]);
  const args = [resolve('dist/cli/index.js'), 'run', '--recipe', 'embedded-moe-engine', '--json', ...set];
  const { stdout, stderr } = spawnSync(process.execPath, [...args, ...more], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ITERSCOPE_HOME: home },
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as RunManifest;
}
