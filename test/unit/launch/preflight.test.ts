// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import {
  check,
  deepSeek,
  drawn,
  flags,
  fromFile,
  gpu,
  gpusAre,
  installed,
  json,
  nsight,
  routed,
  slowGpu,
  two,
  type PreflightCase,
} from '../../builders/preflight.ts';
import { recipeOf } from '../../builders/recipe.ts';

test('a healthy machine gives rise to nothing', () => {
  expect(drawn(check({}))).toEqual([]);
  expect(drawn(check({ form: nsight() }))).toEqual([]);
});

describe('each trap is named', () => {
  test.each<[string, PreflightCase]>([
    ['error program-missing', { facts: { programs: new Map([['trtllm-bench', null]]) } }],
    ['error path-missing', { parameters: fromFile, facts: { paths: new Map([['/d.jsonl', 'missing']]) } }],
    ['error path-missing', { parameters: fromFile, facts: { paths: new Map([['/d.jsonl', 'folder']]) } }],
    [
      'error path-missing',
      { parameters: { model: '/m' }, facts: { paths: new Map([['/m', 'unreadable']]) } },
    ],
    ['error disk-full', { expectedBytes: 600 * 1024 ** 3 }],
    ['warning disk-low', { facts: { diskFreeBytes: 1024 ** 3 } }],
    [
      'warning no-gpu',
      { facts: { gpus: { absent: 'There is no driver.', driver: null, cuda: null, gpus: [] } } },
    ],
    ['error gpus-few', { parameters: { tp: '4' } }],
    ['warning gpu-shared', { facts: gpusAre(gpu(0, [77])) }],
    ['warning gpu-slowed', { parameters: { tp: '2' }, facts: gpusAre(gpu(0), slowGpu) }],
    [
      'error port-taken',
      {
        recipe: 'tensorrt-llm-serve',
        facts: { ports: new Map([[8000, false]]), freePort: 9000, programs: new Map() },
      },
    ],
    [
      'error nsys-nested',
      { recipe: 'command', parameters: { program: 'nsys', arguments: 'profile x' }, form: nsight() },
    ],
    ['error nsys-missing', { form: nsight(), facts: { nsys: null } }],
    [
      'warning nsys-old',
      {
        form: nsight(),
        facts: {
          cudaRuntime: '13.0',
          nsys: { program: 'x', version: '2023.4.4', help: null, imports: null },
        },
      },
    ],
    [
      'warning nsys-old',
      {
        form: nsight(),
        facts: {
          cudaRuntime: '13.1',
          nsys: { program: 'x', version: '2025.3.2', help: null, imports: null },
        },
      },
    ],
    ['error gpu-metrics-denied', { form: nsight({ gpuMetrics: true }), facts: { countersRestricted: true } }],
    ['warning cpu-sampling', { form: nsight({ cpuSampling: true }) }],
    ['note gil-cost', { form: nsight({ pythonGil: true }) }],
    ['note graph-nodes', { form: nsight({ cudaGraphTrace: 'node' }) }],
    ['warning trace-fork', { form: nsight({ traceFork: false }) }],
    ['warning range-end', { form: nsight({ captureRangeEnd: 'stop-shutdown' }) }],
    [
      'error cuda-sw-unknown',
      {
        form: nsight({ cudaTrace: 'cuda-sw' }),
        facts: { nsys: { program: 'x', version: '2023.4.4', help: '--trace cuda', imports: null } },
      },
    ],
    [
      'note cuda-hw',
      {
        form: nsight(),
        facts: { nsys: { program: 'x', version: '2026.3.1', help: 'cuda-sw', imports: null } },
      },
    ],
    [
      'note whole-run',
      { recipe: 'command', parameters: { program: 'x' }, form: { ...nsight(), window: '' } },
    ],
    ['warning era-differs', { parameters: { era: 'e2' } }],
    ['error trace-shared', { parameters: two, form: { window: '100+20', torchTrace: true } }],
    [
      'error backend-trace',
      {
        parameters: { backend: 'tensorrt', 'engine-dir': '/e' },
        form: { window: '100+20', torchTrace: true },
      },
    ],
    ['note backend-nvtx', { parameters: { backend: 'tensorrt', 'engine-dir': '/e' }, form: nsight() }],
    ['note warm-up', { parameters: { warmup: '2' }, form: nsight() }],
    ['note window-early', { form: { ...nsight(), window: '5+20' } }],
    ['warning log-level', { facts: { inherited: new Map([['TLLM_LOG_LEVEL', 'ERROR']]) } }],
    [
      'error router-absent',
      { parameters: fromFile, form: routed, facts: { tensorrtLlm: { ...installed, perfectRouter: null } } },
    ],
    [
      'error router-model',
      {
        parameters: fromFile,
        form: routed,
        facts: { model: deepSeek },
      },
    ],
    [
      'warning router-model',
      { parameters: { ...fromFile, model: 'deepseek' }, form: routed, facts: { model: null } },
    ],
    ['warning router-backend', { parameters: { ...fromFile, 'moe-backend': 'WIDEEP' }, form: routed }],
    ['error router-experts', { parameters: { ...fromFile, ep: '3' }, form: routed }],
    ['warning router-lengths', { parameters: { ...fromFile, 'eos-id': '2' }, form: routed }],
    ['note random-tokens', { form: routed }],
    ['warning timing-cost', { parameters: { 'nvtx-debug': 'true' } }],
    [
      'warning feature-absent',
      {
        parameters: { 'record-gc': 'true' },
        form: nsight(),
        facts: { tensorrtLlm: { ...installed, recordGc: false } },
      },
    ],
    ['error dataset-command', { parameters: { 'dataset-command': 'dataset' } }],
    ['note not-forwarded', { parameters: { ...fromFile, ...two }, form: routed }],
    [
      'error env-commas',
      {
        recipe: 'command',
        parameters: { program: 'nsys', arguments: 'profile -e TLLM_PROFILE_START_STOP=10-20,30-40 x' },
      },
    ],
    [
      'error bare-number',
      {
        recipe: 'command',
        parameters: { program: 'env', era: 'e2', arguments: 'TLLM_PROFILE_START_STOP=100 x' },
      },
    ],
    [
      'warning launch-blocking',
      { form: { extraEnvironment: [{ name: 'CUDA_LAUNCH_BLOCKING', value: '1' }] } },
    ],
    ['warning flag-value', { form: { extraEnvironment: [{ name: 'TRTLLM_ENABLE_PDL', value: 'true' }] } }],
    ['warning flag-value', { form: { extraEnvironment: [{ name: 'TLLM_MAX_STATS_LEN', value: 'many' }] } }],
    ['warning flag-value', { form: { extraEnvironment: [{ name: 'TLLM_METRICS_ALL_RANKS', value: '1' }] } }],
  ])('%s', (expected, of) => {
    const found = check(of);
    expect(drawn(found)).toContain(expected);
    for (const { message } of found) expect(message).toMatch(/[.]$/);
  });
});

describe('what is right is left alone', () => {
  test.each<[string, PreflightCase]>([
    // The slow one is not among those that the form asks for.
    ['gpu-slowed', { facts: gpusAre(gpu(0), slowGpu) }],
    [
      'trace-shared',
      {
        parameters: two,
        form: { window: '100+20', torchTrace: true },
        facts: { tensorrtLlm: { ...installed, traceOfRank: true } },
      },
    ],
    [
      'gpu-metrics-denied',
      { form: nsight({ gpuMetrics: true }), facts: { countersRestricted: true, isAdministrator: true } },
    ],
    ['program-missing', { facts: { sameFiles: false, programs: new Map([['trtllm-bench', null]]) } }],
    ['router-model', { parameters: fromFile, form: routed }],
    [
      'nsys-old',
      { form: nsight(), facts: { nsys: { program: 'x', version: '2023.4.4', help: null, imports: null } } },
    ],
    [
      'nsys-old',
      {
        form: nsight(),
        facts: {
          cudaRuntime: '12.6',
          nsys: { program: 'x', version: '2024.4.2.133', help: null, imports: null },
        },
      },
    ],
    [
      'bare-number',
      { recipe: 'command', parameters: { program: 'env', arguments: 'TLLM_PROFILE_START_STOP=100 x' } },
    ],
    ['timing-cost', { parameters: { 'nvtx-debug': 'true' }, form: nsight() }],
    [
      'flag-value',
      {
        form: {
          extraEnvironment: [
            { name: 'MY_OWN', value: 'true' },
            { name: 'TRTLLM_ENABLE_PDL', value: '1' },
          ],
        },
      },
    ],
  ])('%s', (code, of) => {
    expect(check(of).map((found) => found.code)).not.toContain(code);
  });
});

test('the worst comes first, and a fix says what it changes', () => {
  const found = check({
    parameters: { era: 'e2', 'dataset-command': 'dataset' },
    form: { extraEnvironment: [{ name: 'TRTLLM_ENABLE_PDL', value: 'yes' }] },
  });
  expect(found.map(({ severity }) => severity)).toEqual(['error', 'warning', 'warning']);
  expect(found.map(({ fix }) => fix?.change)).toEqual([
    { parameters: { 'dataset-command': 'prepare-dataset' } },
    { parameters: { era: 'e1' } },
    { extraEnvironment: [{ name: 'TRTLLM_ENABLE_PDL', value: '1' }] },
  ]);
});

describe('the catalogue of flags', () => {
  test('holds each variable that a shipped recipe sets', () => {
    const known = new Set(flags.map(({ name }) => name));
    for (const id of [
      'embedded-moe-engine',
      'tensorrt-llm-throughput',
      'tensorrt-llm-serve',
      'vllm-serve',
      'sglang-serve',
    ]) {
      const recipe = recipeOf(json(`assets/recipes/${id}.json`));
      const set = [
        ...Object.values(recipe.recorders).flatMap(
          (recorder) => recorder?.environment.map(({ name }) => name) ?? [],
        ),
        ...recipe.parameters.flatMap(({ variable }) => variable ?? []),
      ];
      expect(set.filter((name) => !known.has(name))).toEqual([]);
    }
  });

  test('names nothing twice, and says of prefixed variables that MPI forwards them', () => {
    const names = flags.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { kind, name, of, forwarded } of flags) {
      if (kind === 'variable' && of === 'TensorRT-LLM')
        expect([name, forwarded]).toEqual([name, /^(TRT|T)LLM/.test(name) ? 'yes' : 'not assured']);
    }
  });
});
