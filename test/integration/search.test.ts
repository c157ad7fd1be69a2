// SPDX-License-Identifier: Apache-2.0
// Searches through the engine process and the real native module, against counts made by reading the JSON.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineProgress } from '#shared/contract/engine.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices } from '../builders/services.ts';
import type { TestServices } from '../builders/services.ts';

const file = resolve('test/fixtures/traces/kineto-h100-overlap.json.gz');
const folder = temporaryFolder();
let services: TestServices;
let sourceId = '';
const everywhere = { isExpression: false, matchCase: true };

interface TraceEvent {
  readonly ph: string;
  readonly name?: string;
  readonly dur?: number;
  readonly args?: Record<string, unknown>;
}
const slices = (
  JSON.parse(gunzipSync(readFileSync(file)).toString()) as { traceEvents: readonly TraceEvent[] }
).traceEvents.filter(({ ph }) => ph === 'X');

beforeAll(async () => {
  services = makeServices(folder());
  const { sources } = await services.sources.fromPaths([file]);
  sourceId = sources[0]?.sourceId ?? '';
  await services.engine.call('trace.open', { sourceId });
});
afterAll(() => {
  services.engine.close();
});

test('a search counts what a reader of the file counts, by name, track and part of the span', async () => {
  const expected = slices.filter(({ name }) => name?.includes('gemm') === true);
  const size = { bins: 100, rowsPerTrack: 5, names: 3 };
  const found = await services.engine.call('trace.search', {
    sourceId,
    text: 'gemm',
    ...everywhere,
    ...size,
  });
  expect(found.count).toBe(expected.length);
  expect(found.nameCount).toBe(new Set(expected.map(({ name }) => name)).size);
  expect(found.names).toHaveLength(Math.min(3, found.nameCount));
  expect(found.bins).toHaveLength(100);
  expect(found.bins.reduce((sum, count) => sum + count, 0)).toBe(expected.length);
  expect(found.tracks.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
  expect(found.tracks[0]?.rows.length).toBe(5);
});

test('a wrong expression is refused with a sentence, and plain text with the same characters is not', async () => {
  const size = { bins: 0, rowsPerTrack: 0, names: 0 };
  const ask = (isExpression: boolean) =>
    services.engine.call('trace.search', { sourceId, text: '(', isExpression, matchCase: true, ...size });
  await expect(ask(true)).rejects.toMatchObject({ failure: { code: 'query.bad-pattern' } });
  expect((await ask(false)).count).toBeGreaterThan(0);
});

test('hits, neighbours and statistics of one name agree with each other', async () => {
  const name = 'cudaLaunchKernel';
  const durations = slices
    .filter((slice) => slice.name === name)
    .map(({ dur }) => Math.round((dur ?? 0) * 1000));
  const statistics = await services.engine.call('trace.nameStatistics', { sourceId, name });
  expect(statistics?.durations.count).toBe(durations.length);
  expect(statistics?.durations.totalNs).toBe(durations.reduce((sum, duration) => sum + duration, 0));
  expect(statistics?.counts.reduce((sum, count) => sum + count, 0)).toBe(durations.length);
  const pattern = { sourceId, text: `^${name}$`, isExpression: true, matchCase: true };
  const first = await services.engine.call('trace.nearestMatch', { ...pattern, fromNs: 0, way: 'next' });
  if (first === null) throw new Error('no hit');
  const from = { ...pattern, fromNs: 0, fromRow: first.row };
  const second = await services.engine.call('trace.nearestMatch', { ...from, way: 'next' });
  expect(await services.engine.call('trace.nearestMatch', { ...from, way: 'previous' })).toBeNull();
  const beside = await services.engine.call('trace.neighbours', {
    sourceId,
    row: first.row,
    on: 'all-tracks',
  });
  expect(beside).toEqual({ previous: null, next: second });
  expect(await services.engine.call('trace.nameStatistics', { sourceId, name: 'no such name' })).toBeNull();
});

test('arguments are searched in the file, and the search can be cancelled', async () => {
  const expected = slices.filter(({ args }) => args?.['stream'] === 13);
  const told: EngineProgress[] = [];
  const pattern = { sourceId, text: '"stream": 13,', ...everywhere, limit: 10 };
  const onProgress = (progress: EngineProgress) => told.push(progress);
  const found = await services.engine.call('trace.searchArguments', pattern, { onProgress });
  expect([found.count, found.rows.length]).toEqual([expected.length, 10]);
  const durationNs = (dur = 0): number => Math.round(dur * 1000);
  expect(found.totalNs).toBe(expected.reduce((sum, { dur }) => sum + durationNs(dur), 0));
  const names = await services.engine.call('trace.names', { sourceId, ids: [...found.names] });
  const told10 = names.map((name, at) => [name, found.dursNs[at]]);
  expect(told10).toEqual(expected.slice(0, 10).map(({ name, dur }) => [name, durationNs(dur)]));
  expect([...found.startsNs].every((start, at) => at === 0 || start >= (found.startsNs[0] ?? 0))).toBe(true);
  expect(found.kinds).toHaveLength(10);
  // The last progress may come after the answer, and is dropped then: what was told is a part of it.
  const streamed = told.flatMap(({ foundRows }) => foundRows ?? []);
  expect(streamed).toEqual([...found.rows].slice(0, streamed.length));
  const abort = new AbortController();
  const stopped = services.engine.call('trace.searchArguments', pattern, { signal: abort.signal });
  abort.abort();
  await expect(stopped).rejects.toMatchObject({ failure: { code: 'ingest.cancelled' } });
});
