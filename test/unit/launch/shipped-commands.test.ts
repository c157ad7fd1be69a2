// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import { lineMatcher } from '#main/launch/log-rules.ts';
import { planPasses } from '#main/launch/passes.ts';
import { planLaunch } from '#main/launch/plan.ts';
import { RUN_FOLDER } from '#main/launch/run-folder.ts';
import { places, recipeOf } from '../../builders/recipe.ts';

const load = (id: string) => recipeOf(JSON.parse(readFileSync(`assets/recipes/${id}.json`, 'utf8')));

function planned(
  id: string,
  parameters: Record<string, string>,
  changes: Partial<LaunchForm> = {},
  options = '',
) {
  const recipe = load(id);
  const form = defaultForm(recipe);
  return planLaunch(
    recipe,
    { ...form, ...changes, parameters: { ...form.parameters, ...parameters } },
    places,
    options,
  );
}
const lines = (plan: ReturnType<typeof planned>): string[] =>
  plan.steps.map(({ program, args }) => [program, ...args].join(' '));

describe('trtllm-bench', () => {
  test('prepares its dataset, then runs it, with the options file of the run', () => {
    const plan = planned('tensorrt-llm-throughput', { model: 'openai/gpt-oss-20b' });
    expect(plan.findings).toEqual([]);
    expect(lines(plan)).toEqual([
      'trtllm-bench --model openai/gpt-oss-20b prepare-dataset --output dataset.jsonl --random-seed 420 token-norm-dist --num-requests 256 --input-mean 1024 --input-stdev 0 --output-mean 256 --output-stdev 0',
      'trtllm-bench --model openai/gpt-oss-20b throughput --dataset dataset.jsonl --backend pytorch --tp 1 --pp 1 --kv_cache_free_gpu_mem_fraction 0.9 --warmup 2 --concurrency -1 --eos_id -1 --num_requests 0 --enable_chunked_context --extra_llm_api_options extra-llm-api-options.yaml --report_json report.json --request_json requests.json',
    ]);
    expect(plan.files).toEqual([{ path: 'extra-llm-api-options.yaml', text: 'print_iter_log: true\n' }]);
    expect(plan.environment).toEqual([]);
  });

  test.each([
    [
      'token-unif-dist',
      {},
      'token-unif-dist --num-requests 256 --input-min 512 --input-max 1536 --output-min 128 --output-max 384',
    ],
    [
      'real-dataset',
      { 'dataset-name': 'cnn' },
      'real-dataset --num-requests 256 --dataset-name cnn --dataset-split validation',
    ],
  ])('makes a dataset of kind %s', (dataset, more, part) => {
    expect(lines(planned('tensorrt-llm-throughput', { model: 'm', dataset, ...more }))[0]).toContain(part);
  });

  test('takes a dataset that is there, and an engine', () => {
    const plan = planned('tensorrt-llm-throughput', {
      model: 'm',
      dataset: 'file',
      'dataset-file': '/data/d.jsonl',
      backend: 'tensorrt',
      'engine-dir': '/data/engine',
    });
    expect(lines(plan)).toHaveLength(1);
    expect(lines(plan)[0]).toContain('--dataset /data/d.jsonl --backend tensorrt --engine_dir /data/engine');
  });

  test('lacks nothing silently', () => {
    const fields = planned('tensorrt-llm-throughput', { dataset: 'file' }).findings.map(({ field }) => field);
    expect(fields).toEqual(['model', 'dataset-file']);
  });

  test('latency runs one request at a time', () => {
    const line = lines(planned('tensorrt-llm-latency', { model: 'm' }))[1];
    expect(line).toContain(' latency --dataset dataset.jsonl');
    expect(line).toContain('--concurrency 1 ');
    expect(line).not.toContain('request_json');
  });

  test('merges into the user’s own options, which win where the form says nothing', () => {
    const plan = planned(
      'tensorrt-llm-throughput',
      { model: 'm', 'extra-options': '/data/mine.yaml', 'moe-backend': 'TRTLLM', 'cuda-graphs': 'null' },
      {},
      '# mine\nmax_seq_len: 4096\n',
    );
    expect(plan.files[0]?.text).toBe(
      '# mine\nmax_seq_len: 4096\nprint_iter_log: true\ncuda_graph_config: null\nmoe_config:\n  backend: TRTLLM\n',
    );
    const untouched = planned('tensorrt-llm-throughput', {
      model: 'm',
      'extra-options': '/data/mine.yaml',
      'print-iter-log': 'false',
    });
    expect(untouched.files).toEqual([]);
    expect(lines(untouched)[1]).toContain('--extra_llm_api_options /data/mine.yaml');
  });

  test('is told of windows by era, and flags only of eras that have them', () => {
    const on = { window: '100+20', nsight: true };
    const of = (era: string) =>
      planned('tensorrt-llm-throughput', { model: 'm', era, 'log-ranks': 'all', 'nvtx-debug': 'true' }, on)
        .environment;
    expect(of('e1')).toEqual([
      { name: 'TLLM_PROFILE_START_STOP', value: '100-119' },
      { name: 'TLLM_NVTX_DEBUG', value: '1' },
    ]);
    expect(of('e2')).toContainEqual({ name: 'TLLM_PROFILE_START_STOP', value: '100-120' });
    expect(of('e2')).toContainEqual({ name: 'TLLM_PROFILE_LOG_RANKS', value: 'all' });
  });

  test('all recorders are four passes', () => {
    const recipe = load('tensorrt-llm-throughput');
    const form = {
      ...defaultForm(recipe),
      timing: true,
      nsight: true,
      torchTrace: true,
      expertStatistics: true,
    };
    expect(planPasses(recipe, form).map(({ title }) => title)).toEqual([
      'Timing',
      'Nsight Systems',
      'PyTorch trace',
      'Expert statistics',
    ]);
  });
});

describe('servers', () => {
  test('TensorRT-LLM is loaded by benchmark_serving; the newest era is profiled over HTTP', () => {
    const plan = planned('tensorrt-llm-serve', { model: 'm' });
    expect(plan.steps.map(({ name }) => name)).toEqual(['server', 'load']);
    expect(plan.steps[0]).toMatchObject({
      role: 'serve',
      ready: { host: '127.0.0.1', port: 8000, path: '/health' },
      endSignal: 'SIGINT',
    });
    expect(lines(plan)[0]).toContain(
      'trtllm-serve m --host 127.0.0.1 --port 8000 --backend pytorch --tp_size 1',
    );
    expect(lines(plan)[1]).toContain('-m tensorrt_llm.serve.scripts.benchmark_serving --model m');
    expect(lines(plan)[1]).toContain('--backend openai --dataset-name random --random-ids --num-prompts 256');
    const over = planned(
      'tensorrt-llm-serve',
      { model: 'm', era: 'e3', server: 'start-http' },
      { torchTrace: true, window: '100+20' },
    );
    expect(over.steps.map(({ name }) => name)).toEqual(['server', 'start-profile', 'load', 'stop-profile']);
    expect(over.main.name).toBe('load');
    expect(over.steps[1]?.args.join(' ')).toContain('http://127.0.0.1:8000/start_profile');
    expect(over.steps[1]?.args).toContain(
      `{"output_dir":"${RUN_FOLDER}","start_step":100,"num_steps":20,"activities":["CPU","GPU"]}`,
    );
    // The window is said over HTTP, and by no variable; without the recorder nobody is asked.
    expect(over.steps[0]?.environment).toEqual([]);
    expect([plan.windowFrom, over.windowFrom]).toEqual(['start', 'load']);
    expect(planned('tensorrt-llm-serve', { model: 'm', server: 'start-http' }).steps).toHaveLength(2);
  });

  test.each(['tensorrt-llm-serve', 'vllm-serve', 'sglang-serve'])(
    '%s loads a server that runs already, and starts none',
    (id) => {
      const plan = planned(id, { model: 'm', server: 'running', port: '9000' });
      expect(plan.findings).toEqual([]);
      expect(plan.steps.map(({ name }) => name)).toEqual(['load']);
      expect(plan.files).toEqual([]);
      expect(plan.steps[0]?.awaits).toMatchObject({ host: '127.0.0.1', port: 9000, path: '/health' });
      expect(planned(id, { model: 'm' }).steps[1]?.awaits).toBeUndefined();
      const under = planned(id, { model: 'm', server: 'running' }, { nsight: true });
      expect(
        under.findings.filter(({ field }) => field === 'nsight').map(({ code, field }) => [code, field]),
      ).toEqual([['form.passes', 'nsight']]);
      expect(under.findings.map(({ message }) => message).join(' ')).toMatch(/has to start the server/);
    },
  );

  test('vLLM and SGLang have their own switches, and need no window', () => {
    const vllm = planned('vllm-serve', { model: 'm' }, { torchTrace: true });
    expect(vllm.findings).toEqual([]);
    expect(vllm.steps[0]?.args.slice(-3)).toEqual([
      '--profiler-config.profiler=torch',
      '--profiler-config.torch_profiler_dir=.',
      '--profiler-config.torch_profiler_with_stack=false',
    ]);
    expect(vllm.steps[1]?.args.at(-1)).toBe('--profile');
    const windowed = planned('vllm-serve', { model: 'm' }, { torchTrace: true, window: '40+10' });
    expect(windowed.findings).toEqual([]);
    expect(windowed.steps[0]?.args.slice(-3)).toEqual([
      '--profiler-config.delay_iterations=40',
      '--profiler-config.max_iterations=10',
      '--profiler-config.ignore_frontend=true',
    ]);
    const nsys = planned('vllm-serve', { model: 'm' }, { nsight: true, window: '40+10' });
    expect(nsys.steps[0]?.args).toEqual(
      expect.arrayContaining(['cudaProfilerApi', '--profiler-config.profiler=cuda']),
    );
    expect(nsys.steps[0]?.environment).toContainEqual({
      name: 'VLLM_WORKER_MULTIPROC_METHOD',
      value: 'spawn',
    });
    expect(nsys.steps[1]?.args.at(-1)).toBe('--profile');
    const twice = planned('vllm-serve', { model: 'm' }, { nsight: true, window: '40+10,80+10' });
    expect(twice.findings.map(({ message }) => message)).toEqual([
      'An Nsight Systems report takes exactly one range: state one window.',
    ]);
    const older = planned('vllm-serve', { model: 'm', 'profiler-switch': 'variable' }, { torchTrace: true });
    expect(older.steps[0]?.args.join(' ')).not.toContain('--profiler-config');
    expect(older.steps[0]?.environment).toContainEqual({ name: 'VLLM_TORCH_PROFILER_DIR', value: '.' });
    const sglang = planned('sglang-serve', { model: 'm' }, { torchTrace: true });
    expect(sglang.steps[0]?.environment).toEqual([{ name: 'SGLANG_TORCH_PROFILER_DIR', value: '.' }]);
    expect(lines(sglang)[0]).toContain(
      'python3 -m sglang.launch_server --model-path m --host 127.0.0.1 --port 30000',
    );
  });
});

test('any command gets its arguments unquoted, and nsys with or without a window', () => {
  const plan = planned('command', { program: 'python3', arguments: `-m bench --name 'a b'` });
  expect(plan.main).toMatchObject({ program: 'python3', args: ['-m', 'bench', '--name', 'a b'] });
  const whole = planned('command', { program: 'x' }, { nsight: true });
  expect(whole.main.args).not.toContain('-c');
  expect(whole.environment).toEqual([]);
  const windowed = planned('command', { program: 'x' }, { nsight: true, window: '5+5' });
  expect(windowed.main.args).toContain('cudaProfilerApi');
  expect(windowed.findings).toEqual([]);
});

test('figures are found in the reports of the load generators', () => {
  const figures = (id: string, step: string, line: string) => {
    const rules = load(id).steps.find(({ name }) => name === step)?.log ?? [];
    return rules.flatMap((rule) => {
      const found = rule.means === 'figure' ? lineMatcher(rule)(line) : null;
      return found === null || rule.means !== 'figure'
        ? []
        : [`${rule.label} ${found.get('value') ?? ''} ${rule.unit}`];
    });
  };
  expect(
    figures('tensorrt-llm-throughput', 'bench', 'Request Throughput (req/sec):                     12.5012'),
  ).toEqual(['Request throughput 12.5012 req/s']);
  expect(figures('tensorrt-llm-serve', 'load', 'Total Token throughput (tok/s):          3210.55')).toEqual([
    'Total token throughput 3210.55 tok/s',
  ]);
  expect(figures('vllm-serve', 'load', 'P99 TTFT (ms):                           41.20')).toEqual([
    'TTFT p99 41.20 ms',
  ]);
});
