// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { flagFile } from '#shared/contract/flags.ts';
import type { Finding, LaunchForm } from '#shared/contract/launch.ts';
import { containerTarget, type ContainerTarget } from '#shared/contract/target.ts';
import { eraOf } from '#shared/contract/recipe-rules.ts';
import { defaultForm } from '#main/launch/default-form.ts';
import { valuesOf } from '#main/launch/parameters.ts';
import { planPasses } from '#main/launch/passes.ts';
import { planLaunch } from '#main/launch/plan.ts';
import { preflight } from '#main/launch/preflight/index.ts';
import type { LaunchFacts, TensorrtLlmFacts } from '#main/launch/preflight/facts.ts';
import { places, recipeOf } from './recipe.ts';

/** A launch against a machine on which nothing is wrong but what a case says. */

export const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
export const flags = ['tensorrt-llm', 'nsight-systems'].flatMap(
  (name) => flagFile.parse(json(`assets/flags/${name}.json`)).flags,
);

export const gpu = (index: number, processes: number[] = []): LaunchFacts['gpus']['gpus'][number] => ({
  index,
  name: 'H100',
  uuid: null,
  memoryBytes: null,
  sample: {
    busyRatio: null,
    memoryBusyRatio: null,
    memoryUsedBytes: null,
    smClockMhz: null,
    memoryClockMhz: null,
    powerWatts: null,
    temperatureCelsius: null,
    throttles: null,
    processes: processes.map((pid) => ({ pid, memoryBytes: null })),
  },
  settings: { powerLimitWatts: 700, defaultPowerLimitWatts: 700, divided: false },
});

/** A report of these GPUs under a driver for CUDA 13.0. */
export const gpusAre = (...gpus: LaunchFacts['gpus']['gpus'][number][]): Partial<LaunchFacts> => ({
  gpus: { absent: null, driver: '580.95', cuda: '13.0', gpus },
});
export const setTo = (
  settings: Partial<LaunchFacts['gpus']['gpus'][number]['settings']>,
): Partial<LaunchFacts> => gpusAre({ ...gpu(0), settings: { ...gpu(0).settings, ...settings } });

export const slowGpu = { ...gpu(1), sample: { ...gpu(1).sample, throttles: ['thermal' as const] } };

export const installed: TensorrtLlmFacts = {
  folder: '/x',
  version: '1.2.0',
  era: 'e1',
  traceOfRank: false,
  logRanks: false,
  httpProfile: false,
  recordGc: true,
  perfectRouter: 'gpt-oss',
  datasetCommand: 'prepare-dataset',
};

export const deepSeek = {
  architecture: 'DeepseekV3ForCausalLM',
  experts: 256,
  scoring: 'sigmoid',
  grouped: true,
};
export const later = { ...installed, era: 'e3' as const, perfectRouter: 'every-model' as const };

/** A machine on which nothing is wrong. */
const healthy = {
  sameFiles: true,
  programs: new Map([['trtllm-bench', '/usr/bin/trtllm-bench']]),
  paths: new Map(),
  diskFreeBytes: 500 * 1024 ** 3,
  ...gpusAre(gpu(0), gpu(1)),
  placementSlots: null,
  ports: new Map(),
  freePort: null,
  nsys: { program: '/usr/bin/nsys', version: '2025.3.1', help: '--trace cuda,cuda-sw', imports: true },
  cudaRuntime: '12.4',
  countersRestricted: false,
  isAdministrator: false,
  tensorrtLlm: installed,
  model: { architecture: 'GptOssForCausalLM', experts: 32, scoring: null, grouped: false },
  inherited: new Map(),
} satisfies Partial<LaunchFacts> as LaunchFacts;

export interface PreflightCase {
  readonly recipe?: string;
  readonly parameters?: Record<string, string>;
  readonly form?: Partial<LaunchForm>;
  readonly facts?: Partial<LaunchFacts>;
  readonly expectedBytes?: number;
  readonly seenIterations?: number;
  readonly optionsText?: string;
}

export function check({
  recipe: id = 'tensorrt-llm-throughput',
  parameters = {},
  form: changes = {},
  facts = {},
  expectedBytes,
  seenIterations,
  optionsText = '',
}: PreflightCase): Finding[] {
  const recipe = recipeOf(json(`assets/recipes/${id}.json`));
  const start = defaultForm(recipe);
  const form = {
    ...start,
    window: '',
    ...changes,
    parameters: { ...start.parameters, model: 'openai/gpt-oss-20b', warmup: 0, ...parameters },
  };
  const passes = planPasses(recipe, form);
  return preflight(
    {
      recipe,
      form,
      passes,
      steps: passes.flatMap((pass) => planLaunch(recipe, pass.form, places).steps),
      values: valuesOf(recipe, form),
      era: eraOf(recipe, form.parameters),
      expectedBytes: expectedBytes ?? null,
      seenIterations: seenIterations ?? null,
      optionsText,
      facts: { ...healthy, ...facts },
    },
    flags,
  );
}
export const drawn = (found: readonly Finding[]): string[] =>
  found.map(({ severity, code }) => `${severity} ${code}`);
export const nsight = (nsightOptions: Partial<LaunchForm['nsightOptions']> = {}): Partial<LaunchForm> => ({
  window: '100+20',
  nsight: true,
  nsightOptions: {
    cudaGraphTrace: 'graph',
    cudaTrace: 'cuda',
    pythonGil: false,
    osrt: false,
    cpuSampling: false,
    gpuMetrics: false,
    traceFork: true,
    captureRangeEnd: 'stop',
    ...nsightOptions,
  },
});
export const two = { tp: '2' };
export const routed = { perfectRouter: true };
export const sets = (name: string, value: string): Partial<LaunchForm> => ({
  extraEnvironment: [{ name, value }],
});
export const inContainer = (target: Partial<ContainerTarget>): Partial<LaunchForm> => ({
  target: containerTarget.parse({ kind: 'container', runtime: 'docker', image: 'engine:1', ...target }),
});
export const gpusOf = (cuda: string): Pick<LaunchFacts, 'gpus'> => ({
  gpus: { absent: null, driver: '999.1', cuda, gpus: [gpu(0), gpu(1)] },
});
export const placed = { ...two, 'load-balancer': '/p.yaml', 'attention-dp': 'true' };
export const fromFile = { dataset: 'file', 'dataset-file': '/d.jsonl' };
