// SPDX-License-Identifier: Apache-2.0
// Large traces: reading, stores, windows, searches and analyses. The files are made once for all figures and removed at
// the end; what other programs need is measured on the same file in the same run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBigTrace } from '../builders/big-trace.mjs';

/** @typedef {typeof import('../../src/native/binding/index.d.ts')} Native */
/** @typedef {import('../../src/native/binding/index.d.ts').TraceHandle} TraceHandle */
/** @typedef {{ root: string }} Context */

const MIB = 1 << 20;
const MIDDLE = 256 * MIB;
const LARGE = 1024 * MIB;
/** About ten million slices. */
const LARGEST = 4400 * MIB;
const rounds = 3;
const windowRounds = 400;

/** @type {Map<string, Promise<any>>} */
const made = new Map();
let folder = '';
process.on('exit', () => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

/** @template T @param {string} key @param {() => Promise<T>} make @returns {Promise<T>} made once */
function once(key, make) {
  const known = made.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}

/** @param {Context} context @param {number} bytes @param {boolean} [compressed] @returns {Promise<string>} its path */
const trace = ({ root }, bytes, compressed = false) =>
  once(`${bytes} ${compressed}`, async () => {
    if (folder === '') folder = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
    const path = join(folder, `${bytes}.json${compressed ? '.gz' : ''}`);
    const recording = join(root, 'test/fixtures/traces/kineto-h100-eager.json.gz');
    await writeBigTrace(recording, path, bytes, { compressed });
    return path;
  });

/** @param {Context} context @returns {Native} */
const nativeOf = ({ root }) => createRequire(import.meta.url)(join(root, 'dist/native/iterscope.node'));

/** @param {() => Promise<unknown>} work @returns {Promise<number>} milliseconds */
async function timed(work) {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** @param {Context} context @param {string} path @returns {Promise<number>} milliseconds of one reading */
const ingestMs = (context, path) => {
  const native = nativeOf(context);
  return timed(() => native.ingestTrace(path, `${path}.store`, () => undefined, new native.CancelToken()));
};

/** @param {Context} context @param {string} path @returns {Promise<number[]>} milliseconds; the first reading warms up */
async function ingestRounds(context, path) {
  const samples = [];
  for (let round = 0; round <= rounds; round += 1) samples.push(await ingestMs(context, path));
  return samples.slice(1);
}

/** @param {number[]} values @param {number} part */
const quantile = (values, part) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
};
/** @param {number[]} values */
const middle = (values) => quantile(values, 0.5);

/** @param {Context} context @returns {Promise<{ store: string, path: string }>} the largest trace, read */
const largest = (context) =>
  once('largest store', async () => {
    const path = await trace(context, LARGEST);
    await ingestMs(context, path);
    return { path, store: `${path}.store` };
  });

/** @param {Context} context @returns {Promise<TraceHandle>} */
const opened = async (context) => {
  const { store, path } = await largest(context);
  return nativeOf(context).openTrace(store, path);
};

/** @param {Context} context @returns {Promise<number[]>} */
async function ratioToJsonParse(context) {
  const path = await trace(context, MIDDLE);
  const ours = await ingestRounds(context, path);
  const theirs = [];
  for (let round = 0; round <= rounds; round += 1) {
    theirs.push(await timed(() => Promise.resolve(JSON.parse(readFileSync(path, 'utf8')))));
  }
  const parseMs = middle(theirs.slice(1));
  return ours.map((ms) => parseMs / ms);
}

/** @param {Context} context */
async function gzRatio(context) {
  const plainMs = middle(await ingestRounds(context, await trace(context, MIDDLE)));
  return (await ingestRounds(context, await trace(context, MIDDLE, true))).map((ms) => ms / plainMs);
}

/** Until the first window can be answered: from nothing, with opening. @param {Context} context */
async function firstSlices(context) {
  const path = await trace(context, LARGE);
  const native = nativeOf(context);
  const samples = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    await ingestMs(context, path);
    const handle = await native.openTrace(`${path}.store`, path);
    await handle.window(0, 1e9, 1000, Uint32Array.from([0]));
    samples.push(performance.now() - begin);
  }
  return samples;
}

/** Most memory of a process that reads the file, beyond 64 MiB, by the size of the file. @param {Context} context */
async function memoryRatio(context) {
  const path = await trace(context, LARGE);
  // Not resourceUsage: a child's maxRSS begins with that of the process which forked it.
  const script = `const native = require(process.argv[1]);
    native.ingestTrace(process.argv[2], process.argv[2] + '.store', () => undefined, new native.CancelToken())
      .then(() => console.log(/^VmHWM:\\s*(\\d+) kB$/m.exec(require('fs').readFileSync('/proc/self/status', 'utf8'))[1] * 1024));`;
  const arguments_ = ['-e', script, join(context.root, 'dist/native/iterscope.node'), path];
  const peak = Number(execFileSync(process.execPath, arguments_, { encoding: 'utf8' }));
  return [(peak - 64 * MIB) / statSync(path).size];
}

/** @param {Context} context */
async function bytesPerSlice(context) {
  const { store } = await largest(context);
  const bytes = readdirSync(store).reduce((sum, name) => sum + statSync(join(store, name)).size, 0);
  const { sliceCount } = await (await opened(context)).summary();
  return [bytes / sliceCount];
}

/** @param {Context} context */
async function reopen(context) {
  await largest(context);
  const samples = [];
  for (let round = 0; round <= rounds; round += 1) samples.push(await timed(() => opened(context)));
  return samples.slice(1);
}

/** Windows of all tracks at random places and scales, the same ones each time. @param {Context} context */
const windows = (context) =>
  once('windows', async () => {
    const handle = await opened(context);
    const { span } = await handle.summary();
    const tracks = Uint32Array.from((await handle.tracks()).map(({ id }) => id));
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const samples = [];
    for (let round = 0; round < windowRounds; round += 1) {
      const length = span.endNs * 10 ** (-5 * random());
      const startNs = random() * (span.endNs - length);
      samples.push(await timed(() => handle.window(startNs, startNs + length, 1600, tracks)));
    }
    return samples;
  });

/** @param {Context} context */
async function searches(context) {
  const handle = await opened(context);
  const size = { bins: 1600, rowsPerTrack: 1000, names: 1000 };
  const samples = [];
  for (const text of ['gemm|cutlass', '^aten::.*mm$', 'kernel.*<[^>]*float', '.']) {
    const pattern = { text, isExpression: true, matchCase: false };
    samples.push(await timed(() => handle.search(pattern, size)));
  }
  return { value: Math.max(...samples), samples };
}

/** The slowest of all analyses over the whole trace, each asked for the first time. @param {Context} context */
async function analyses(context) {
  const handle = await opened(context);
  const kernels = /** @type {const} */ ({ layer: 'kernels' });
  const operators = /** @type {const} */ ({ layer: 'operators' });
  const endNs = (await (await opened(context)).summary()).span.endNs;
  const questions = [
    () => handle.summary(),
    () => handle.iterations(),
    () => handle.topKernels(1000),
    () => handle.groups(kernels, 'name', 1000),
    () => handle.operators(operators, 1000),
    () => handle.deviceRanges(0, endNs, 100),
    () => handle.queues(0, endNs, 1600),
    () => handle.nameStatistics('aten::mm'),
  ];
  const samples = [];
  for (const ask of questions) samples.push(await timed(ask));
  return { value: Math.max(...samples), samples };
}

/** Time per slice at four times the size: 1 is linear. @param {Context} context */
async function growth(context) {
  const native = nativeOf(context);
  /** @param {string} path */
  const perSlice = async (path) => {
    const ms = middle(await ingestRounds(context, path));
    return ms / (await (await native.openTrace(`${path}.store`, path)).summary()).sliceCount;
  };
  return [(await perSlice(await trace(context, LARGE))) / (await perSlice(await trace(context, MIDDLE)))];
}

/** @param {number} part */
const windowFigure = (part) => async (/** @type {Context} */ context) => {
  const samples = await windows(context);
  return { value: quantile(samples, part), samples };
};

export const figures = [
  { name: 'ingest.ratio_to_json_parse', unit: 'ratio', run: ratioToJsonParse },
  { name: 'ingest.gz_ratio_to_plain', unit: 'ratio', run: gzRatio },
  { name: 'ingest.first_slices_ms', unit: 'ms', run: firstSlices },
  { name: 'ingest.memory_ratio', unit: 'ratio', run: memoryRatio },
  { name: 'growth.time_per_slice_ratio', unit: 'ratio', run: growth },
  { name: 'store.bytes_per_slice', unit: 'B', run: bytesPerSlice },
  { name: 'store.reopen_ms', unit: 'ms', run: reopen },
  { name: 'window.p50_ms', unit: 'ms', run: windowFigure(0.5) },
  { name: 'window.p99_ms', unit: 'ms', run: windowFigure(0.99) },
  { name: 'search.regex_ms', unit: 'ms', run: searches },
  { name: 'analysis.max_ms', unit: 'ms', run: analyses },
];
