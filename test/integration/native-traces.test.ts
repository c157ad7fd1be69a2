// SPDX-License-Identifier: Apache-2.0
// Recordings of a real GPU through the real native module: what lies on which stream.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type * as Native from '../../src/native/binding/index.d.ts';
import { viewCoverage, FULL_SHARE } from '#shared/trace/coverage.ts';
import { kindNames } from '#shared/trace/kinds.ts';
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

test('coverage of a device adds up to its busy time, whatever runs on which stream', async () => {
  const store = join(folder(), 'store');
  const source = fileURLToPath(new URL('../fixtures/traces/kineto-h100-overlap.json.gz', import.meta.url));
  await native.ingestTrace(source, store, () => undefined, new native.CancelToken());
  const trace = await native.openTrace(store, source);
  const streams = (await trace.tracks()).filter(({ type }) => type === 'gpu-stream').map(({ id }) => id);
  const { span, gpu } = await trace.summary();
  const units = 4000;
  const packed = await trace.coverage(span.startNs, span.endNs, units, [streams]);
  const view = viewCoverage(
    packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength) as ArrayBuffer,
  );
  const work = view?.columns.filter(({ kind }) => kindNames[kind] !== 'annotation') ?? [];
  const shares = work.flatMap((column) => [...column.shares]).reduce((sum, share) => sum + share, 0);
  const unitNs = (span.endNs - span.startNs) / units;
  const busyNs = gpu.devices.reduce((sum, device) => sum + device.busyNs, 0);
  // A share is rounded to one part in 255 for each unit and kind.
  const slackNs = (work.length * units * unitNs) / FULL_SHARE;
  expect(work.length).toBeGreaterThan(2);
  expect(Math.abs((shares / FULL_SHARE) * unitNs - busyNs)).toBeLessThan(slackNs);
  expect(busyNs).toBeGreaterThan(slackNs);
});
