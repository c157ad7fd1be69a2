// SPDX-License-Identifier: Apache-2.0
// The maker of large traces: what it repeats is a longer recording, not the same events again.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type * as Native from '../../src/native/binding/index.d.ts';
import { writeBigTrace } from '../builders/big-trace.mjs';
import { temporaryFolder } from '../builders/folder.ts';

const modulePath = fileURLToPath(new URL('../../dist/native/iterscope.node', import.meta.url));
const native = createRequire(import.meta.url)(modulePath) as typeof Native;
const recording = resolve('test/fixtures/traces/kineto-h100-overlap.json.gz');
const folder = temporaryFolder();

async function read(source: string): Promise<{ slices: number; kernels: number; steps: Native.Iteration[] }> {
  const store = join(folder(), 'store');
  await native.ingestTrace(source, store, () => undefined, new native.CancelToken());
  const trace = await native.openTrace(store, source);
  const [{ sliceCount, gpu }, steps] = await Promise.all([trace.summary(), trace.iterations()]);
  return { slices: sliceCount, kernels: gpu.kernelCount, steps };
}

test('repetitions follow each other with iterations, launches and names of their own', async () => {
  const once = await read(recording);
  const path = join(folder(), 'twice.json');
  const length = gunzipSync(readFileSync(recording)).length;
  const { repetitions } = await writeBigTrace(recording, path, length * 1.5);
  const twice = await read(path);
  expect(repetitions).toBe(2);
  expect([twice.slices, twice.kernels]).toEqual([2 * once.slices, 2 * once.kernels]);
  expect(new Set(twice.steps.map(({ index }) => index)).size).toBe(2 * once.steps.length);
  const launched = (steps: Native.Iteration[]): number[] => steps.map(({ kernelCount }) => kernelCount);
  const single = launched(once.steps);
  expect(launched(twice.steps).slice(single.length)).toEqual(single);
  // The last window of a recording ends with its marker; here it goes on to the next repetition's first.
  expect(launched(twice.steps).slice(0, single.length - 1)).toEqual(single.slice(0, -1));
  expect(readFileSync(path, 'utf8')).toMatch(/"name": "[^"]* #1"/u);
});

test('side by side they have threads, streams and devices of their own', async () => {
  const path = join(folder(), 'spread.json');
  const length = gunzipSync(readFileSync(recording)).length;
  const spread = { groups: 4, devices: 2 };
  const { repetitions } = await writeBigTrace(recording, path, length * 3.5, { spread });
  expect(repetitions).toBe(4);
  const store = join(folder(), 'store');
  await native.ingestTrace(path, store, () => undefined, new native.CancelToken());
  const tracks = await (await native.openTrace(store, path)).tracks();
  const streams = tracks.filter(({ type }) => type === 'gpu-stream');
  expect(new Set(streams.map(({ deviceId }) => deviceId))).toEqual(new Set([0, 1]));
  const [first] = streams;
  // Four times the same streams, each with as many slices as in the recording.
  const alike = streams.filter(({ sliceCount }) => sliceCount === first?.sliceCount);
  expect(alike.length).toBeGreaterThanOrEqual(4);
  const threads = tracks.filter(({ type }) => type === 'thread').map(({ pid, tid }) => `${pid} ${tid}`);
  expect(new Set(threads).size).toBe(threads.length);
  expect(threads.length % 4).toBe(0);
});

test('the same recording and length give the same bytes, compressed or not', async () => {
  const paths = ['a.json', 'b.json', 'c.json.gz'].map((name) => join(folder(), name));
  for (const path of paths) {
    await writeBigTrace(recording, path, 1, { compressed: path.endsWith('.gz') });
  }
  const [first, second, compressed] = paths.map((path) => readFileSync(path));
  expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true);
  expect(gunzipSync(compressed ?? Buffer.alloc(0)).equals(first ?? Buffer.alloc(0))).toBe(true);
});
