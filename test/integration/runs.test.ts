// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { IterscopeError } from '#shared/base/errors.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices, runToEnd, smallForm, until, type TestServices } from '../builders/services.ts';

const folder = temporaryFolder();
const open: TestServices[] = [];

function services(environment: Record<string, string> = {}): TestServices {
  const made = makeServices(folder(), environment);
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const made of open.splice(0)) {
    await made.runs.close();
    made.engine.close();
  }
});

/** Processes of a run that are alive, by the variable that its supervisor gives them. */
function aliveOf(runFolder: string): boolean {
  const journal = readFileSync(join(runFolder, 'supervisor.jsonl'), 'utf8');
  const started = JSON.parse(journal.split('\n')[0] ?? '{}') as { pid?: number };
  return started.pid !== undefined && existsSync(`/proc/${started.pid}`);
}

describe('a run from form to figures', () => {
  test('is launched, watched, collected, checked and can be opened', async () => {
    const app = services();
    const form = await smallForm(app, { window: '10+5', torchTrace: true, expertStatistics: true });
    const run = await runToEnd(app, form);

    expect(run.failure).toBeUndefined();
    expect(run.state).toBe('ready');
    expect(run.exit).toMatchObject({ code: 0, signal: null, endedBy: 'program' });
    expect(run.captureCheck?.complete).toBe(true);
    expect(run.captureCheck?.found).toEqual([0, 1].map((rank) => ({ rank, first: 10, last: 14, count: 5 })));
    expect(run.artifacts.map(({ kind }) => kind).sort()).toEqual([
      'expert-statistics',
      'iteration-statistics',
      'kineto-trace',
      'kineto-trace',
      'report-json',
      'request-json',
    ]);
    expect(run.figures.map(({ label }) => label)).toContain('Output throughput');
    expect(run.profiled).toBe(true);

    const states = app.changes
      .map(({ state }) => state)
      .filter((state, index, all) => state !== all[index - 1]);
    expect(states).toEqual(['queued', 'starting', 'running', 'ingesting', 'ready']);
    // Requests may be done before the bound on iterations: a share of it would not be true progress.
    const running = app.progress.filter(({ state }) => state === 'running');
    expect(running.some(({ step }) => step.endsWith('at most 30'))).toBe(true);
    expect(running.filter(({ ratio }) => ratio !== undefined)).toEqual([]);

    const seen = app.progress.flatMap(({ lines }) => lines.map(({ iteration }) => iteration));
    expect(seen).toEqual((await app.runs.iterationLines(run.id)).map(({ iteration }) => iteration));
    expect(seen).toHaveLength(30);

    const { sources } = await app.sources.ofRun(run, app.library.artifactsOf(run.id));
    const statistics = sources.find(({ kind }) => kind === 'expert-statistics');
    const summary = await app.engine.call('experts.open', { sourceId: statistics?.sourceId ?? '' });
    expect(summary).toMatchObject({ experts: 32, topK: 4, iterationStart: 10, iterationEnd: 15, ranks: 2 });
  });

  test('is on disk as it was, for the next start', async () => {
    const app = services();
    const run = await runToEnd(app, await smallForm(app));
    expect(await app.library.read(run.id)).toEqual(run);
    expect((await app.runs.list()).map(({ id, state }) => ({ id, state }))).toEqual([
      { id: run.id, state: 'ready' },
    ]);
    expect((await app.runs.readLog(run.id, 'stdout', 0)).text).toContain('iter = 30');
  });

  test('gets no flag from the surroundings that its form decides about, and hides secrets', async () => {
    const app = services({ ENABLE_PERFECT_ROUTER: '1', INHERITED: 'yes' });
    const extraEnvironment = [{ name: 'MY_API_KEY', value: 'hunter2' }];
    const run = await runToEnd(app, await smallForm(app, { extraEnvironment }));
    const log = await app.runs.readLog(run.id, 'stdout', 0);
    expect(log.text).not.toContain('perfect router');
    const onDisk = readFileSync(join(app.library.folderOf(run.id), 'manifest.json'), 'utf8');
    expect(onDisk).toContain('MY_API_KEY');
    expect(onDisk).not.toContain('hunter2');
  });

  test('with the perfect router proves in its log that it was on', async () => {
    const app = services();
    const run = await runToEnd(app, await smallForm(app, { perfectRouter: true }));
    expect(run.state).toBe('ready');
    expect((await app.runs.readLog(run.id, 'stdout', 0)).text).toContain('Perfect router cache initialized');
  });
});

describe('runs that do not end well', () => {
  test('a cancelled run is ended whole and keeps what it wrote', async () => {
    const app = services();
    const { id } = await app.runs.start(
      await smallForm(app, { parameters: { iterations: 100_000, requests: 1_000_000 } }),
    );
    await until(() => app.progress.some(({ lines }) => lines.length > 0), 'iteration lines');
    await app.runs.cancel(id);
    const run = await app.runs.finished(id);
    expect(run.state).toBe('cancelled');
    expect(run.exit?.endedBy).toBe('cancel');
    expect(aliveOf(app.library.folderOf(id))).toBe(false);
    expect((await app.runs.iterationLines(id)).length).toBeGreaterThan(0);
    await expect(app.runs.cancel(id)).rejects.toThrow('already over');
  });

  test('a program that refuses its options fails with its own words', async () => {
    const app = services();
    const run = await runToEnd(app, await smallForm(app, { parameters: { 'top-k': 8, experts: 4 } }));
    expect(run.state).toBe('failed');
    expect(run.failure?.code).toBe('run.program-failed');
    expect(run.failure?.message).toContain('a token cannot go to 8 of 4 experts');
  });

  test('a bad form starts nothing', async () => {
    const app = services();
    const form = await smallForm(app, { window: '30-20', torchTrace: true });
    const thrown: unknown = await app.runs.start(form).catch((reason: unknown) => reason);
    expect(thrown instanceof IterscopeError && thrown.failure.field).toBe('window');
    expect(await app.runs.list()).toEqual([]);
  });

  test('a second run waits for the first, and can be cancelled while it waits', async () => {
    const app = services();
    const form = await smallForm(app);
    const first = await app.runs.start(form);
    const second = await app.runs.start(form);
    const third = await app.runs.start(form);
    expect(second.state).toBe('queued');
    await app.runs.cancel(third.id);
    expect((await app.runs.finished(third.id)).state).toBe('cancelled');
    const [one, two] = await Promise.all([app.runs.finished(first.id), app.runs.finished(second.id)]);
    expect([one.state, two.state]).toEqual(['ready', 'ready']);
    expect((two.startedAt ?? '') >= (one.endedAt ?? '')).toBe(true);
  });

  test('a run whose application died is found as interrupted', async () => {
    const home = folder();
    const app = makeServices(home);
    open.push(app);
    const run = await runToEnd(app, await smallForm(app));
    // As the disk looks when the application was killed in the middle: a living state and no owner.
    await app.library.write({ ...run, state: 'running' });
    const next = makeServices(home);
    open.push(next);
    await next.runs.recover();
    expect((await next.runs.get(run.id)).state).toBe('interrupted');
  });

  test('the death of the engine process loses no run', async () => {
    const app = services();
    app.engine.process.kill();
    await until(() => app.restarts.length > 0, 'the engine to be noticed dead');
    const run = await runToEnd(app, await smallForm(app, { window: '5+5', torchTrace: true }));
    expect(run.state).toBe('ready');
  });
});
