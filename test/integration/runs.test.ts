// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { IterscopeError } from '#shared/base/errors.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { recordedSteps } from '#renderer/features/trace/model/recorded-steps.ts';
import { smallDisk } from '../builders/disk.ts';
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

/** Who the run's processes are, by the journal of its supervisor. */
function journalOf(runFolder: string): { pid: number; supervisorPid: number } {
  const journal = readFileSync(join(runFolder, 'supervisor.jsonl'), 'utf8');
  return JSON.parse(journal.split('\n')[0] ?? '{}') as { pid: number; supervisorPid: number };
}

const programOf = (runFolder: string): number => journalOf(runFolder).pid;

function aliveOf(runFolder: string): boolean {
  return existsSync(`/proc/${programOf(runFolder)}`);
}

/** A run that goes on until someone ends it. */
function longForm(app: TestServices): Promise<LaunchForm> {
  return smallForm(app, { parameters: { iterations: 100_000, requests: 1_000_000 } });
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
    const ofRank = sources.find(({ kind, rank }) => kind === 'trace' && rank === 0)?.sourceId ?? '';
    const iterations = await app.engine.call('trace.iterations', { sourceId: ofRank });
    const records = await app.runs.iterationRecords(run.id, { first: 10, last: 14 });
    expect(records.records.map(({ number }) => number)).toEqual([9, 10, 11, 12, 13, 14, 15]);
    const recorded = recordedSteps(records, 0, iterations);
    for (const { index, contextRequests, generationRequests } of iterations) {
      expect(recorded.get(index)).toMatchObject({ contextRequests, generationRequests });
    }
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
    const { id } = await app.runs.start(await longForm(app));
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

  test('a program that is killed says which process ended by which signal', async () => {
    const app = services();
    const { id } = await app.runs.start(await longForm(app));
    await until(() => app.progress.some(({ lines }) => lines.length > 0), 'iteration lines');
    process.kill(programOf(app.library.folderOf(id)), 'SIGKILL');
    const run = await app.runs.finished(id);
    expect(run.state).toBe('failed');
    expect(run.exit).toMatchObject({ code: null, signal: 'SIGKILL', endedBy: 'program' });
    expect(run.failure?.code).toBe('run.program-failed');
    expect(run.failure?.message).toMatch(
      /moe-engine ended by SIGKILL.*moe-engine \(process \d+\) by SIGKILL/,
    );
    expect(run.failure?.message).not.toContain('iter = ');
  });

  test('a supervisor that is asked to end says who asked', async () => {
    const app = services();
    const { id } = await app.runs.start(await longForm(app));
    await until(() => app.progress.some(({ lines }) => lines.length > 0), 'iteration lines');
    process.kill(journalOf(app.library.folderOf(id)).supervisorPid, 'SIGTERM');
    const run = await app.runs.finished(id);
    expect(run.failure).toMatchObject({ code: 'run.terminated' });
    expect(run.exit).toMatchObject({ endedBy: 'signal', instigator: { pid: process.pid } });
  });

  test('a run that cannot be ended keeps nobody from quitting', async () => {
    const app = services();
    const { id } = await app.runs.start(await longForm(app));
    await until(() => app.progress.some(({ lines }) => lines.length > 0), 'iteration lines');
    const { pid, supervisorPid } = journalOf(app.library.folderOf(id));
    // As it is with a process in an uninterruptible wait: asking and killing have no effect.
    process.kill(supervisorPid, 'SIGSTOP');
    await app.runs.close(0);
    expect(app.runs.isLive(id)).toBe(true);
    expect(existsSync(`/proc/${pid.toString()}`)).toBe(true);
    process.kill(supervisorPid, 'SIGCONT');
    expect((await app.runs.finished(id)).state).toBe('cancelled');
  });

  test('what a run used is of its whole tree, in user and system time', async () => {
    const app = services();
    const { exit } = await runToEnd(app, await smallForm(app));
    expect(exit?.cpuMs).toBe((exit?.userMs ?? 0) + (exit?.systemMs ?? 0));
    expect(exit?.cpuMs).toBeGreaterThan(0);
    expect(exit?.peakRssBytes).toBeGreaterThanOrEqual(exit?.peakProcessRssBytes ?? Infinity);
    expect(exit).toMatchObject({ leftBehind: 0, deaths: [], instigator: null });
  });

  test('a run whose application died is found as interrupted, and what it left can be read', async () => {
    const home = folder();
    const app = makeServices(home);
    open.push(app);
    const form = await smallForm(app, { window: '10+5', torchTrace: true });
    const run = await runToEnd(app, form);
    // As the disk looks when the application was killed before it saw the end: a living state and no owner.
    const { exit: _exit, captureCheck: _check, ...unseen } = run;
    await app.library.write({ ...unseen, state: 'running', artifacts: [], figures: [] });
    const next = makeServices(home);
    open.push(next);
    await next.runs.recover();
    const found = await next.runs.get(run.id);
    expect(found).toMatchObject({ state: 'interrupted', exit: run.exit, artifacts: run.artifacts });
    expect(next.changes.map(({ id, state }) => [id, state])).toEqual([[run.id, 'interrupted']]);

    // The program had ended well: nothing but the reading was missing.
    expect(await next.runs.ingest(run.id)).toEqual({ ...run, endedAt: found.endedAt });
    expect((await next.runs.get(run.id)).state).toBe('ready');
  });

  test('a trace that cannot be read keeps no other from being read', async () => {
    const home = folder();
    const app = makeServices(home);
    open.push(app);
    const run = await runToEnd(app, await smallForm(app, { window: '10+5', torchTrace: true }));
    const [broken = '', whole = ''] = run.artifacts
      .filter(({ kind }) => kind === 'kineto-trace')
      .map(({ path }) => path);
    writeFileSync(join(app.library.artifactsOf(run.id), broken), 'no trace at all');
    const next = makeServices(home);
    open.push(next);
    const read = await next.runs.ingest(run.id);
    expect(read.state).toBe('failed');
    const problemOf = (path: string): string | undefined =>
      read.artifacts.find((artifact) => artifact.path === path)?.problem;
    expect(problemOf(broken)).toBe(read.failure?.message);
    expect(problemOf(whole)).toBeUndefined();
    expect(read.captureCheck?.found.map(({ count }) => count)).toEqual([5]);
  });

  test('a run that is not over is not read before its end', async () => {
    const app = services();
    const { id } = await app.runs.start(await longForm(app));
    await expect(app.runs.ingest(id)).rejects.toThrow('not over');
    await app.runs.cancel(id);
    expect((await app.runs.finished(id)).state).toBe('cancelled');
    expect((await app.runs.ingest(id)).state).toBe('cancelled');
  });

  test('a journal that cannot be read keeps no other run from being found', async () => {
    const home = folder();
    const app = makeServices(home);
    open.push(app);
    const form = await smallForm(app);
    const runs = [await runToEnd(app, form), await runToEnd(app, form)];
    for (const run of runs) await app.library.write({ ...run, state: 'running' });
    const journal = app.library.journalOf(runs[0]?.id ?? '');
    rmSync(journal);
    mkdirSync(journal);
    const next = makeServices(home);
    open.push(next);
    await next.runs.recover();
    const told = next.changes.map(({ id, state, failure }) => [id, state, failure?.code]);
    expect(told).toContainEqual([runs[0]?.id, 'interrupted', 'launch.journal-unreadable']);
    expect(told).toContainEqual([runs[1]?.id, 'interrupted', undefined]);
  });

  test('a full disk ends no run, and leaves room for its end', async ({ skip }) => {
    const disk = smallDisk(4 * 1024 * 1024);
    if (typeof disk === 'string') return skip(`a small disk cannot be mounted here: ${disk}`);
    try {
      const app = makeServices(disk.path);
      open.push(app);
      const { id } = await app.runs.start(await longForm(app));
      await until(() => app.progress.some(({ lines }) => lines.length > 0), 'iteration lines');
      disk.fill();
      await app.runs.cancel(id);
      const run = await app.runs.finished(id);
      expect(run).toMatchObject({ state: 'cancelled', exit: { endedBy: 'cancel' } });
      expect(await app.library.read(id)).toEqual(run);
      expect((await app.runs.iterationLines(id)).length).toBeGreaterThan(0);
    } finally {
      disk.unmount();
    }
  });

  test('a manifest that cannot be written ends no run, and loses none', async () => {
    const home = folder();
    const app = makeServices(home);
    open.push(app);
    const { id } = await app.runs.start(await longForm(app));
    await until(() => app.progress.some(({ lines }) => lines.length > 0), 'iteration lines');
    const path = join(app.library.folderOf(id), 'manifest.json');
    const before = readFileSync(path);
    rmSync(path);
    mkdirSync(join(path, 'in-the-way'), { recursive: true });
    await app.runs.cancel(id);
    const run = await app.runs.finished(id);
    expect(run).toMatchObject({ state: 'cancelled', exit: { endedBy: 'cancel' } });
    expect(run.failure?.code).toBe('run.folder');

    rmSync(path, { recursive: true });
    writeFileSync(path, before);
    const next = makeServices(home);
    open.push(next);
    await next.runs.recover();
    expect(await next.runs.get(id)).toMatchObject({ state: 'interrupted', exit: run.exit });
  });

  test('the death of the engine process loses no run', async () => {
    const app = services();
    app.engine.process.kill();
    await until(() => app.restarts.length > 0, 'the engine to be noticed dead');
    const run = await runToEnd(app, await smallForm(app, { window: '5+5', torchTrace: true }));
    expect(run.state).toBe('ready');
  });
});
