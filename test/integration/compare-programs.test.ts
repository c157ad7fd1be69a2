// SPDX-License-Identifier: Apache-2.0
// Comparisons of programs that serve models: the shipped recipes, the real launcher and supervisors, doubles of the
// programs. Two installations beside each other, a container against this machine, a server under load.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { defaultThresholds } from '#main/compare/verdict.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import { comparisonDocument } from '#shared/contract/comparison.ts';
import type { ComparedFigure, Comparison, ComparisonAnswer } from '#shared/contract/comparison.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { launchTarget } from '#shared/contract/target.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { makeServices, smallForm, type TestServices } from '../builders/services.ts';
import { FakeDocker } from '../fakes/docker-daemon.ts';

const folder = temporaryFolder();
const fakes = resolve('test/fakes');
const searchPath = `${join(fakes, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
const open: TestServices[] = [];
const daemons: FakeDocker[] = [];

function services(environment: Record<string, string> = {}): TestServices {
  const made = makeServices(folder(), { PATH: searchPath, ...environment });
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const made of open.splice(0)) {
    await made.runs.close();
    made.engine.close();
  }
  for (const docker of daemons.splice(0)) docker.close();
});

function write(path: string, text: string, mode = 0o644): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** A virtual environment with the double of trtllm-bench, so fast and of these versions; gives the program. */
function installation(speed: number, version: string): string {
  const root = folder();
  const bench = join(fakes, 'trtllm-bench.mjs');
  const python = `#!/bin/sh\nshift\nFAKE_SPEED=${speed.toString()} exec node ${bench} "$@"\n`;
  write(join(root, 'bin/python3'), python, 0o755);
  const packages = join(root, 'lib/python3.12/site-packages');
  write(join(packages, 'tensorrt_llm/version.py'), `__version__ = "${version}"\n`);
  write(join(packages, 'torch-2.9.1.dist-info/METADATA'), '');
  return write(join(root, 'bin/trtllm-bench'), `#!${join(root, 'bin/python3')}\n`, 0o755);
}

interface Compared {
  readonly comparison: Comparison;
  readonly answer: ComparisonAnswer;
}

async function compare(app: TestServices, a: LaunchForm, b: LaunchForm): Promise<Compared> {
  const { id } = await app.comparisons.start({
    a: { label: 'A', form: a },
    b: { label: 'B', form: b },
    blocks: 3,
    seed: 1,
    early: false,
    profile: false,
    thresholds: defaultThresholds,
  });
  const comparison = await app.comparisons.finished(id);
  expect(comparison.reason).toBeUndefined();
  return { comparison, answer: await app.comparisons.answer(id) };
}

async function formOf(
  app: TestServices,
  recipeId: string,
  parameters: LaunchForm['parameters'],
): Promise<LaunchForm> {
  const form = defaultForm(await app.recipes.get(recipeId));
  return { ...form, parameters: { ...form.parameters, model: 'example/model', ...parameters } };
}

const effects = (figures: readonly ComparedFigure[]): Record<string, number | undefined> =>
  Object.fromEntries(figures.map(({ label, effect }) => [label, effect?.ratio]));

const logOf = async (app: TestServices, id: string): Promise<string> => {
  const { parts } = await app.logs.page(id, { step: 'bench', show: 'both', from: 0, lines: 1000 });
  return parts.flatMap(({ lines }) => lines).join('\n');
};

test('two installations of a program: latencies too, versions as asked for, each with its own autotuner cache', async () => {
  const app = services();
  const form = (program: string): Promise<LaunchForm> =>
    formOf(app, 'tensorrt-llm-throughput', {
      'bench-program': program,
      'num-requests': 8,
      streaming: 'true',
    });
  const [programA, programB] = [installation(1, '1.1.0'), installation(1.25, '1.2.0')];
  const [a, b] = [await form(programA), await form(programB)];
  const { comparison, answer } = await compare(app, a, b);

  expect(answer.verdict?.kind).toBe('faster');
  expect(answer.primary?.label).toBe('Output throughput');
  for (const label of ['Output throughput', 'Request throughput', 'Total latency', 'E2E latency p99'])
    expect(effects(answer.figures)[label]).toBeCloseTo(0.25, 6);
  for (const label of ['TTFT mean', 'TTFT p99', 'TPOT mean', 'TPOT p50', 'TPOT p99'])
    expect(effects(answer.figures)[label]).toBeCloseTo(0.25, 6);
  expect(answer.differences).toEqual([
    { name: 'bench-program', a: programA, b: programB },
    { name: 'version of tensorrt_llm', a: '1.1.0', b: '1.2.0' },
  ]);
  expect(answer.confounders).toEqual([]);

  // Of each arm the first pass tunes, and the others read what it found.
  const tuned = { a: 0, b: 0 };
  for (const { runId, arm } of comparison.passes) {
    const log = await logOf(app, runId);
    if (log.includes('[Autotuner] Profiling every shape')) tuned[arm] += 1;
    else expect(log).toContain('[Autotuner] Loaded the cache');
    const run = await app.runs.get(runId);
    expect(run.versions).toMatchObject({ torch: '2.9.1' });
    // What the user stated is kept without it: a run that is repeated later has no cache that is gone.
    expect(run.form.extraEnvironment).toEqual([]);
    expect(run.environment.map(({ name }) => name)).toContain('TLLM_AUTOTUNER_CACHE_PATH');
  }
  expect(tuned).toEqual({ a: 1, b: 1 });
  expect(answer.notes.join('\n')).toMatch(
    /Passes of A share their autotuner cache \(TLLM_AUTOTUNER_CACHE_PATH=\/.*Passes of B share their/s,
  );
  expect(comparison.caches?.every(({ path, owner }) => owner === 'home' || !existsSync(path))).toBe(true);
});

test('a container against this machine: places and image are named, and what a place costs is said', async () => {
  const docker = new FakeDocker(folder(), ['registry/engine:2']);
  daemons.push(docker);
  const app = services({ FAKE_DOCKER_SOCKET: docker.socketPath });
  const parameters = { clock: 'work', requests: 8, iterations: 8, 'ep-size': 1 };
  const local = await smallForm(app, { parameters });
  const target = launchTarget.parse({
    kind: 'container',
    runtime: 'docker',
    image: 'registry/engine:2',
    gpus: 'none',
  });
  const { comparison, answer } = await compare(app, local, { ...local, target });
  expect(docker.started).toHaveLength(3);
  expect(answer.verdict?.kind).toBe('same');
  expect(answer.differences).toEqual([
    { name: 'runs in', a: 'this machine', b: 'docker container of registry/engine:2' },
    { name: 'version of docker', a: 'not known', b: '28.2.2' },
    { name: 'version of image', a: 'not known', b: expect.stringMatching(/^sha256 [0-9a-f]{12}$/) as string },
  ]);
  expect(answer.confounders).toEqual([]);
  expect(answer.notes.join('\n')).toContain('The arms run in different places');
  const inContainer = comparison.passes.find(({ arm }) => arm === 'b');
  expect((await app.runs.get(inContainer?.runId ?? '')).target).toMatchObject({ image: 'registry/engine:2' });
});

test('a server under load: first token, each token, gaps between them, and percentiles are compared', async () => {
  const app = services();
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  const form = await formOf(app, 'tensorrt-llm-serve', { port, 'num-prompts': 12 });
  const slower = { ...form, extraEnvironment: [{ name: 'FAKE_SPEED', value: '0.05' }] };
  const { answer } = await compare(app, form, slower);
  expect(answer.verdict?.kind).toBe('slower');
  const found = effects(answer.figures);
  const times = ['TTFT', 'TPOT', 'ITL', 'E2E latency'].flatMap((name) => [
    `${name} mean`,
    `${name} p50`,
    `${name} p99`,
  ]);
  for (const label of ['Output throughput', 'Request throughput', ...times])
    expect(found[label], label).toBeLessThan(-0.3);
  // What a log prints and what the file of results holds is one figure.
  const labels = answer.figures.map(({ label }) => label);
  expect(new Set(labels).size).toBe(labels.length);
  expect(labels.join()).not.toMatch(/Time (to first|per output) token/);
  expect(answer.differences).toEqual([{ name: 'FAKE_SPEED', a: 'not set', b: '0.05' }]);
});

test('another recipe takes the parameters that it knows, and what both report is compared', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...[resolve('dist/cli/index.js'), 'compare', '--recipe', 'tensorrt-llm-throughput'],
      ...['--set', 'model=example/model', '--set', 'num-requests=4', '--set', 'streaming=true'],
      ...['--b-recipe', 'tensorrt-llm-latency', '--b-env', 'FAKE_SPEED=0.5', '--blocks', '3', '--json'],
    ],
    { encoding: 'utf8', env: { PATH: searchPath, ITERSCOPE_HOME: folder() }, maxBuffer: 1 << 26 },
  );
  expect(status, stderr).toBe(0);
  const { comparison, answer } = comparisonDocument.parse(JSON.parse(stdout));
  expect(comparison.request.b).toMatchObject({
    label: 'tensorrt-llm-latency, FAKE_SPEED=0.5',
    form: { recipeId: 'tensorrt-llm-latency', parameters: { 'num-requests': '4' } },
  });
  expect(comparison.request.b.form.parameters).not.toHaveProperty('streaming');
  expect(answer.verdict?.kind).toBe('slower');
  expect(answer.differences[0]).toMatchObject({ name: 'recipe', b: 'tensorrt-llm-latency' });
  expect(answer.notes.join('\n')).toContain('The arms run different recipes');
  expect(answer.notes.join('\n')).toMatch(/Only baseline reports .*TTFT/);
});
