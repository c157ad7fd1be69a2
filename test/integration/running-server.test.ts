// SPDX-License-Identifier: Apache-2.0
// A server that somebody else started: awaited, asked over HTTP to record, loaded, and left running.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices, runToEnd, type TestServices } from '../builders/services.ts';

const folder = temporaryFolder();
const path = `${resolve('test/fakes/bin')}${delimiter}${process.env['PATH'] ?? ''}`;
let server: ChildProcess | undefined;
let app: TestServices | undefined;

afterEach(async () => {
  server?.kill('SIGKILL');
  await app?.runs.close();
  app?.engine.close();
  [server, app] = [undefined, undefined];
});

async function freePort(): Promise<number> {
  const listening = createServer().listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  listening.close();
  await once(listening, 'close');
  return port;
}

/** Starts a server and resolves when it says that it listens. */
async function startServer(): Promise<number> {
  const port = await freePort();
  server = spawn(
    resolve('test/fakes/bin/trtllm-serve'),
    ['example/model', '--host', '127.0.0.1', '--port', port.toString()],
    {
      env: { PATH: path },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  if (server.stdout === null) throw new Error('The server has no output');
  for await (const line of createInterface({ input: server.stdout })) if (line.includes('Uvicorn')) break;
  server.stdout.resume();
  return port;
}

async function formFor(made: TestServices, port: number, changes: Partial<LaunchForm>): Promise<LaunchForm> {
  const form = defaultForm(await made.recipes.get('tensorrt-llm-serve'));
  const parameters = {
    ...form.parameters,
    model: 'm',
    era: 'e3',
    server: 'running',
    port,
    'num-prompts': 16,
  };
  return { ...form, ...changes, parameters };
}

test('it is recorded over HTTP from the load on, and its trace is the run’s', async () => {
  app = makeServices(folder(), { PATH: path });
  const port = await startServer();
  const form = await formFor(app, port, { torchTrace: true, window: '3+5' });
  const run = await runToEnd(app, form);
  expect(run.failure).toBeUndefined();
  expect(run.state).toBe('ready');
  expect(run.steps?.map(({ name, exit }) => [name, exit?.code])).toEqual([
    ['start-profile', 0],
    ['load', 0],
    ['stop-profile', 0],
  ]);
  expect(run.artifacts.filter(({ kind }) => kind === 'kineto-trace')).toMatchObject([
    { path: 'trtllm-trace-1767225600-0123abcd-rank-0.json', rank: 0 },
  ]);
  // Its own numbers know nothing of the load: the fourth iteration from then on is the window's first.
  expect(run.captureCheck).toMatchObject({
    complete: true,
    found: [{ rank: 0, first: 3, last: 7, count: 5 }],
  });
  expect(server?.exitCode).toBeNull();

  // The script does the same by itself, with the same server.
  const { passes } = await app.runs.preview(form);
  const home = folder();
  const script = join(home, 'pass.sh');
  writeFileSync(script, passes[0]?.script ?? '');
  execFileSync('bash', [script, join(home, 'by hand')], { env: { PATH: path }, stdio: 'pipe' });
  const all = (of: string): string[] => readdirSync(of).sort();
  expect(all(join(home, 'by hand'))).toEqual(all(app.library.artifactsOf(run.id)));
  const steps = readFileSync(join(home, 'by hand', 'trtllm-trace-1767225600-0123abcd-rank-0.json'), 'utf8');
  expect(steps.match(/_forward_step/g)).toHaveLength(5);
});

test('a load that is over before its window ends it; a server that is not there is told', async () => {
  app = makeServices(folder(), { PATH: path });
  const port = await startServer();
  const short = await runToEnd(app, await formFor(app, port, { torchTrace: true, window: '10+50' }));
  expect(short.state).toBe('ready');
  expect(short.captureCheck).toMatchObject({ complete: false, found: [{ rank: 0, first: 10, last: 15 }] });

  const nowhere = await formFor(app, await freePort(), {});
  const recipe = await app.recipes.get('tensorrt-llm-serve');
  for (const { awaits } of recipe.steps) if (awaits !== undefined) awaits.timeoutMs = 1_000;
  const { findings } = await app.launchCheck.check(nowhere);
  expect(findings.map(({ code }) => code)).toContain('server-absent');
  const absent = await runToEnd(app, nowhere);
  expect(absent.failure?.code).toBe('run.server-not-ready');
  expect(absent.failure?.message).toMatch(
    /No server answered http.*\/health within 1 s, so "Load" was not started/,
  );
});
