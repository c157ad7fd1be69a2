// SPDX-License-Identifier: Apache-2.0
// Recordings of a real GPU through the real native module: what lies on which stream.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type * as Native from '../../src/native/binding/index.d.ts';
import { temporaryFolder } from '../builders/folder.ts';

const modulePath = fileURLToPath(new URL('../../dist/native/iterscope.node', import.meta.url));
const native = createRequire(import.meta.url)(modulePath) as typeof Native;
const folder = temporaryFolder();

// Kernels, copies, sets and the recorder's GPU ranges, as counted by a script in the recordings themselves.
test.each([
  ['kineto-h100-eager.json.gz', { 'stream 7': 20_049 + 924 + 132 + 275 }],
  ['kineto-h100-overlap.json.gz', { 'stream 7': 5_296 + 48 + 176 + 32, 'stream 13': 32 + 16 + 16 }],
  ['kineto-h100-overlap-nomarkers.json.gz', { 'stream 7': 5_296 + 48 + 176, 'stream 13': 32 + 16 }],
])('%s keeps its streams apart', async (name, expected) => {
  const store = join(folder(), 'store');
  const source = fileURLToPath(new URL(`../fixtures/traces/${name}`, import.meta.url));
  await native.ingestTrace(source, store, () => undefined, new native.CancelToken());
  const trace = await native.openTrace(store, source);
  const streams = (await trace.tracks()).filter(({ type }) => type === 'gpu-stream');
  expect(Object.fromEntries(streams.map(({ name: stream, sliceCount }) => [stream, sliceCount]))).toEqual(
    expected,
  );
});
