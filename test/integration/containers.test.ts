// SPDX-License-Identifier: Apache-2.0
// Runs in containers, through the real supervisor. The client and daemon are doubles; what the real client makes of
// the same words was tried apart.
import { readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { launchTarget, type LaunchTarget } from '#shared/contract/target.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices, runToEnd, smallForm, until, type TestServices } from '../builders/services.ts';
import { FakeDocker } from '../fakes/docker-daemon.ts';

const IMAGE = 'registry/engine:1';
const fakes = resolve('test/fakes/bin');
const folder = temporaryFolder();
const open: TestServices[] = [];
const daemons: FakeDocker[] = [];

const inContainer = (image = IMAGE): LaunchTarget =>
  launchTarget.parse({ kind: 'container', runtime: 'docker', image, gpus: 'none' });

function makeDocker(): FakeDocker {
  const docker = new FakeDocker(folder(), [IMAGE]);
  daemons.push(docker);
  return docker;
}

function services(docker: FakeDocker, home = folder()): TestServices {
  const made = makeServices(home, {
    PATH: `${fakes}${delimiter}${process.env['PATH'] ?? ''}`,
    FAKE_DOCKER_SOCKET: docker.socketPath,
  });
  open.push(made);
  return made;
}

const longForm = (app: TestServices): Promise<LaunchForm> =>
  smallForm(app, { target: inContainer(), parameters: { iterations: 100_000, requests: 1_000_000 } });

/** The process ids of client and supervisor, by the journal. */
function journalOf(runFolder: string): { pid: number; supervisorPid: number } {
  const journal = readFileSync(join(runFolder, 'supervisor.jsonl'), 'utf8');
  return JSON.parse(journal.split('\n')[0] ?? '{}') as { pid: number; supervisorPid: number };
}

async function iterating(app: TestServices): Promise<void> {
  await until(() => app.progress.some(({ lines }) => lines.length > 0), 'iteration lines');
}

afterEach(async () => {
  for (const made of open.splice(0)) {
    await made.runs.close();
    made.engine.close();
  }
  for (const docker of daemons.splice(0)) docker.close();
});

describe('a run in a container', () => {
  test('is launched, watched and collected as one of this machine; secrets are on no command line', async () => {
    const docker = makeDocker();
    const app = services(docker);
    const extraEnvironment = [
      { name: 'MY_API_KEY', value: 'hunter2hunter2' },
      { name: 'WITH_COMMA', value: 'a, b' },
    ];
    const form = { window: '10+5', torchTrace: true, target: inContainer(), extraEnvironment };
    const run = await runToEnd(app, await smallForm(app, form));
    expect(run.failure).toBeUndefined();
    expect(run).toMatchObject({ state: 'ready', target: { kind: 'container', image: IMAGE } });
    expect(run.artifacts.filter(({ kind }) => kind === 'kineto-trace')).toHaveLength(2);
    expect(run.captureCheck?.complete).toBe(true);

    const [container] = docker.started;
    expect(Object.fromEntries(container?.env ?? [])).toEqual({
      TLLM_PROFILE_START_STOP: '10-14',
      TLLM_TORCH_PROFILE_TRACE: 'trace.json',
      MY_API_KEY: 'hunter2hunter2',
      WITH_COMMA: 'a, b',
    });
    expect(container?.options?.['env']).toContain('MY_API_KEY');
    expect(container?.options?.['env']).toContain('WITH_COMMA=a, b');
    expect(JSON.stringify(container?.options)).not.toContain('hunter2');
    const artifacts = app.library.artifactsOf(run.id);
    expect(container?.options?.['mount']?.[0]).toBe(`type=bind,source=${artifacts},target=${artifacts}`);
    expect(docker.running).toEqual([]);
  });

  test('is cancelled whole, politely at first', async () => {
    const docker = makeDocker();
    const app = services(docker);
    const { id } = await app.runs.start(await longForm(app));
    await iterating(app);
    await app.runs.cancel(id);
    const run = await app.runs.finished(id);
    expect(run).toMatchObject({ state: 'cancelled', exit: { endedBy: 'cancel', code: 143 } });
    expect((await app.runs.readLog(id, 'stderr', 0)).text).toContain('at the end of an iteration');
    expect(docker.running).toEqual([]);
  });

  test('is ended by its name when the client is killed', async () => {
    const docker = makeDocker();
    const app = services(docker);
    const { id } = await app.runs.start(await longForm(app));
    await iterating(app);
    process.kill(journalOf(app.library.folderOf(id)).pid, 'SIGKILL');
    const run = await app.runs.finished(id);
    expect(run).toMatchObject({ state: 'failed', exit: { signal: 'SIGKILL' } });
    expect(docker.running).toEqual([]);
  });

  test('that an application left running is ended by the next start', async () => {
    const docker = makeDocker();
    const home = folder();
    const app = services(docker, home);
    const run = await runToEnd(app, await smallForm(app, { target: inContainer() }));
    // As the disk looks after a crash: a living state, no owner, and the container still there.
    await app.library.write({ ...run, state: 'running' });
    docker.adopt(`iterscope-${run.id}`, 'sleep', ['600']);
    expect(docker.running).toEqual([`iterscope-${run.id}`]);
    const next = services(docker, home);
    await next.runs.recover();
    expect((await next.runs.get(run.id)).state).toBe('interrupted');
    expect(docker.running).toEqual([]);
  });
});

describe('a container that does not come about', () => {
  test('is told in the words of its client', async () => {
    const app = services(makeDocker());
    const run = await runToEnd(app, await smallForm(app, { target: inContainer('nobody/nothing:1') }));
    expect(run.failure?.code).toBe('run.program-failed');
    expect(run.failure?.message).toMatch(/refused the image nobody\/nothing:1.*pull access denied/);
  });

  test('names the runtime that is not installed', async () => {
    const made = makeServices(folder(), { PATH: folder() });
    open.push(made);
    const run = await runToEnd(made, await smallForm(made, { target: inContainer() }));
    expect(run.failure).toMatchObject({ code: 'target.runtime-missing' });
  });

  test('says that a container may be left when its daemon is gone', async () => {
    const docker = makeDocker();
    const app = services(docker);
    docker.close();
    const run = await runToEnd(app, await smallForm(app, { target: inContainer() }));
    expect(run.failure).toMatchObject({ code: 'target.container-left' });
    expect(run.failure?.message).toContain('Cannot connect to the Docker daemon');
  });
});
