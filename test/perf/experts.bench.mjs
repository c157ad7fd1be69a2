// SPDX-License-Identifier: Apache-2.0
// How long a placement plan takes: 60 layers of 512 experts in 640 slots on 32 ranks, made on 50 iterations and judged on
// 50 others.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rounds = 5;
const [layers, experts, iterations] = [60, 512, 100];
const request = {
  algorithm: 'tensorrt-llm',
  groups: 8,
  nodes: 4,
  epSize: 32,
  numSlots: 640,
  layerUpdatesPerIter: 0,
  madeFrom: 0,
  madeTo: 50,
  judgedFrom: 50,
  judgedTo: 100,
  curveSteps: 0,
};

/** Skewed counts that differ by iteration and layer. @param {number} iteration @param {number} layer */
function counts(iteration, layer) {
  const values = new BigInt64Array(experts);
  for (let expert = 0; expert < experts; expert += 1) {
    const rank = (expert * 37 + layer * 11) % experts;
    values[expert] = BigInt(Math.floor(4000 / (1 + rank)) + ((expert * 7 + iteration * 13 + layer) % 9));
  }
  return values;
}

/** One safetensors file. @param {string} path */
function writeStatistics(path) {
  /** @type {Record<string, { dtype: string, shape: number[], data_offsets: [number, number] }>} */
  const header = {};
  const body = [];
  let offset = 0;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    for (let layer = 0; layer < layers; layer += 1) {
      const bytes = Buffer.from(counts(iteration, layer).buffer);
      header[`${iteration}_${layer}`] = {
        dtype: 'I64',
        shape: [experts],
        data_offsets: [offset, offset + bytes.length],
      };
      offset += bytes.length;
      body.push(bytes);
    }
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, text, ...body]));
}

/**
 * @typedef {{ openExpertStatistics: (dir: string) => Promise<{ plan: (request: unknown) => Promise<unknown> }> }} Native
 */

/** @param {string} algorithm */
const planMs =
  (algorithm) =>
  /** @param {{ root: string }} context */
  async ({ root }) => {
    const folder = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
    try {
      writeStatistics(join(folder, 'rank0.safetensors'));
      const native = /** @type {Native} */ (
        createRequire(import.meta.url)(join(root, 'dist/native/iterscope.node'))
      );
      const statistics = await native.openExpertStatistics(folder);
      const samples = [];
      for (let round = 0; round <= rounds; round += 1) {
        const startMs = performance.now();
        await statistics.plan({ ...request, algorithm });
        samples.push(performance.now() - startMs);
      }
      return samples.slice(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

export const figures = [
  { name: 'experts.plan_ms', unit: 'ms', run: planMs('tensorrt-llm') },
  { name: 'experts.plan_deepseek_ms', unit: 'ms', run: planMs('deepseek') },
];
