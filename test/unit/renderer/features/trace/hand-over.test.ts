// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { isChromeFile, reportsOf } from '#renderer/features/trace/model/hand-over.ts';
import { makeReady } from '../../../../builders/trace.ts';

// The builder names each file as its source.
const traces = ['run.sqlite.gz', 'run.sqlite.gz', 't.json.gz', 'r.nsys-rep'].map((name) =>
  makeReady(name, []),
);

test('reports are what Nsight Systems recorded, a file of several processes once', () => {
  expect(reportsOf(traces)).toEqual([traces[0], traces[3]]);
});

test('a Chrome trace can be handed on as it is, a report cannot', () => {
  expect(traces.map(isChromeFile)).toEqual([false, false, true, false]);
});
