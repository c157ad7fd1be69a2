// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import { planLaunch } from '#main/launch/plan.ts';
import { places, recipeOf } from '../../builders/recipe.ts';

const named = (name: string) => ({ kind: 'named', name });
const recipe = recipeOf({
  version: 2,
  id: 'served',
  title: 'Served',
  summary: 'Served.',
  eraParameter: 'era',
  parameters: [
    {
      type: 'choice',
      name: 'era',
      label: 'Era',
      help: 'h',
      default: 'e1',
      choices: ['e1', 'e2', 'e3'].map((value) => ({ value, label: value })),
    },
    { type: 'integer', name: 'port', label: 'Port', help: 'h', default: 8000, min: 1, max: 65535 },
    {
      type: 'integer',
      name: 'batch',
      label: 'Batch',
      help: 'h',
      argument: '--max_batch_size',
      default: '',
      min: 1,
      max: 9,
    },
    {
      type: 'boolean',
      name: 'streaming',
      label: 'Streaming',
      help: 'h',
      argument: '--streaming',
      off: '--no-streaming',
      default: false,
    },
    {
      type: 'boolean',
      name: 'debug',
      label: 'Debug',
      help: 'h',
      variable: 'TLLM_NVTX_DEBUG',
      default: false,
    },
    {
      type: 'text',
      name: 'ranks',
      label: 'Ranks',
      help: 'h',
      variable: 'TLLM_PROFILE_LOG_RANKS',
      default: 'all',
      eras: ['e2', 'e3'],
    },
    { type: 'text', name: 'more', label: 'More', help: 'h' },
  ],
  steps: [
    {
      name: 'dataset',
      title: 'Dataset',
      role: 'prepare',
      program: named('make'),
      args: [
        { when: { parameter: 'era', is: ['e1'] }, args: ['old'] },
        { unless: { parameter: 'era', is: ['e1'] }, args: ['new'] },
      ],
      environment: [{ name: 'SEED', value: '{batch}' }],
      when: { parameter: 'debug', is: ['true', 'false'] },
    },
    {
      name: 'server',
      title: 'Server',
      role: 'serve',
      program: named('serve'),
      args: [{ parameters: ['batch', 'streaming'] }, '--port', '{port}'],
      ready: { port: '{port}' },
    },
    {
      name: 'load',
      title: 'Load',
      role: 'load',
      program: named('load'),
      args: ['{assets}/load.py', { words: 'more' }],
    },
  ],
  passes: ['timing', 'nsight', 'torch-trace'],
  recorders: {
    nsight: { environment: [{ name: 'TLLM_PROFILE_START_STOP', value: '{start-stop}' }] },
    'torch-trace': { window: 'all', args: { load: ['--profile'] } },
  },
  artifacts: [],
});
const plan = (changes: Partial<LaunchForm> = {}, parameters: Record<string, string> = {}) => {
  const form = defaultForm(recipe);
  return planLaunch(
    recipe,
    { ...form, ...changes, parameters: { ...form.parameters, ...parameters } },
    places,
  );
};
const argsOf = (planned: ReturnType<typeof plan>) => planned.steps.map(({ args }) => args.join(' '));

describe('the steps of a launch', () => {
  test('leave out what is empty, and follow the era', () => {
    expect(argsOf(plan())).toEqual(['old', '--no-streaming --port 8000', '/opt/iterscope/assets/load.py']);
    const e2 = plan({}, { era: 'e2', batch: '4', streaming: 'true', debug: 'true', more: `--x 'a b'` });
    expect(argsOf(e2)).toEqual([
      'new',
      '--max_batch_size 4 --streaming --port 8000',
      '/opt/iterscope/assets/load.py --x a b',
    ]);
    expect(e2.main.args.at(-1)).toBe('a b');
    expect(e2.environment).toEqual([
      { name: 'TLLM_NVTX_DEBUG', value: '1' },
      { name: 'TLLM_PROFILE_LOG_RANKS', value: 'all' },
    ]);
    expect(e2.steps[0]?.environment).toContainEqual({ name: 'SEED', value: '4' });
    expect(plan().environment).toEqual([]);
  });

  test('under Nsight the server is wrapped, and ended by SIGINT with time to finalise', () => {
    const [, server, load] = plan({ nsight: true, window: '100+20' }).steps;
    expect(server).toMatchObject({ program: 'nsys', wraps: 'serve', endSignal: 'SIGINT', graceMs: 600_000 });
    expect(server?.args.join(' ')).toContain('-c cudaProfilerApi --capture-range-end=stop');
    expect(server?.args.join(' ')).toContain('--sample=none --cpuctxsw=none');
    expect(server?.args.slice(-4)).toEqual(['serve', '--no-streaming', '--port', '8000']);
    expect(server?.environment).toContainEqual({ name: 'TLLM_PROFILE_START_STOP', value: '100-119' });
    expect(load).toMatchObject({ program: 'load' });
    const several = plan({ nsight: true, window: '10+5,30+5' }, { era: 'e3' }).steps[1];
    expect(several?.args).toContain('--capture-range-end=repeat:2');
    expect(several?.environment).toContainEqual({ name: 'TLLM_PROFILE_START_STOP', value: '10-15,30-35' });
  });

  test('a recorder of the whole load needs no window', () => {
    const traced = plan({ torchTrace: true });
    expect(traced.findings).toEqual([]);
    expect(traced.main.args).toContain('--profile');
    expect(plan({ nsight: true }).findings).toMatchObject([{ code: 'form.window' }]);
  });

  test('recorders that cannot share a load, or are not offered, are refused', () => {
    const codes = (changes: Partial<LaunchForm>) =>
      plan({ window: '10+5', ...changes }).findings.map(({ code, field }) => `${code} ${field ?? ''}`);
    expect(codes({ nsight: true, torchTrace: true })).toEqual(['form.passes torchTrace']);
    expect(codes({ expertStatistics: true })).toContain('form.passes expertStatistics');
    expect(codes({ perfectRouter: true })).toContain('form.passes perfectRouter');
  });

  test('words that a shell would need are refused at their field', () => {
    expect(plan({}, { more: 'a | b' }).findings).toMatchObject([{ field: 'more', severity: 'error' }]);
  });
});
