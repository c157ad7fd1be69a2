// SPDX-License-Identifier: Apache-2.0
// How long 2 GB of statistics take to read (16 ranks × 1,000 iterations × 60 layers × 256 experts) and how much memory,
// and how long a placement plan takes: 60 layers of 512 experts in 640 slots on 32 ranks, made on 50 iterations and judged on
// 50 others; and all figures of all of these layers over 100 iterations.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  fstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
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

const read = { ranks: 16, iterations: 1000, layers: 60, experts: 256 };
const readRounds = 3;

/** Skewed counts that differ by iteration and layer. @param {number} iteration @param {number} layer @param {number} size */
function counts(iteration, layer, size) {
  const values = new BigInt64Array(size);
  for (let expert = 0; expert < size; expert += 1) {
    const rank = (expert * 37 + layer * 11) % size;
    values[expert] = BigInt(Math.floor(4000 / (1 + rank)) + ((expert * 7 + iteration * 13 + layer) % 9));
  }
  return values;
}

/**
 * One safetensors file.
 * @param {string} path
 * @param {{ iterations: number, layers: number, experts: number }} shape
 */
function writeStatistics(path, { iterations, layers, experts }) {
  /** @type {Record<string, { dtype: string, shape: number[], data_offsets: [number, number] }>} */
  const header = {};
  const body = [];
  let offset = 0;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    for (let layer = 0; layer < layers; layer += 1) {
      const bytes = Buffer.from(counts(iteration, layer, experts).buffer);
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
 * @typedef {object} Statistics
 * @property {(request: unknown) => Promise<unknown>} plan
 * @property {(from: number, to: number, ranks: number, cancel: unknown) => Promise<unknown>} layerMetrics
 * @typedef {object} Native
 * @property {(dir: string) => Promise<Statistics>} openExpertStatistics
 * @property {new () => unknown} CancelToken
 */

/**
 * How long a question about 60 layers of 512 experts takes.
 * @param {(statistics: Statistics, native: Native) => Promise<unknown>} ask
 */
const askedMs =
  (ask) =>
  /** @param {{ root: string }} context */
  async ({ root }) => {
    const folder = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
    try {
      writeStatistics(join(folder, 'rank0.safetensors'), { iterations, layers, experts });
      const native = /** @type {Native} */ (
        createRequire(import.meta.url)(join(root, 'dist/native/iterscope.node'))
      );
      const statistics = await native.openExpertStatistics(folder);
      const samples = [];
      for (let round = 0; round <= rounds; round += 1) {
        const startMs = performance.now();
        await ask(statistics, native);
        samples.push(performance.now() - startMs);
      }
      return samples.slice(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

/** @param {string} algorithm */
const planMs = (algorithm) => askedMs((statistics) => statistics.plan({ ...request, algorithm }));
const metricsMs = askedMs((statistics, native) =>
  statistics.layerMetrics(0, iterations, request.epSize, new native.CancelToken()),
);

/**
 * All ranks have files of the same size; the second and later readings find them in memory.
 * @template T
 * @param {string} root
 * @param {(folder: string, module: string) => Promise<T>} measure
 */
async function withRanks(root, measure) {
  const folder = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
  try {
    writeStatistics(join(folder, 'rank0.safetensors'), read);
    for (let rank = 1; rank < read.ranks; rank += 1) {
      copyFileSync(join(folder, 'rank0.safetensors'), join(folder, `rank${rank}.safetensors`));
    }
    // Ranks counted different tokens, so that they are added and not found to be alike.
    changeLastCount(join(folder, `rank${read.ranks - 1}.safetensors`));
    return await measure(folder, join(root, 'dist/native/iterscope.node'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the last count of a file another. @param {string} path */
function changeLastCount(path) {
  const file = openSync(path, 'r+');
  try {
    const { size } = fstatSync(file);
    writeSync(file, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), 0, 8, size - 8);
  } finally {
    closeSync(file);
  }
}

/** @param {{ root: string }} context */
const readSeconds = ({ root }) =>
  withRanks(root, async (folder, module) => {
    const native = /** @type {Native} */ (createRequire(import.meta.url)(module));
    const samples = [];
    for (let round = 0; round <= readRounds; round += 1) {
      const startMs = performance.now();
      await native.openExpertStatistics(folder);
      samples.push((performance.now() - startMs) / 1000);
    }
    return samples.slice(1);
  });

/**
 * Most memory of a process that does nothing else. The system's account of the process would begin with what its parent
 * held; that of its memory (Linux) does not.
 * @param {{ root: string }} context
 */
const readMemory = ({ root }) =>
  withRanks(root, async (folder, module) => {
    const script = `require(${JSON.stringify(module)}).openExpertStatistics(${JSON.stringify(folder)})
      .then(() => console.log(require('node:fs').readFileSync('/proc/self/status', 'utf8')));`;
    const status = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    return Promise.resolve([Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024]);
  });

export const figures = [
  { name: 'experts.read_s', unit: 's', run: readSeconds },
  { name: 'experts.read_memory', unit: 'MiB', run: readMemory },
  { name: 'experts.plan_ms', unit: 'ms', run: planMs('tensorrt-llm') },
  { name: 'experts.plan_deepseek_ms', unit: 'ms', run: planMs('deepseek') },
  { name: 'experts.metrics_ms', unit: 'ms', run: metricsMs },
];
