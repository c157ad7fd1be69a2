// SPDX-License-Identifier: Apache-2.0
// How fast a report of Nsight Systems is read into its store: a recorded one, repeated in time to two million records.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rounds = 5;
const records = 2_000_000;
const source = 'test/fixtures/traces/nsys-h100-eager.sqlite.gz';

/**
 * @typedef {{ ingestTrace: (source: string, store: string, onProgress: () => void, cancel: unknown) => Promise<void>,
 *   CancelToken: new () => unknown }} Native
 */

/** @param {string} root @param {string} target @returns {number} the records that it holds */
function makeReport(root, target) {
  const args = [join(root, 'test/perf/repeat_report.py'), join(root, source), target, String(records)];
  const { status, stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The report could not be made (it needs python3): ${stderr}`);
  return Number(stdout);
}

/** @param {{ root: string }} context */
async function rowsPerSecond({ root }) {
  const native = /** @type {Native} */ (
    createRequire(import.meta.url)(join(root, 'dist/native/iterscope.node'))
  );
  const folder = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
  try {
    const report = join(folder, 'report.sqlite');
    const rows = makeReport(root, report);
    const rates = [];
    // Once unmeasured: the file is in the page cache and the code is warm.
    for (let round = 0; round <= rounds; round += 1) {
      const startMs = performance.now();
      await native.ingestTrace(report, join(folder, 'store'), () => undefined, new native.CancelToken());
      rates.push(rows / ((performance.now() - startMs) / 1000));
    }
    return { samples: rates.slice(1), inputs: [join(root, source)] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const figures = [{ name: 'nsys.rows_per_s', unit: 'rows/s', run: rowsPerSecond }];
