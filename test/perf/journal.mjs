// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} folder of a run @returns {number} wall clock of its program's first step, milliseconds */
export function programStartMs(folder) {
  const lines = readFileSync(join(folder, 'supervisor.jsonl'), 'utf8').split('\n');
  const started = lines.find((line) => line.startsWith('{"event":"started"'));
  if (started === undefined) throw new Error(`no program started in ${folder}`);
  return Number(BigInt(JSON.parse(started).atNs) / 1000n) / 1000;
}
