// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../builders/folder.ts';
import { compileFakeNvml } from '../builders/nvml.ts';
import { makeServices, runToEnd, smallForm, until, type TestServices } from '../builders/services.ts';

const folder = temporaryFolder();
const open: TestServices[] = [];

function services(gpuLibrary?: string): TestServices {
  const made = makeServices(folder(), {}, gpuLibrary);
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const made of open.splice(0)) {
    await made.runs.close();
    made.engine.close();
  }
});

const longRun = { parameters: { iterations: 100_000, requests: 1_000_000 } };

describe('telemetry of a run', () => {
  test('has host, run and both GPUs, live and from its file', async () => {
    const app = services(compileFakeNvml(folder()));
    app.telemetry.setRate(10);
    const form = { ...longRun, window: '5+5', torchTrace: true };
    const { id } = await app.runs.start(await smallForm(app, form));
    const told = (): boolean =>
      app.telemetryEvents.some(({ samples }) => samples.some(({ run }) => run !== null));
    await until(told, 'a sample of the run’s processes');
    await app.runs.cancel(id);
    const run = await app.runs.finished(id);

    expect(run.gpus).toEqual([{ name: 'Test GPU 80GB' }, { name: 'Test GPU 80GB' }]);
    const { head, samples } = await app.telemetry.read(id);
    expect(head).toMatchObject({ version: 1, hz: 10, gpusAbsent: null, driver: '999.10.01' });
    expect(head?.gpus.map(({ uuid, memoryBytes }) => [uuid, memoryBytes])).toEqual([
      ['GPU-00000000', 80 * 1024 ** 3],
      ['GPU-00000001', 80 * 1024 ** 3],
    ]);
    const newest = samples.findLast((sample) => sample.run !== null);
    expect(newest?.run?.rssBytes).toBeGreaterThan(1024 ** 2);
    expect(newest?.host.memoryUsedBytes).toBeGreaterThan(newest?.run?.rssBytes ?? Infinity);
    expect(newest?.host.diskFreeBytes).toBeGreaterThan(0);
    expect(newest?.gpus[0]).toMatchObject({
      powerWatts: 612.5,
      smClockMhz: 1755,
      temperatureCelsius: 61,
      throttles: ['power-cap'],
      processes: [{ pid: 4242, memoryBytes: 39 * 1024 ** 3 }],
    });
    expect(newest?.gpus[1]).toMatchObject({ powerWatts: null, processes: null, throttles: [] });
    const times = samples.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(times.length);
  });

  test('says in one sentence that there is no GPU, and goes on', async () => {
    const app = services('/nonexistent/libnvidia-ml.so.1');
    const { id } = await app.runs.start(await smallForm(app, longRun));
    await until(() => app.telemetryEvents.length > 0, 'a sample');
    await app.runs.cancel(id);
    expect((await app.runs.finished(id)).gpus).toEqual([]);
    const { head, samples } = await app.telemetry.read(id);
    expect(head?.gpusAbsent).toBe('No NVIDIA driver was found on this machine, so there are no GPU figures.');
    expect(samples[0]?.gpus).toEqual([]);
  });

  test('of a run that measures is taken once a second at most, whatever is set', () => {
    const app = services();
    app.telemetry.setRate(10);
    expect([app.telemetry.rateFor(true), app.telemetry.rateFor(false)]).toEqual([10, 1]);
  });

  test('looks at the run’s processes twice a second at most: a tree takes longer to walk than a GPU to read', () => {
    const app = services();
    app.telemetry.setRate(10);
    expect([app.telemetry.treePeriodMs(true), app.telemetry.treePeriodMs(false)]).toEqual([500, 1000]);
  });
});

describe('the queue', () => {
  test('is told, runs in the order that it is given, and forgets what was removed', async () => {
    const app = services();
    const small = await smallForm(app, { parameters: { iterations: 3, layers: 1 } });
    const first = await app.runs.start(await smallForm(app, longRun));
    const [a, b, c] = [await app.runs.start(small), await app.runs.start(small), await app.runs.start(small)];
    expect(app.runs.queue).toEqual([a.id, b.id, c.id]);
    expect(app.runs.moveInQueue(c.id, 0)).toEqual([c.id, a.id, b.id]);
    expect(app.queues.at(-1)).toEqual([c.id, a.id, b.id]);
    expect(() => app.runs.moveInQueue(first.id, 0)).toThrow('only a queued run can be moved');
    await app.runs.cancel(a.id);
    await until(() => app.queues.at(-1)?.length === 2, 'the removed run to leave the queue');
    await app.runs.cancel(first.id);
    const ends = [await app.runs.finished(c.id), await app.runs.finished(b.id)];
    expect(ends.map(({ state }) => state)).toEqual(['ready', 'ready']);
    expect((ends[1]?.startedAt ?? '') >= (ends[0]?.endedAt ?? 'z')).toBe(true);
    expect(app.runs.queue).toEqual([]);
  });
});

describe('the application’s log', () => {
  test('tells the states of a run and never a secret of the environment', async () => {
    const app = makeServices(folder(), { MY_API_KEY: 'hunter2-hunter2' });
    open.push(app);
    const run = await runToEnd(app, await smallForm(app, { parameters: { 'top-k': 8, experts: 4 } }));
    app.log.write('warning', 'test', { said: 'hunter2-hunter2' });
    const text = readFileSync(join(app.log.folder, 'iterscope.log'), 'utf8');
    expect(text).not.toContain('hunter2');
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id?: string; state?: string });
    const states = events.flatMap(({ id, state }) => (id === run.id ? [state] : []));
    expect([states[0], states.at(-1)]).toEqual(['queued', 'failed']);
  });
});
