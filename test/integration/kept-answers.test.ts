// SPDX-License-Identifier: Apache-2.0
// A trace that was opened before answers from its store, and says what it would say anew.
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Iteration, OpenedTrace } from '#shared/contract/engine.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices } from '../builders/services.ts';

const recording = resolve('test/fixtures/traces/kineto-h100-overlap.json.gz');
const folder = temporaryFolder();

interface Answers {
  readonly opened: OpenedTrace;
  readonly iterations: readonly Iteration[];
}

/** One life of the application: opens a file and ends. */
async function open(home: string, file: string): Promise<Answers> {
  const services = makeServices(home);
  try {
    const { sources } = await services.sources.fromPaths([file]);
    const sourceId = sources[0]?.sourceId ?? '';
    const opened = await services.engine.call('trace.open', { sourceId });
    const iterations = await services.engine.call('trace.iterations', { sourceId });
    return { opened: { ...opened, sourceId: '' }, iterations };
  } finally {
    services.engine.close();
  }
}

function keptFile(home: string): string {
  const stores = join(home, 'cache', 'stores');
  const [store = ''] = readdirSync(stores);
  return join(stores, store, 'first-answers.json');
}

test('the second opening answers what the first one did', async () => {
  const home = folder();
  const first = await open(home, recording);
  expect(first.iterations.length).toBeGreaterThan(0);
  const kept = readFileSync(keptFile(home), 'utf8');
  expect(await open(home, recording)).toEqual(first);
  expect(readFileSync(keptFile(home), 'utf8')).toBe(kept);
});

test('what was kept is used, and a damaged file is as good as none', async () => {
  const home = folder();
  const first = await open(home, recording);
  const path = keptFile(home);
  const kept = readFileSync(path, 'utf8');
  writeFileSync(path, kept.replace('"sliceCount":', '"sliceCount":1'));
  expect(await open(home, recording)).toEqual(first);
  expect(readFileSync(path, 'utf8')).toBe(kept);
  writeFileSync(path, kept.slice(0, kept.length / 2));
  expect(await open(home, recording)).toEqual(first);
});

test('another file in the same place, and other step markers, are asked anew', async () => {
  const home = folder();
  const file = join(folder(), 'trace.json.gz');
  copyFileSync(recording, file);
  const first = await open(home, file);
  copyFileSync(resolve('test/fixtures/traces/kineto-h100-eager.json.gz'), file);
  utimesSync(file, 1, 1);
  const second = await open(home, file);
  expect(second.opened.summary.sliceCount).not.toBe(first.opened.summary.sliceCount);
  const config = join(home, 'config');
  mkdirSync(config, { recursive: true });
  const rules = [{ producer: 'layers', patterns: ['^layer_(?<index>\\d+)\\.moe$'] }];
  writeFileSync(join(config, 'step-markers.json'), JSON.stringify({ version: 1, rules }));
  const marked = await open(home, file);
  expect(marked.iterations.length).toBeGreaterThan(second.iterations.length);
  expect(marked.opened.summary).toMatchObject({ sliceCount: second.opened.summary.sliceCount });
});

test('a file that changes or vanishes while it is open costs its arguments, which say so, and nothing else', async () => {
  const file = join(folder(), 'trace.json.gz');
  copyFileSync(recording, file);
  const services = makeServices(folder());
  try {
    const { sources } = await services.sources.fromPaths([file]);
    const sourceId = sources[0]?.sourceId ?? '';
    await services.engine.call('trace.open', { sourceId });
    const ask = () => services.engine.call('trace.slice', { sourceId, row: 7 });
    const { argsJson, argsUnreadable, ...before } = await ask();
    expect([argsJson?.startsWith('{'), argsUnreadable]).toEqual([true, null]);
    utimesSync(file, 1, 1);
    const changed = await ask();
    expect(changed).toEqual({ ...before, argsJson: null, argsUnreadable: changed.argsUnreadable });
    expect(changed.argsUnreadable).toContain('trace.json.gz has changed since it was read. Read it again.');
    rmSync(file);
    const gone = await ask();
    expect(gone).toEqual({ ...before, argsJson: null, argsUnreadable: gone.argsUnreadable });
    expect(gone.argsUnreadable).toContain('trace.json.gz does not exist. Check the path');
  } finally {
    services.engine.close();
  }
});
