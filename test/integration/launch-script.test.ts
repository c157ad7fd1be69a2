// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { defaultForm } from '#main/launch/default-form.ts';
import { planLaunch } from '#main/launch/plan.ts';
import { passScript } from '#main/launch/script.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { recipeOf } from '../builders/recipe.ts';
import { makeServices, runToEnd, smallForm, type TestServices } from '../builders/services.ts';

const makeFolder = temporaryFolder();
let services: TestServices | undefined;
afterEach(async () => {
  await services?.runs.close();
  services?.engine.close();
  services = undefined;
});

const bash = (script: string, folder: string): string =>
  execFileSync('bash', [script, folder], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });

test('the script of the embedded engine leaves what its run leaves', async () => {
  const home = makeFolder();
  services = makeServices(home);
  const form = await smallForm(services, {
    window: '5+5',
    torchTrace: true,
    expertStatistics: true,
    // Counted time: two runs are identical.
    parameters: { clock: 'work' },
  });
  const { passes } = await services.runs.preview(form);
  expect(passes.map(({ title }) => title)).toEqual(['PyTorch trace + Expert statistics']);
  const script = join(home, 'pass.sh');
  writeFileSync(script, passes[0]?.script ?? '');
  const folder = join(home, 'by hand');
  bash(script, folder);

  const run = await runToEnd(services, form);
  const artifacts = services.library.artifactsOf(run.id);
  const all = (of: string): string[] => readdirSync(of, { recursive: true }).map(String).sort();
  expect(all(folder)).toEqual(all(artifacts));
  expect(all(folder)).toContain('trace-rank-1.json');
  for (const name of ['report.json', 'trace-rank-0.json', 'expert_statistic/rank0.safetensors']) {
    expect(readFileSync(join(folder, name)).equals(readFileSync(join(artifacts, name)))).toBe(true);
  }
});

test('a form with a timing pass becomes two runs, the measuring one first', async () => {
  services = makeServices(makeFolder());
  const form = await smallForm(services, { window: '5+5', timing: true, torchTrace: true });
  const started = await services.runs.startPasses(form);
  const ended = [];
  for (const { id } of started) ended.push(await services.runs.finished(id));
  expect(
    ended.map(({ state, profiled, artifacts }) => [
      state,
      profiled,
      artifacts.some(({ kind }) => kind === 'kineto-trace'),
    ]),
  ).toEqual([
    ['ready', false, false],
    ['ready', true, true],
  ]);
  const { passes } = await services.runs.preview(form);
  expect(passes.map(({ estimate }) => estimate.runs)).toEqual([1, 1]);
  expect(passes[0]?.estimate.wallMs).toBeGreaterThan(0);
  await expect(services.runs.startPasses({ ...form, window: '' })).rejects.toThrow(
    'needs an iteration window',
  );
  expect(await services.runs.list()).toHaveLength(2);
});

const server = `
import { createServer } from 'node:http';
const [port] = process.argv.slice(2);
let asked = 0;
const app = createServer((request, response) => {
  asked += 1;
  response.statusCode = asked < 2 ? 503 : 200;
  response.end('');
});
app.listen(Number(port), '127.0.0.1');
process.on('SIGINT', () => { console.log('ended politely'); process.exit(0); });
`;

test('a script prepares, waits for its server, loads it and ends it', () => {
  const home = makeFolder();
  writeFileSync(join(home, 'server.mjs'), server);
  const node = { kind: 'named', name: process.execPath };
  const recipe = recipeOf({
    version: 2,
    id: 'served',
    title: 'Served',
    summary: 'Served.',
    parameters: [
      {
        type: 'integer',
        name: 'port',
        label: 'Port',
        help: 'h',
        default: 20_000 + (process.pid % 20_000),
        min: 1,
        max: 65535,
      },
      { type: 'text', name: 'level', label: 'Level', help: 'h', yaml: 'log.level', default: "it's $HOME" },
    ],
    yaml: { argument: '--config', file: 'options.yaml' },
    steps: [
      {
        name: 'data',
        title: 'Data',
        role: 'prepare',
        program: node,
        args: ['-e', 'fs.writeFileSync("data.txt", process.argv[1])', "it's\n`data`"],
      },
      {
        name: 'server',
        title: 'Server',
        role: 'serve',
        program: node,
        args: [join(home, 'server.mjs'), '{port}'],
        ready: { port: '{port}' },
        endSignal: 'SIGINT',
      },
      {
        name: 'load',
        title: 'Load',
        role: 'load',
        program: node,
        args: [
          '-e',
          'console.log(fs.readFileSync("data.txt", "utf8"), ...process.argv.slice(1))',
          '--',
          { options: 'yaml' },
        ],
      },
    ],
    passes: ['timing'],
    artifacts: [],
  });
  const plan = planLaunch(recipe, defaultForm(recipe), {
    assetsFolder: resolve('assets'),
    nativeFolder: '/nowhere',
    bundled: (name) => name,
    gpuMetricsOption: '--gpu-metrics-devices',
  });
  const script = join(home, 'served.sh');
  writeFileSync(script, passScript(plan, 'Served', 'served', new Set()));
  const folder = join(home, 'out');
  expect(bash(script, folder)).toBe("it's\n`data` --config options.yaml\n");
  expect(readFileSync(join(folder, 'options.yaml'), 'utf8')).toBe("log:\n  level: it's $HOME\n");
  expect(readFileSync(join(folder, 'server.log'), 'utf8')).toContain('ended politely');
});
