// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import {
  check,
  deepSeek,
  drawn,
  fromFile,
  gpu,
  gpusAre,
  gpusOf,
  inContainer,
  later,
  nsight,
  placed,
  routed,
  sets,
  setTo,
  slowGpu,
  two,
  type PreflightCase,
} from '../../builders/preflight.ts';

const overHttp: PreflightCase = {
  recipe: 'tensorrt-llm-serve',
  parameters: { server: 'start-http' },
  form: { torchTrace: true, window: '100+20' },
};

describe('each trap of the machine, the load and the router is named', () => {
  test.each<[string, PreflightCase]>([
    ['warning variable-cost', { form: sets('TLLM_TRACE_EXECUTOR_LOOP', '0') }],
    ['note variable-cost', { form: { ...nsight(), ...sets('TLLM_TRACE_EXECUTOR_LOOP', '0') } }],
    ['note forced', { recipe: 'tensorrt-llm-latency', form: sets('TRTLLM_ENABLE_PDL', '1') }],
    [
      'warning range-unset',
      { recipe: 'command', parameters: { program: 'nsys', arguments: 'profile -c cudaProfilerApi x' } },
    ],
    // GPUs
    ['warning gpu-power-limit', { facts: setTo({ powerLimitWatts: 500 }) }],
    ['warning gpu-divided', { facts: setTo({ divided: true }) }],
    ['error gpus-few', { parameters: two, form: sets('CUDA_VISIBLE_DEVICES', '1') }],
    [
      'error gpus-few',
      { parameters: two, facts: { inherited: new Map([['CUDA_VISIBLE_DEVICES', '0,9,1']]) } },
    ],
    ['error gpus-few', { parameters: two, form: inContainer({ gpus: '1' }) }],
    ['warning gpu-slowed', { form: sets('CUDA_VISIBLE_DEVICES', '1'), facts: gpusAre(gpu(0), slowGpu) }],
    ['warning driver-old', { facts: { ...gpusOf('12.2'), cudaRuntime: '13.0' } }],
    // Nsight Systems and the driver
    ['warning nsys-driver', { form: nsight(), facts: gpusOf('12.8') }],
    ['note nsys-driver', { form: nsight(), facts: { ...gpusOf('13.2'), cudaRuntime: null } }],
    [
      'error nsys-importer',
      { form: nsight(), facts: { nsys: { program: 'x', version: '2025.3.1', help: null, imports: false } } },
    ],
    ['note report-secrets', { form: nsight(), facts: { inherited: new Map([['HF_TOKEN', 'x']]) } }],
    // The load and its window
    ['warning window-late', { form: { ...nsight(), window: '300+20' } }],
    ['warning window-late', { parameters: { 'run-requests': '8' }, form: { ...nsight(), window: '250+20' } }],
    ['warning window-late', { parameters: fromFile, seenIterations: 90, form: nsight() }],
    ['note window-drafts', { optionsText: 'speculative_config:\n  decoding_type: MTP\n', form: nsight() }],
    ['note window-drafts', { parameters: { more: '--medusa_choices x.json' }, form: nsight() }],
    ['warning iteration-log-stall', { parameters: { 'iteration-log': 'true' } }],
    ['warning single-process', { parameters: { ...two, 'single-process': 'true' } }],
    ['warning request-statistics', { optionsText: 'enable_iter_req_stats: true\n' }],
    ['error placement', { parameters: { 'load-balancer': '/p.yaml' } }],
    ['error placement', { parameters: { 'load-balancer': '/p.yaml', 'attention-dp': 'true' } }],
    ['error placement', { parameters: placed, facts: { placementSlots: 33 } }],
    ['error placement', { parameters: placed, facts: { placementSlots: 30 } }],
    // A server that runs already
    [
      'warning server-absent',
      {
        recipe: 'tensorrt-llm-serve',
        parameters: { server: 'running' },
        facts: { ports: new Map([[8000, true]]), programs: new Map() },
      },
    ],
    ['error no-start-profile', overHttp],
    ['warning no-start-profile', { ...overHttp, facts: { tensorrtLlm: null } }],
    // The perfect router
    [
      'warning router-routing',
      {
        parameters: { ...fromFile, era: 'e3' },
        form: routed,
        facts: {
          tensorrtLlm: later,
          model: { architecture: 'OtherMoe', experts: 64, scoring: 'sigmoid', grouped: false },
        },
      },
    ],
    ['note router-unaware', { parameters: { ...fromFile, ...two, 'attention-dp': 'true' }, form: routed }],
    [
      'warning router-drafts',
      { parameters: fromFile, form: routed, optionsText: 'speculative_config: {a: 1}\n' },
    ],
  ])('%s', (expected, of) => {
    const found = check(of);
    expect(drawn(found)).toContain(expected);
    for (const { message } of found) expect(message).toMatch(/[.]$/);
  });
});

describe('what is right is left alone', () => {
  test.each<[string, PreflightCase]>([
    ['gpu-power-limit', { facts: setTo({ powerLimitWatts: null }) }],
    ['gpu-slowed', { form: sets('CUDA_VISIBLE_DEVICES', '0'), facts: gpusAre(gpu(0), slowGpu) }],
    ['no-gpu', { recipe: 'tensorrt-llm-serve', parameters: { server: 'running' }, facts: gpusAre() }],
    ['no-gpu', { form: inContainer({ gpus: 'none' }), facts: gpusAre() }],
    ['no-start-profile', { ...overHttp, facts: { tensorrtLlm: { ...later, httpProfile: true } } }],
    ['no-start-profile', { recipe: 'tensorrt-llm-serve', parameters: { server: 'start-http' } }],
    ['driver-old', { facts: { ...gpusOf('12.2'), cudaRuntime: '12.8' } }],
    ['nsys-driver', { form: nsight(), facts: gpusOf('13.2') }],
    [
      'nsys-importer',
      { form: nsight(), facts: { nsys: { program: 'x', version: '2025.3.1', help: null, imports: null } } },
    ],
    [
      'report-secrets',
      { form: { ...nsight(), ...inContainer({}) }, facts: { inherited: new Map([['HF_TOKEN', 'x']]) } },
    ],
    ['window-late', { parameters: { concurrency: '64' }, form: { ...nsight(), window: '900+20' } }],
    ['window-late', { parameters: fromFile, form: { ...nsight(), window: '9000+20' } }],
    ['window-drafts', { optionsText: 'speculative_config: null # none\n', form: nsight() }],
    ['iteration-log-stall', { parameters: { era: 'e2', 'iteration-log': 'true' } }],
    ['request-statistics', { optionsText: 'enable_iter_req_stats: true\nenable_iter_perf_stats: true\n' }],
    ['placement', { parameters: placed, facts: { placementSlots: 36 } }],
    [
      'router-routing',
      {
        parameters: { ...fromFile, era: 'e3' },
        form: routed,
        facts: { tensorrtLlm: later, model: deepSeek },
      },
    ],
    [
      'router-drafts',
      {
        parameters: fromFile,
        form: { ...routed, ...sets('TLLM_SPEC_DECODE_FORCE_NUM_ACCEPTED_TOKENS', '2') },
        optionsText: 'speculative_config: {a: 1}\n',
      },
    ],
    [
      'range-unset',
      {
        recipe: 'command',
        form: { window: '10+5', torchTrace: false, nsight: false },
        parameters: {
          program: 'nsys',
          arguments: 'profile -e TLLM_PROFILE_START_STOP=10-20 -c cudaProfilerApi x',
        },
      },
    ],
  ])('%s', (code, of) => {
    expect(check(of).map((found) => found.code)).not.toContain(code);
  });
});
