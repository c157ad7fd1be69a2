// SPDX-License-Identifier: Apache-2.0
// Counters, moments and arrows through the engine process and the real native module, against the file itself.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WINDOW_VERSION } from '#shared/contract/engine.ts';
import type { OpenedTrace } from '#shared/contract/engine.ts';
import { viewCounters } from '#shared/trace/counters.ts';
import { viewWindow } from '#shared/trace/window.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices } from '../builders/services.ts';
import type { TestServices } from '../builders/services.ts';

const file = resolve('test/fixtures/traces/points.json');
const folder = temporaryFolder();
let services: TestServices;
let opened: OpenedTrace;
let sourceId = '';

interface TraceEvent {
  readonly ph: string;
  readonly ts: number;
  readonly name?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}
const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly traceEvents: readonly TraceEvent[];
};
const events = (phase: string) => traceEvents.filter(({ ph }) => ph === phase);

beforeAll(async () => {
  services = makeServices(folder());
  const { sources } = await services.sources.fromPaths([file]);
  sourceId = sources[0]?.sourceId ?? '';
  opened = await services.engine.call('trace.open', { sourceId });
});
afterAll(() => {
  services.engine.close();
});

test('each series of a counter is one, with all of its values where they were', async () => {
  expect(opened.counters.map(({ name }) => name)).toEqual(['queue: running', 'queue: waiting']);
  const units = 20;
  const bytes = await services.engine.call('trace.counterWindow', {
    sourceId,
    startNs: 0,
    endNs: 20_000_000,
    units,
    counters: [1],
  });
  const view = viewCounters(bytes);
  expect([...(view?.last ?? [])]).toEqual(events('C').map(({ args }) => args?.['waiting']));
  expect([...(view?.x ?? [])]).toEqual(Array.from({ length: units }, (_, at) => at));
});

test('moments lie on their track, each with its own name and arguments', async () => {
  const track = opened.tracks.find(({ instantCount }) => instantCount > 0);
  expect(track?.name).toBe('scheduler');
  const bytes = await services.engine.call('trace.instantWindow', {
    sourceId,
    startNs: 0,
    endNs: 20_000_000,
    units: 20_000,
    tracks: [track?.id ?? -1],
  });
  const view = viewWindow(bytes, WINDOW_VERSION);
  expect([...(view?.x0 ?? [])]).toEqual(events('i').map(({ ts }) => ts));
  const last = await services.engine.call('trace.instant', { sourceId, index: view?.row[4] ?? -1 });
  expect(last).toMatchObject({ name: 'cache miss 4', timeNs: 8_350_000, argsJson: '{"block": 4}' });
});

test('arrows lead from slice to slice with their category, and others are refused', async () => {
  const first = await services.engine.call('trace.slice', { sourceId, row: 0 });
  expect(first.flowsOut.map(({ category }) => category)).toEqual(['request']);
  const next = await services.engine.call('trace.slice', { sourceId, row: first.flowsOut[0]?.row ?? -1 });
  expect(next.name).toBe('forward');
  expect(next.flowsIn).toEqual([{ row: 0, category: 'request' }]);
  expect(next.flowsOut.map(({ category }) => category).toSorted()).toEqual(['fwdbwd', 'request']);
  await expect(services.engine.call('trace.instant', { sourceId, index: 99 })).rejects.toMatchObject({
    failure: { code: 'query.out-of-range' },
  });
});
