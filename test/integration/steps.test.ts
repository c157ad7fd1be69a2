// SPDX-License-Identifier: Apache-2.0
// Runs of several steps: the shipped recipes, the real launcher and supervisors, doubles of the programs.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { delimiter, join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices, runToEnd, until, type TestServices } from '../builders/services.ts';

const folder = temporaryFolder();
const open: TestServices[] = [];
const fakes = resolve('test/fakes/bin');

function services(home = folder()): TestServices {
  const made = makeServices(home, { PATH: `${fakes}${delimiter}${process.env['PATH'] ?? ''}` });
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const made of open.splice(0)) {
    await made.runs.close();
    made.engine.close();
  }
});

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function formOf(
  app: TestServices,
  recipeId: string,
  parameters: LaunchForm['parameters'],
  trouble = '',
): Promise<LaunchForm> {
  const form = defaultForm(await app.recipes.get(recipeId));
  const extraEnvironment = trouble === '' ? [] : [{ name: 'FAKE_TROUBLE', value: trouble }];
  return { ...form, parameters: { ...form.parameters, ...parameters }, extraEnvironment };
}

const throughput = (app: TestServices, trouble?: string, model = 'example/model'): Promise<LaunchForm> =>
  formOf(app, 'tensorrt-llm-throughput', { model, 'num-requests': 12 }, trouble);

async function serving(app: TestServices, trouble?: string, prompts = 16): Promise<LaunchForm> {
  const port = await freePort();
  return formOf(app, 'tensorrt-llm-serve', { model: 'example/model', port, 'num-prompts': prompts }, trouble);
}

/** How each step stood: its name, its state and its exit code or signal. */
const stepsOf = ({ steps = [] }: RunManifest): unknown[] =>
  steps.map(({ name, state, exit }) => [name, state, exit?.signal ?? exit?.code]);

/** Programs of the run that are alive, by the journals of all of its supervisors. */
function aliveOf(app: TestServices, id: string): string[] {
  const steps = join(app.library.folderOf(id), 'steps');
  return (existsSync(steps) ? readdirSync(steps) : []).filter((step) => {
    const journal = join(steps, step, 'supervisor.jsonl');
    const [first = '', rest] = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n') : [];
    // Its first line is written in one piece, but may not be there yet.
    if (rest === undefined) return false;
    const { pid } = JSON.parse(first) as { pid: number };
    return existsSync(`/proc/${pid.toString()}`);
  });
}

const logOf = async (app: TestServices, id: string, step: string): Promise<string> => {
  const page = await app.logs.page(id, { step, show: 'both', from: 0, lines: 1000 });
  return page.parts.flatMap(({ lines }) => lines).join('\n');
};

describe('a preparation and a load', () => {
  test('run one after the other, each with its own log, exit and figures', async () => {
    const app = services();
    const run = await runToEnd(app, await throughput(app));
    expect(run.failure).toBeUndefined();
    expect(run.state).toBe('ready');
    expect(stepsOf(run)).toEqual([
      ['dataset', 'ended', 0],
      ['bench', 'ended', 0],
    ]);
    expect(run.exit).toEqual(run.steps?.[1]?.exit);
    expect(await logOf(app, run.id, 'dataset')).toContain('Wrote 12 requests');
    expect(await logOf(app, run.id, 'bench')).toContain('PERFORMANCE OVERVIEW');
    expect(run.artifacts.map(({ kind }) => kind)).toContain('dataset');
    const figureOf = (label: string): unknown => run.figures.find((figure) => figure.label === label);
    // The file is more exact than what was printed.
    expect(figureOf('Output throughput')).toEqual({
      label: 'Output throughput',
      value: 3200.003,
      unit: 'tok/s',
    });
    expect(run.steps?.[1]?.figures).toContainEqual({
      label: 'Output throughput',
      value: 3200,
      unit: 'tok/s',
    });
    expect(run.iterationTimes?.count).toBe(20);
    expect(await app.runs.iterationLines(run.id)).toHaveLength(20);
    expect(app.progress.some(({ step }) => step.includes('(step 2 of 2)'))).toBe(true);
    expect(aliveOf(app, run.id)).toEqual([]);
  });

  test('a preparation that fails keeps the load from beginning', async () => {
    const app = services();
    const form = await throughput(app);
    const run = await runToEnd(app, {
      ...form,
      parameters: { ...form.parameters, 'bench-program': 'nowhere' },
    });
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'launch.program-not-found' } });
    expect(run.steps?.map(({ state }) => state)).toEqual(['ended', 'waiting']);
  });

  test('a program that dies says so with its signal, and one that is cancelled is ended', async () => {
    const app = services();
    const died = await runToEnd(app, await throughput(app, 'die'));
    expect(died.failure).toMatchObject({ code: 'run.program-failed' });
    expect(died.failure?.message).toMatch(/SIGSEGV/);
    expect(died.exit).toEqual(died.steps?.[1]?.exit);

    const { id } = await app.runs.start(await throughput(app, 'hang-late'));
    await until(() => app.progress.some((event) => event.id === id && event.lines.length > 0), 'lines');
    await app.runs.cancel(id);
    const run = await app.runs.finished(id);
    expect(run).toMatchObject({ state: 'cancelled', exit: { endedBy: 'cancel' } });
    expect(aliveOf(app, id)).toEqual([]);
  });

  test('what the recipe knows of a failure is told instead of the last lines', async () => {
    const app = services();
    const run = await runToEnd(app, await throughput(app, 'out-of-memory'));
    expect(run.failure?.message).toMatch(/GPU ran out of memory/);
    const missing = await runToEnd(app, await throughput(app, '', '/no/such/model'));
    expect(missing.failure?.message).toMatch(/not a local folder/);
  });

  test('cancelled while it prepares, the load never begins', async () => {
    const app = services();
    const { id } = await app.runs.start(await throughput(app, 'slow-dataset'));
    await until(() => aliveOf(app, id).includes('dataset'), 'the preparation');
    await app.runs.cancel(id);
    const run = await app.runs.finished(id);
    expect(run.state).toBe('cancelled');
    expect(run.steps?.map(({ state }) => state)).toEqual(['ended', 'waiting']);
    expect(aliveOf(app, id)).toEqual([]);
  });
});

describe('a server and a load', () => {
  test('the server is awaited, loaded and ended', async () => {
    const app = services();
    const run = await runToEnd(app, await serving(app));
    expect(run.failure).toBeUndefined();
    expect(run.state).toBe('ready');
    expect(stepsOf(run)).toEqual([
      ['server', 'ended', 0],
      ['load', 'ended', 0],
    ]);
    expect(run.steps?.[0]?.exit?.endedBy).toBe('cancel');
    expect(run.exit?.endedBy).toBe('program');
    const states = app.changes.flatMap(({ steps = [] }) => steps[0]?.state ?? []);
    // What lasts is told; states that follow each other within a write may be passed over.
    const lasting = states.filter((state) => state !== 'starting' && state !== 'running');
    expect([...new Set(lasting)]).toEqual(['waiting', 'ready', 'ended']);
    expect(run.figures.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['Output throughput', 'E2E latency mean']),
    );
    // The server logs its iterations, the load its progress.
    expect(run.iterationTimes?.count).toBe(16);
    expect(aliveOf(app, run.id)).toEqual([]);
  });

  test('a server that dies while it loads is told at once, with its last words', async () => {
    const app = services();
    const run = await runToEnd(app, await serving(app, 'die-while-loading'));
    expect(run.failure).toMatchObject({ code: 'run.server-died' });
    expect(run.failure?.message).toMatch(/before it answered http.*\/health.*Executor worker returned error/);
    expect(run.steps?.map(({ state }) => state)).toEqual(['ended', 'waiting']);
  });

  test('a server that dies under its load ends the load', async () => {
    const app = services();
    const run = await runToEnd(app, await serving(app, 'die-under-load', 100_000));
    expect(run.failure).toMatchObject({ code: 'run.server-died' });
    expect(run.failure?.message).toMatch(/while the load still ran: .*SIGSEGV/);
    expect(stepsOf(run)).toEqual([
      ['server', 'ended', 'SIGSEGV'],
      ['load', 'ended', 'SIGTERM'],
    ]);
    expect(aliveOf(app, run.id)).toEqual([]);
  });

  test('a server that never answers is ended when its time is over', async () => {
    const app = services();
    const form = await serving(app, 'never-ready');
    const recipe = await app.recipes.get(form.recipeId);
    const ready = recipe.steps[0]?.ready;
    if (ready !== undefined) ready.timeoutMs = 1_000;
    const run = await runToEnd(app, form);
    expect(run.failure).toMatchObject({ code: 'run.server-not-ready' });
    expect(run.failure?.message).toMatch(/did not answer http.*within 1 s and was ended/);
    expect(stepsOf(run)).toEqual([
      ['server', 'ended', 0],
      ['load', 'waiting', undefined],
    ]);
  });

  test('a port that is taken starts nothing', async () => {
    const app = services();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const form = await serving(app);
    const run = await runToEnd(app, { ...form, parameters: { ...form.parameters, port } });
    server.close();
    expect(run.failure).toMatchObject({ code: 'run.port-taken' });
    expect(run.steps?.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
  });

  test('cancelled while it waits for the server, and under load, nothing is left', async () => {
    const app = services();
    const waiting = await app.runs.start(await serving(app, 'never-ready'));
    await until(
      () => app.progress.some(({ id, step }) => id === waiting.id && step.includes('Waiting until')),
      'the server to be awaited',
    );
    await app.runs.cancel(waiting.id);
    expect((await app.runs.finished(waiting.id)).state).toBe('cancelled');
    expect(aliveOf(app, waiting.id)).toEqual([]);

    const loaded = await app.runs.start(await serving(app, 'stall-under-load'));
    await until(() => app.progress.some(({ id, lines }) => id === loaded.id && lines.length > 0), 'lines');
    await app.runs.cancel(loaded.id);
    const run = await app.runs.finished(loaded.id);
    expect(run.state).toBe('cancelled');
    expect(run.steps?.map(({ exit }) => exit?.endedBy)).toEqual(['cancel', 'cancel']);
    expect(aliveOf(app, loaded.id)).toEqual([]);
  });

  test('what an application left of its steps is ended by the next start', async () => {
    const home = folder();
    const app = services(home);
    const run = await runToEnd(app, await serving(app));
    const { exit: _exit, ...unseen } = run;
    const steps = run.steps?.map(({ exit: _own, ...step }) => ({ ...step, state: 'running' as const }));
    await app.library.write({
      ...unseen,
      state: 'running',
      artifacts: [],
      figures: [],
      ...(steps && { steps }),
    });
    const next = services(home);
    await next.runs.recover();
    const found = await next.runs.get(run.id);
    expect(found).toMatchObject({ state: 'interrupted', exit: run.exit });
    expect(stepsOf(found)).toEqual(stepsOf(run));
    expect((await next.runs.ingest(run.id)).figures).toEqual(run.figures);
  });
});
