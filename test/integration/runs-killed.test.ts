// SPDX-License-Identifier: Apache-2.0
// Whatever is killed, and whenever: no process is left behind, and no run is lost. Real runs under the real
// application in plain Node, each in a home of its own; KILL_SEED and KILL_ROUNDS choose other moments.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { endStates, type RunManifest } from '#shared/contract/run.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { childOf, descendantsOf, processesWith } from '../builders/processes.ts';
import { seededRandom } from '../builders/random.ts';
import { makeServices, until, type TestServices } from '../builders/services.ts';

const seed = Number(process.env['KILL_SEED'] ?? 1);
const rounds = Number(process.env['KILL_ROUNDS'] ?? 100);
/** Enough to overlap, few enough for two cores. */
const concurrent = 4;

const victims = ['program', 'descendant', 'supervisor', 'engine', 'application'] as const;
type Victim = (typeof victims)[number];

/** When a victim is killed: so long after it was first seen. Most of its life, and a little more. */
const longestWaitMs: Record<Victim, number> = {
  program: 300,
  descendant: 350,
  supervisor: 350,
  engine: 150,
  application: 900,
};

interface Moment {
  readonly round: number;
  readonly victim: Victim;
  readonly waitMs: number;
  /** The program is a shell that has the engine run in sessions below it. */
  readonly isTree: boolean;
  /** Which of several processes, 0..1. */
  readonly choice: number;
}

function momentsOf(): Moment[] {
  const random = seededRandom(seed);
  return Array.from({ length: rounds }, (_, round) => {
    const victim = victims[round % victims.length] ?? 'program';
    const isTree = victim === 'descendant' || (victim !== 'program' && round % 2 === 1);
    return { round, victim, isTree, waitMs: Math.floor(random() * longestWaitMs[victim]), choice: random() };
  });
}

const folder = temporaryFolder();
const applications = new Set<ChildProcess>();
afterEach(() => {
  for (const application of applications) application.kill('SIGKILL');
});

const sizes = { layers: 1, requests: 256, 'output-len': 24, iterations: 40 };
const engineArguments = Object.entries(sizes).map(([name, value]) => `--${name} ${value.toString()}`);
const engineCommand = [resolve('dist/native/moe-engine'), ...engineArguments].join(' ');
/** Each process in a session of its own, and each ends as the one below it ends. */
const treeCommand = `-c 'setsid sh -c "setsid ${engineCommand} & wait \\$!" & wait $!'`;

const recipes = {
  engine: [
    'embedded-moe-engine',
    ...Object.entries(sizes).flatMap(([name, value]) => ['--set', `${name}=${value.toString()}`]),
  ],
  tree: ['command', '--set', 'program=sh', '--set', `arguments=${treeCommand}`],
};

/** The application: a real one, that runs a recipe and ends. */
function startApplication(home: string, isTree: boolean): ChildProcess {
  const recipe = isTree ? recipes.tree : recipes.engine;
  const args = ['run', '--window', '10+20', '--trace', '--json', '--recipe', ...recipe];
  const env = { PATH: process.env['PATH'], ITERSCOPE_HOME: home };
  const application = spawn(process.execPath, [resolve('dist/cli/index.js'), ...args], {
    env,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  applications.add(application);
  return application;
}

function runFolderOf(home: string): string | undefined {
  const runs = join(home, 'data', 'runs');
  const [id] = existsSync(runs) ? readdirSync(runs) : [];
  return id === undefined ? undefined : join(runs, id);
}

function find({ victim, choice }: Moment, application: number, home: string): number | undefined {
  if (victim === 'application') return application;
  if (victim === 'engine') return childOf(application, 'engine.js');
  const supervisor = childOf(application, 'native/supervisor');
  if (victim === 'supervisor' || supervisor === undefined) return supervisor;
  if (victim === 'descendant') {
    const all = descendantsOf(supervisor).sort((a, b) => a - b);
    return all[Math.floor(choice * all.length)];
  }
  return runFolderOf(home) === undefined ? undefined : childOf(supervisor, 'native/moe-engine');
}

/** Runs until the moment comes; whether the victim was still there to be killed. */
async function killAt(moment: Moment, home: string): Promise<boolean> {
  const application = startApplication(home, moment.isTree);
  const pid = application.pid ?? 0;
  const ended = once(application, 'exit');
  const isOver = (): boolean => application.exitCode !== null || application.signalCode !== null;
  const look = (): number | undefined => find(moment, pid, home);
  while (look() === undefined && !isOver()) await delay(2);
  await delay(moment.waitMs);
  const victim = isOver() ? undefined : look();
  if (victim !== undefined) process.kill(victim, 'SIGKILL');
  await ended;
  applications.delete(application);
  return victim !== undefined;
}

/** What the next start of the application finds. */
async function findAfterwards(home: string): Promise<{ app: TestServices; run: RunManifest | undefined }> {
  const app = makeServices(home);
  await app.runs.recover();
  const [summary] = await app.runs.list();
  return { app, run: summary === undefined ? undefined : await app.runs.get(summary.id) };
}

function expectEnd(victim: Victim, run: RunManifest): void {
  expect(endStates).toContain(run.state);
  // The moment can come just when the victim has done its part.
  if (run.state === 'ready') expect(run.exit).toMatchObject({ code: 0, endedBy: 'program' });
  else if (victim === 'program') {
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'run.program-failed' } });
    expect(run.exit).toMatchObject({
      signal: 'SIGKILL',
      deaths: [{ name: 'moe-engine', signal: 'SIGKILL' }],
    });
  } else if (victim === 'descendant') {
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'run.program-failed' } });
  } else if (victim === 'supervisor') {
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'launch.supervisor-lost' } });
  } else {
    expect([victim, run.state]).toEqual(['application', 'interrupted']);
  }
}

async function expectRecoverable(app: TestServices, run: RunManifest): Promise<void> {
  const log = app.library.logOf(run.id, 'stdout');
  const logged = existsSync(log) ? readFileSync(log, 'utf8').match(/\biter = /g)?.length : 0;
  expect(await app.runs.iterationLines(run.id)).toHaveLength(logged ?? 0);
  const traces = readdirSync(app.library.artifactsOf(run.id)).filter((name) => /^trace.*\.json$/.test(name));
  const read = await app.runs.ingest(run.id);
  const known = read.artifacts.filter(({ kind }) => kind === 'kineto-trace');
  expect(known.map(({ path }) => path).sort()).toEqual(traces.sort());
  // What was written whole can be opened; what was cut says so.
  expect(read.captureCheck?.found).toHaveLength(known.filter(({ problem }) => problem === undefined).length);
  if (run.exit?.endedBy === 'program' && run.exit.code === 0) expect(read.state).toBe('ready');
  else expect(read.state).toBe(run.state);
}

async function playRound(moment: Moment): Promise<boolean> {
  const home = folder();
  const hit = await killAt(moment, home);
  const { app, run } = await findAfterwards(home);
  try {
    const runFolder = runFolderOf(home);
    if (runFolder !== undefined) expect(processesWith('ITERSCOPE_RUN_DIR', runFolder)).toEqual([]);
    if (run !== undefined) {
      expectEnd(moment.victim, run);
      await expectRecoverable(app, run);
    }
  } finally {
    app.engine.close();
    app.library.close();
  }
  // The dead application's engine as well, and this one's.
  await until(() => processesWith('ITERSCOPE_HOME', home).length === 0, 'every process to be gone');
  return hit;
}

test(
  `${rounds.toString()} kills at random moments (KILL_SEED=${seed.toString()}) leave no process and lose no run`,
  { timeout: 300_000 },
  async () => {
    const waiting = momentsOf().values();
    const hits: Moment[] = [];
    const worker = async (): Promise<void> => {
      for (const moment of waiting) {
        const hit = await playRound(moment).catch((thrown: unknown) => {
          throw new Error(`${JSON.stringify(moment)} with KILL_SEED=${seed.toString()}`, { cause: thrown });
        });
        if (hit) hits.push(moment);
      }
    };
    await Promise.all(Array.from({ length: concurrent }, worker));
    const count = (victim: Victim): number => hits.filter((moment) => moment.victim === victim).length;
    // A kill that came too late proves nothing: most of each kind must have struck.
    for (const victim of victims) expect(count(victim), victim).toBeGreaterThan(rounds / victims.length / 2);
  },
);
