// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { defaultForm } from '#main/launch/default-form.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { compileJumpingClock } from '../builders/clock.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { smallMemory } from '../builders/memory.ts';
import { makeServices, runToEnd, until, type TestServices } from '../builders/services.ts';

/** Runs on a machine that runs out of memory, or whose clock is set. */

const folder = temporaryFolder();
const open: TestServices[] = [];

afterEach(async () => {
  for (const made of open.splice(0)) {
    await made.runs.close();
    made.engine.close();
  }
});

async function runScript(script: string): Promise<{ run: RunManifest; log: string }> {
  const home = folder();
  const path = join(home, 'script.sh');
  writeFileSync(path, script);
  const app = makeServices(home);
  open.push(app);
  const form = defaultForm(await app.recipes.get('command'));
  const parameters = { ...form.parameters, program: 'sh', arguments: `'${path}'` };
  const run = await runToEnd(app, { ...form, parameters });
  return { run, log: readFileSync(join(app.library.folderOf(run.id), 'stdout.log'), 'utf8') };
}

describe('a machine without memory', () => {
  const hungry = (procs: string): string => `echo $$ > '${procs}'; exec tail /dev/zero`;

  test('kills the program: the run says so and keeps what it wrote', async ({ skip }) => {
    const memory = smallMemory(32 * 1024 ** 2);
    if (typeof memory === 'string') return skip(`no memory can be taken away here: ${memory}`);
    try {
      const { run, log } = await runScript(`echo before; ${hungry(memory.procs)}`);
      expect(run).toMatchObject({
        state: 'failed',
        failure: { code: 'run.program-failed' },
        exit: { code: null, signal: 'SIGKILL', endedBy: 'program', leftBehind: 0 },
      });
      expect(run.exit?.oomKills).toBeGreaterThanOrEqual(1);
      expect(run.failure?.message).toMatch(
        /^sh ended by SIGKILL\. Ended by a signal: tail \(process \d+\) by SIGKILL\. The machine ran out of memory meanwhile and killed /,
      );
      expect(run.failure?.message).toContain('use a smaller batch, fewer workers or more memory.');
      expect(log).toBe('before\n');
    } finally {
      memory.remove();
    }
  });

  test('kills a worker of a program that goes on to its own end', async ({ skip }) => {
    const memory = smallMemory(32 * 1024 ** 2);
    if (typeof memory === 'string') return skip(`no memory can be taken away here: ${memory}`);
    try {
      const worker = join(folder(), 'worker.sh');
      const pid = join(folder(), 'pid');
      writeFileSync(worker, `echo $$ > '${pid}'; ${hungry(memory.procs)}`);
      // Its own parent is gone when it dies, so that the supervisor is who hears of it.
      const { run, log } = await runScript(
        `(sh '${worker}' &); until [ -s '${pid}' ]; do :; done; while kill -0 $(cat '${pid}'); do :; done; echo after; exit 7`,
      );
      expect(run).toMatchObject({ state: 'failed', exit: { code: 7, signal: null, leftBehind: 0 } });
      expect(run.exit?.deaths).toMatchObject([{ name: 'tail', signal: 'SIGKILL' }]);
      expect(run.failure?.message).toMatch(
        /ended with exit code 7\. Ended by a signal: tail .*The machine ran out of memory/,
      );
      expect(log).toBe('after\n');
    } finally {
      memory.remove();
    }
  });
});

describe('a clock that is set while a run goes on', () => {
  const sizes = ['layers=2', 'iterations=120', 'requests=100000'].flatMap((size) => ['--set', size]);
  // Long and sampled often enough that there are samples from before and after the jump.
  const args = ['run', '--json', '--recipe', 'embedded-moe-engine', '--telemetry-hz', '10', ...sizes];

  function logOf(home: string): string {
    const runs = join(home, 'data', 'runs');
    const [id = ''] = existsSync(runs) ? readdirSync(runs) : [];
    const path = join(runs, id, 'stdout.log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  test.each([
    ['back by a day', -86_400],
    ['on by a year', 31_536_000],
  ])('%s moves no duration', async (_what, seconds) => {
    const home = folder();
    const jump = join(home, 'jump');
    const preload = compileJumpingClock(home);
    const beganMs = performance.now();
    const application = spawn(process.execPath, [resolve('dist/cli/index.js'), ...args], {
      env: { PATH: process.env['PATH'], ITERSCOPE_HOME: home, LD_PRELOAD: preload, JUMPING_CLOCK: jump },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const printed = text(application.stdout);
    await until(() => logOf(home).includes('iter = 3,'), 'the first iterations');
    writeFileSync(jump, seconds.toString());
    const run = JSON.parse(await printed) as RunManifest;
    const tookMs = performance.now() - beganMs;

    expect(run.state).toBe('ready');
    // The clock was set indeed, for the application and for its supervisor's run.
    const apartMs = Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt ?? '');
    expect(Math.abs(apartMs - seconds * 1000)).toBeLessThan(tookMs);
    expect(run.exit?.wallMs).toBeGreaterThan(0);
    expect(run.exit?.wallMs).toBeLessThan(tookMs);
    const total = run.figures.find(({ label }) => label === 'Total latency');
    expect(total?.value).toBeGreaterThan(0);
    expect(total?.value).toBeLessThan(tookMs);
    const steps = [...logOf(home).matchAll(/host_step_time = ([\d.]+)ms/g)].map(([, ms]) => Number(ms));
    expect(steps).toHaveLength(120);
    expect(Math.max(...steps)).toBeLessThan(tookMs);
    const samples = readFileSync(join(home, 'data', 'runs', run.id, 'telemetry.jsonl'), 'utf8');
    const moments = [...samples.matchAll(/^\[(\d+),/gm)].map(([, ms]) => Number(ms));
    expect(moments.length).toBeGreaterThan(1);
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    for (const atMs of moments) expect(atMs).toBeLessThan(tookMs);
  });
});
