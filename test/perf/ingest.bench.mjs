// SPDX-License-Identifier: Apache-2.0
// How fast a trace is read into its store, beside Node's readFile and JSON.parse on the same file in the same run.
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const rounds = 5;
const source = 'test/fixtures/traces/kineto-h100-eager.json.gz';

/**
 * @typedef {{ ingestTrace: (source: string, store: string, onProgress: () => void, cancel: unknown) => Promise<void>,
 *   CancelToken: new () => unknown }} Native
 */

/** @param {string} root @param {(plain: string, folder: string) => Promise<number[]>} measure MB/s of each round */
async function withPlainTrace(root, measure) {
  const folder = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
  try {
    const plain = join(folder, 'trace.json');
    await pipeline(createReadStream(join(root, source)), createGunzip(), createWriteStream(plain));
    // Once unmeasured: the file is in the page cache and the code is warm.
    return { samples: (await measure(plain, folder)).slice(1), inputs: [join(root, source)] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {number} bytes @param {number} startMs */
const rateSince = (bytes, startMs) => bytes / 1e6 / ((performance.now() - startMs) / 1000);

/** @param {{ root: string }} context */
const ingest = ({ root }) =>
  withPlainTrace(root, async (plain, folder) => {
    const native = /** @type {Native} */ (
      createRequire(import.meta.url)(join(root, 'dist/native/iterscope.node'))
    );
    const { size } = statSync(plain);
    const rates = [];
    for (let round = 0; round <= rounds; round += 1) {
      const startMs = performance.now();
      await native.ingestTrace(plain, join(folder, 'store'), () => undefined, new native.CancelToken());
      rates.push(rateSince(size, startMs));
    }
    return rates;
  });

/** @param {{ root: string }} context */
const jsonParse = ({ root }) =>
  withPlainTrace(root, (plain) => {
    const { size } = statSync(plain);
    const rates = [];
    for (let round = 0; round <= rounds; round += 1) {
      const startMs = performance.now();
      JSON.parse(readFileSync(plain, 'utf8'));
      rates.push(rateSince(size, startMs));
    }
    return Promise.resolve(rates);
  });

export const figures = [
  { name: 'ingest.mb_per_s', unit: 'MB/s', run: ingest },
  { name: 'ingest.json_parse_mb_per_s', unit: 'MB/s', run: jsonParse },
];
