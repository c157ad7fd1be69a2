// SPDX-License-Identifier: Apache-2.0
import type { FormChange, NsightOptions } from '#shared/contract/launch.ts';
import { isSecretName } from '../secrets.ts';
import { finding, runsTensorrtLlm, worldSize, type PreflightInput, type Rule } from './facts.ts';

/** What Nsight Systems is known to stumble over. Each rule looks only where a pass records with it. */

/**
 * Releases that came with each CUDA toolkit (the folder `nsight-systems-…` of the toolkit's first release, by which it is
 * called): an older importer drops events of calls that it does not know.
 */
const CAME_WITH: readonly (readonly [cuda: number, nsys: number])[] = [
  [12.0, 2022.4],
  [12.1, 2023.1],
  [12.2, 2023.2],
  [12.3, 2023.3],
  [12.4, 2023.4],
  [12.5, 2024.2],
  [12.6, 2024.4],
  [12.8, 2024.6],
  [12.9, 2025.1],
  [13.0, 2025.3],
  [13.1, 2025.5],
  [13.2, 2025.6],
];

const option = (
  label: string,
  nsightOptions: Partial<NsightOptions>,
): { label: string; change: FormChange } => ({
  label,
  change: { nsightOptions },
});

/** The first two numbers of a version, as one that can be compared: minor versions have one digit. */
const release = (version: string): number => Number(/^\d+\.\d+/.exec(version)?.[0] ?? 'none');

const missing: Rule = ({ facts }) => {
  if (facts.nsys !== null || !facts.sameFiles) return [];
  const message =
    'Nsight Systems was not found: install it from NVIDIA, or put the folder of its nsys on the PATH.';
  return [
    finding('error', 'nsys-missing', message, {
      field: 'nsight',
      fix: { label: 'Leave this pass out', change: { nsight: false } },
    }),
  ];
};

const older: Rule = ({ facts: { nsys, cudaRuntime } }) => {
  if (nsys === null || cudaRuntime === null) return [];
  const runtime = Number(cudaRuntime);
  const needed = CAME_WITH.filter(([cuda]) => cuda <= runtime).at(-1)?.[1];
  if (needed === undefined || release(nsys.version) >= needed) return [];
  const message = `Nsight Systems ${nsys.version} is older than the program's CUDA runtime ${cudaRuntime}: it drops events of calls that it does not know, without saying so. Install ${needed.toString()} or newer.`;
  return [finding('warning', 'nsys-old', message, { field: 'nsight' })];
};

/** The CUDA that this Nsight Systems came with. */
const cudaOf = (version: string): number | undefined =>
  CAME_WITH.filter(([, nsys]) => nsys <= release(version)).at(-1)?.[0];

/** Its library speaks to the driver in the words of its own CUDA, and knows no calls of later ones. */
const driver: Rule = ({ facts: { nsys, cudaRuntime, gpus } }) => {
  const own = nsys === null ? undefined : cudaOf(nsys.version);
  if (nsys === null || own === undefined || gpus.cuda === null) return [];
  const served = Number(gpus.cuda);
  const named = `Nsight Systems ${nsys.version} came with CUDA ${own.toFixed(1)}`;
  if (Math.floor(own) > Math.floor(served)) {
    const message = `${named}, and the driver serves CUDA ${gpus.cuda} at most: it may record nothing of the GPU. Use an older Nsight Systems, or a newer driver.`;
    return [finding('warning', 'nsys-driver', message, { field: 'nsight' })];
  }
  // Where the program's own runtime is known, the rule above says it exactly.
  if (cudaRuntime !== null || own >= served) return [];
  const message = `${named}, and the driver serves CUDA ${gpus.cuda}: if the program brings a CUDA later than ${own.toFixed(1)}, events are dropped without a word. Look at the capture check after the run.`;
  return [finding('note', 'nsys-driver', message, { field: 'nsight' })];
};

const importer: Rule = ({ facts: { nsys } }) => {
  if (nsys?.imports !== false) return [];
  const message = `${nsys.program} can record, but has no importer beside it to make a report: what it leaves cannot be opened here. Install the whole Nsight Systems.`;
  return [finding('error', 'nsys-importer', message, { field: 'nsight' })];
};

/** Names said of the secrets that a report would hold. */
const MOST_NAMES = 3;

const secrets: Rule = ({ form, facts: { inherited } }) => {
  const inherits = form.target?.kind === 'container' ? [] : [...inherited.keys()];
  const names = [...new Set([...form.extraEnvironment.map(({ name }) => name), ...inherits])].filter(
    isSecretName,
  );
  if (names.length === 0) return [];
  const more = names.length > MOST_NAMES ? ` and ${(names.length - MOST_NAMES).toString()} more` : '';
  const message = `A report holds the program's whole environment, values of ${names.slice(0, MOST_NAMES).join(', ')}${more} included: who gets the report gets them.`;
  return [finding('note', 'report-secrets', message, { field: 'nsight' })];
};

const counters: Rule = ({ form, facts }) => {
  if (!form.nsightOptions.gpuMetrics || facts.countersRestricted !== true || facts.isAdministrator) return [];
  const message =
    'The driver lets only administrators read GPU metrics (NVreg_RestrictProfilingToAdminUsers): nsys would refuse to start.';
  return [
    finding('error', 'gpu-metrics-denied', message, {
      field: 'nsight',
      fix: option('Without GPU metrics', { gpuMetrics: false }),
    }),
  ];
};

/** Options that cost more than they look. */
const costs: Rule = (input) => {
  const { form, values } = input;
  const { nsightOptions: options } = form;
  const findings = [];
  if (options.cpuSampling) {
    const message =
      'CPU sampling makes reports huge (four iterations took 2.2 GB with it and 2.4 MB without), and has kept workers from going on when the window closed.';
    findings.push(
      finding('warning', 'cpu-sampling', message, {
        field: 'nsight',
        fix: option('Without sampling', { cpuSampling: false }),
      }),
    );
  }
  if (options.pythonGil) {
    const message =
      'Recording Python’s lock is costly: less than one iteration made 20,000 ranges. Host times of this pass are longer than they are.';
    findings.push(
      finding('note', 'gil-cost', message, {
        field: 'nsight',
        fix: option('Without the lock', { pythonGil: false }),
      }),
    );
  }
  if (options.cudaGraphTrace === 'node' && values.get('cuda-graphs') !== 'null') {
    const message =
      'Recording each kernel of CUDA graphs slows their replay, so that decode may look idle when it is not. Graphs as a whole disturb less, and show no kernels.';
    findings.push(
      finding('note', 'graph-nodes', message, {
        field: 'nsight',
        fix: option('Graphs as a whole', { cudaGraphTrace: 'graph' }),
      }),
    );
  }
  if (
    !options.traceFork &&
    (worldSize(values) > 1 || runsTensorrtLlm(input)) &&
    values.get('single-process') !== 'true'
  ) {
    const message =
      'Workers are started by forking: without following them from there, the report holds no GPU work.';
    findings.push(
      finding('warning', 'trace-fork', message, {
        field: 'nsight',
        fix: option('Follow forks', { traceFork: true }),
      }),
    );
  }
  return findings;
};

const rangeEnd: Rule = ({ form }) => {
  if (form.nsightOptions.captureRangeEnd !== 'stop-shutdown') return [];
  const message =
    'nsys would end the program when the window closes: the benchmark’s own report would be lost.';
  return [
    finding('warning', 'range-end', message, {
      field: 'nsight',
      fix: option('Only stop recording', { captureRangeEnd: 'stop' }),
    }),
  ];
};

/** The hardware trace of newer versions: where it is, and where the software one is not. */
const cudaTrace: Rule = ({ form, facts: { nsys } }) => {
  if (nsys === null) return [];
  const software = form.nsightOptions.cudaTrace === 'cuda-sw';
  if (software && nsys.help !== null && !nsys.help.includes('cuda-sw')) {
    const message = `Nsight Systems ${nsys.version} does not know the trace cuda-sw, which newer versions have.`;
    return [
      finding('error', 'cuda-sw-unknown', message, {
        field: 'nsight',
        fix: option('Use cuda', { cudaTrace: 'cuda' }),
      }),
    ];
  }
  if (software || release(nsys.version) < 2026) return [];
  const message = `With Nsight Systems ${nsys.version} the hardware trace crashed some servers on new GPUs. If the program dies in this pass, trace in software.`;
  return [
    finding('note', 'cuda-hw', message, {
      field: 'nsight',
      fix: option('Trace in software', { cudaTrace: 'cuda-sw' }),
    }),
  ];
};

const wholeRun: Rule = ({ form, recipe }) => {
  const window = recipe.recorders.nsight?.window ?? 'iterations';
  if (window === 'iterations' || (window === 'optional' && form.window.trim() !== '')) return [];
  const message =
    'No window limits this report: it records the program from start to end, loading included. Keep the work small.';
  return [finding('note', 'whole-run', message, { field: 'nsight' })];
};

export const nsightRules: readonly Rule[] = [
  missing,
  importer,
  older,
  driver,
  secrets,
  counters,
  costs,
  rangeEnd,
  cudaTrace,
  wholeRun,
].map(
  (rule) => (input: PreflightInput) =>
    input.passes.some(({ kinds }) => kinds.includes('nsight')) ? rule(input) : [],
);
