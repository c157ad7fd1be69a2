// SPDX-License-Identifier: Apache-2.0
// Runs through the real native module and supervisor: whoever dies, no process of a run stays.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type * as Native from '../../src/native/binding/index.d.ts';
import { temporaryFolder } from '../builders/folder.ts';

const nativeFolder = fileURLToPath(new URL('../../dist/native/', import.meta.url));
const modulePath = join(nativeFolder, 'iterscope.node');
const native = createRequire(import.meta.url)(modulePath) as typeof Native;
const folder = temporaryFolder();

/** Prints its process id, then ignores requests to end. */
const stubborn = 'trap "" TERM; echo $$; while :; do sleep 60; done';
/** A program with a descendant in a session of its own and one that was forked twice, all of them stubborn. */
const stubbornTree = `setsid sh -c '${stubborn}' & (setsid sh -c '${stubborn}' &); ${stubborn}`;

interface RunEvent {
  event: 'starting' | 'started' | 'died' | 'sample' | 'ending' | 'exited' | 'failed';
  code?: number | string | null;
  message?: string;
}

function specOf(runDir: string, script: string, change: Partial<Native.RunSpec> = {}): Native.RunSpec {
  return {
    supervisorPath: join(nativeFolder, 'supervisor'),
    runDir,
    program: 'sh',
    args: ['-c', script],
    cwd: runDir,
    env: [['PATH', process.env['PATH'] ?? '']],
    stdoutPath: join(runDir, 'stdout.log'),
    stderrPath: join(runDir, 'stderr.log'),
    graceMs: 300,
    sampleMs: 0,
    endSignal: 'SIGTERM',
    ...change,
  };
}

/** Starts a run; `end` resolves with all events once the last one came. */
function startRun(spec: Native.RunSpec): { handle: Native.RunHandle; end: Promise<RunEvent[]> } {
  const { promise, resolve } = withResolvers<RunEvent[]>();
  const events: RunEvent[] = [];
  const handle = native.startRun(spec, (json) => {
    const event = JSON.parse(json) as RunEvent;
    events.push(event);
    if (event.event === 'exited' || event.event === 'failed') resolve(events);
  });
  return { handle, end: promise };
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

/** Looks again and again until `look` finds something; the test's own time limit ends a search in vain. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The process ids that the program printed, once there are `count`. */
function printedPids(spec: Native.RunSpec, count: number): Promise<number[]> {
  return until(() => {
    const lines = existsSync(spec.stdoutPath) ? readFileSync(spec.stdoutPath, 'utf8').split('\n') : [];
    return lines.length > count ? lines.slice(0, count).map(Number) : undefined;
  });
}

/** Whether a process runs; one that ended and still waits for its parent does not. */
function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

const gone = (pid: number) => until(() => (isAlive(pid) ? undefined : true));

function failureOf(action: () => unknown): { code: string; message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return JSON.parse(error.message) as { code: string; message: string };
  }
  throw new Error('It did not fail.');
}

/** An application that starts a run, in a process of its own. */
async function startApplication(
  spec: Native.RunSpec,
): Promise<{ kill: () => Promise<void>; supervisorPid: number }> {
  const script = `
    const native = require(${JSON.stringify(modulePath)});
    const handle = native.startRun(JSON.parse(process.argv[1]), () => {});
    console.log(handle.supervisorPid);`;
  const application = spawn(process.execPath, ['-e', script, JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(application.stdout, 'data')) as [Buffer];
  const kill = async () => {
    application.kill('SIGKILL');
    if (application.signalCode === null) await once(application, 'exit');
  };
  return { kill, supervisorPid: Number(line.toString()) };
}

describe('a run', () => {
  test('tells start, samples and end, and writes both outputs to its files', async () => {
    const spec = specOf(folder(), 'echo out; echo err >&2; sleep 0.3; exit 3', { sampleMs: 50 });
    const events = await startRun(spec).end;
    expect(events[0]).toMatchObject({ event: 'starting', endSignal: 'SIGTERM', graceMs: 300 });
    expect(events[1]).toMatchObject({ event: 'started' });
    expect(events[2]).toMatchObject({ event: 'sample', processes: 2 });
    expect(events.at(-1)).toMatchObject({
      event: 'exited',
      code: 3,
      signal: null,
      endedBy: 'program',
      leftBehind: 0,
    });
    expect(readFileSync(spec.stdoutPath, 'utf8')).toBe('out\n');
    expect(readFileSync(spec.stderrPath, 'utf8')).toBe('err\n');
  });

  test('that is cancelled leaves no descendant, however stubborn', async () => {
    const spec = specOf(folder(), stubbornTree);
    const { handle, end } = startRun(spec);
    const pids = await printedPids(spec, 3);
    handle.cancel();
    expect((await end).at(-1)).toMatchObject({
      event: 'exited',
      code: null,
      signal: 'SIGKILL',
      endedBy: 'cancel',
    });
    expect(pids.filter(isAlive)).toEqual([]);
    await gone(handle.supervisorPid);
    handle.cancel();
  });

  test('that cannot start says why', async () => {
    const spec = specOf(folder(), '', { program: 'no-such-program' });
    const events = await startRun(spec).end;
    expect(events.map(({ event }) => event)).toEqual(['starting', 'failed']);
    expect(events[1]).toMatchObject({ event: 'failed', code: 'launch.program-not-found' });
    expect(events[1]?.message).toContain('no-such-program');
  });

  test('without supervisor or folder is refused with a code', () => {
    const runDir = folder();
    const start = (change: Partial<Native.RunSpec>) => () =>
      native.startRun(specOf(runDir, 'exit 0', change), () => undefined);
    expect(failureOf(start({ supervisorPath: '/no/supervisor' })).code).toBe('launch.supervisor-missing');
    expect(failureOf(start({ runDir: '/no/such/folder' })).code).toBe('launch.run-dir');
  });
});

describe('no process of a run survives', () => {
  test('the death of the application', async () => {
    const spec = specOf(folder(), stubbornTree);
    const application = await startApplication(spec);
    const pids = await printedPids(spec, 3);
    await application.kill();
    await gone(application.supervisorPid);
    expect(pids.filter(isAlive)).toEqual([]);
    const journal = readFileSync(join(spec.runDir, 'supervisor.jsonl'), 'utf8').trim().split('\n');
    expect(JSON.parse(journal.at(-1) ?? '')).toMatchObject({ event: 'exited', endedBy: 'application-died' });
  });

  test('the death of the supervisor', async () => {
    const spec = specOf(folder(), stubbornTree);
    const { handle, end } = startRun(spec);
    const pids = await printedPids(spec, 3);
    process.kill(handle.supervisorPid, 'SIGKILL');
    expect((await end).at(-1)).toMatchObject({ event: 'failed', code: 'launch.supervisor-lost' });
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('the death of both, once the next start ends what was journalled', async () => {
    const spec = specOf(folder(), stubbornTree);
    const application = await startApplication(spec);
    const pids = await printedPids(spec, 3);
    // Stopped, the supervisor cannot notice the application's death before its own.
    process.kill(application.supervisorPid, 'SIGSTOP');
    await application.kill();
    process.kill(application.supervisorPid, 'SIGKILL');
    await gone(application.supervisorPid);
    expect(pids.filter(isAlive)).toEqual(pids);
    const { ended, supervised } = await native.endJournalled(spec.runDir);
    expect([ended >= 3, supervised]).toEqual([true, false]);
    expect(await native.endJournalled(spec.runDir)).toEqual({ ended: 0, supervised: false });
    expect(pids.filter(isAlive)).toEqual([]);
  });
});
