// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '#shared/contract/launch.ts';
import { parseWindowText } from '../window-text.ts';
import { loadRules } from './load.ts';
import { perfectRouterRules } from './perfect-router.ts';
import {
  finding,
  records,
  runsTensorrtLlm,
  setParameter,
  worldSize,
  type PreflightInput,
  type Rule,
} from './facts.ts';

/** What TensorRT-LLM is known to stumble over, by era and by what its installed source holds. */

const eraDiffers: Rule = ({ era, facts: { tensorrtLlm } }) => {
  const found = tensorrtLlm?.era ?? era;
  if (tensorrtLlm === null || found === era) return [];
  const named = tensorrtLlm.version === null ? '' : ` ${tensorrtLlm.version}`;
  const message = `The installed TensorRT-LLM${named} counts windows as ${found} does, and the form says ${era}: the window would be one iteration off, or end the program.`;
  return [
    finding('warning', 'era-differs', message, {
      field: 'era',
      fix: setParameter(`Follow ${found}`, 'era', found),
    }),
  ];
};

/** Old eras give every rank the same file name. */
const oneTraceFile: Rule = (input) => {
  const { era, values, facts } = input;
  if (!records(input, 'torch-trace') || worldSize(values) < 2) return [];
  if (facts.tensorrtLlm === null ? era !== 'e1' : facts.tensorrtLlm.traceOfRank) return [];
  const message =
    'In this era all ranks write their PyTorch trace into one file, which ruins it: record with Nsight Systems, use one GPU, or choose a later era where it is installed.';
  return [
    finding('error', 'trace-shared', message, {
      field: 'torchTrace',
      fix: { label: 'Use Nsight instead', change: { torchTrace: false, nsight: true } },
    }),
  ];
};

const backend: Rule = (input) => {
  if (input.values.get('backend') !== 'tensorrt') return [];
  const findings: Finding[] = [];
  if (records(input, 'torch-trace')) {
    const message = 'The C++/TensorRT backend has no PyTorch trace: nothing would be written.';
    findings.push(
      finding('error', 'backend-trace', message, {
        field: 'torchTrace',
        fix: { label: 'Use Nsight instead', change: { torchTrace: false, nsight: true } },
      }),
    );
  }
  if (records(input, 'nsight')) {
    const message =
      'The C++/TensorRT backend shows NVTX ranges, and so iterations, only when it was built with --nvtx.';
    findings.push(finding('note', 'backend-nvtx', message, { field: 'backend' }));
  }
  return findings;
};

const warmUp: Rule = (input) => {
  const { values, form } = input;
  if (form.window.trim() === '' || Number(values.get('warmup') ?? 0) === 0) return [];
  const message =
    'Warm-up requests run before the measurement and take iteration numbers, so that the window lies earlier in the load than it seems.';
  return [
    finding('note', 'warm-up', message, {
      field: 'warmup',
      fix: setParameter('No warm-up requests', 'warmup', '0'),
    }),
  ];
};

/** The engine counts the iterations of a throw-away executor, too, when it sizes its cache. */
const EARLY = 10;

const early: Rule = ({ form }) => {
  const parsed = parseWindowText(form.window);
  const first = parsed.ok ? parsed.spans[0]?.first : undefined;
  if (first === undefined || first === 0 || first >= EARLY) return [];
  const message = `Iterations below ${EARLY.toString()} may belong to the executor that only sizes the cache: start the window later.`;
  return [finding('note', 'window-early', message, { field: 'window' })];
};

const LINES_HIDDEN = new Set(['error', 'warning', 'internal_error']);

const logLevel: Rule = ({ form, values, facts }) => {
  const given = form.extraEnvironment.find(({ name }) => name === 'TLLM_LOG_LEVEL')?.value;
  const level = (given ?? facts.inherited.get('TLLM_LOG_LEVEL') ?? '').toLowerCase();
  if (!LINES_HIDDEN.has(level) || values.get('print-iter-log') !== 'true') return [];
  const message = `TLLM_LOG_LEVEL=${level} hides iteration lines, which are of level info, whatever other switches say.`;
  const others = form.extraEnvironment.filter(({ name }) => name !== 'TLLM_LOG_LEVEL');
  const change = { extraEnvironment: [...others, { name: 'TLLM_LOG_LEVEL', value: 'info' }] };
  return [
    finding('warning', 'log-level', message, {
      field: 'extraEnvironment',
      fix: { label: 'Set it to info', change },
    }),
  ];
};

const costly = [
  ['layerwise-nvtx', 'Ranges of every layer'],
  ['nvtx-debug', 'Debug NVTX ranges'],
  ['record-gc', 'Ranges of garbage collections'],
  ['iteration-log', 'Iteration statistics'],
] as const;

const timingCosts: Rule = (input) => {
  if (!records(input, 'timing')) return [];
  return costly.flatMap(([name, what]) => {
    if (input.values.get(name) !== 'true') return [];
    const message = `${what} cost host time in every iteration of the timing pass, too: its figures hold that.`;
    return [
      finding('warning', 'timing-cost', message, {
        field: name,
        fix: setParameter('Switch off', name, 'false'),
      }),
    ];
  });
};

const features: Rule = ({ values, facts: { tensorrtLlm } }) => {
  if (tensorrtLlm === null) return [];
  const findings: Finding[] = [];
  const lacks = (field: string, has: boolean, what: string): void => {
    if (has || ['', 'false'].includes(values.get(field) ?? '')) return;
    findings.push(
      finding(
        'warning',
        'feature-absent',
        `The installed TensorRT-LLM does not know ${what}: it would have no effect.`,
        { field },
      ),
    );
  };
  lacks('log-ranks', tensorrtLlm.logRanks, 'TLLM_PROFILE_LOG_RANKS');
  lacks('record-gc', tensorrtLlm.recordGc, 'TLLM_PROFILE_RECORD_GC');
  const command = tensorrtLlm.datasetCommand;
  if (
    command !== null &&
    values.has('dataset-command') &&
    ![command, ''].includes(values.get('dataset-command') ?? '')
  ) {
    const message = `The installed TensorRT-LLM calls the command that prepares datasets ${command}.`;
    findings.push(
      finding('error', 'dataset-command', message, {
        field: 'dataset-command',
        fix: setParameter(`Use ${command}`, 'dataset-command', command),
      }),
    );
  }
  return findings;
};

/** A server is asked over HTTP to record only by later versions. */
const overHttp: Rule = ({ steps, era, facts: { tensorrtLlm } }) => {
  if (!steps.some(({ opensWindow }) => opensWindow)) return [];
  if (tensorrtLlm === null ? era === 'e3' : tensorrtLlm.httpProfile) return [];
  const message =
    tensorrtLlm === null
      ? `Servers of era ${era} are not known to answer /start_profile, which came with e3: nothing would be recorded.`
      : 'The installed TensorRT-LLM has no /start_profile: a server of it cannot be asked to record. Let the run start one that is profiled by its window.';
  return [
    finding(tensorrtLlm === null ? 'warning' : 'error', 'no-start-profile', message, { field: 'server' }),
  ];
};

/** Spawned workers are only passed variables with these beginnings. */
const forwarding: Rule = (input) => {
  const { values, form, passes } = input;
  if (worldSize(values) < 2) return [];
  const unprefixed = [
    ...(form.perfectRouter ? ['ENABLE_PERFECT_ROUTER'] : []),
    ...(passes.some(({ kinds }) => kinds.includes('expert-statistics')) ? ['EXPERT_STATISTIC_*'] : []),
    ...form.extraEnvironment
      .map(({ name }) => name)
      .filter((name) => !/^(TRTLLM|TLLM)/.test(name) && name !== ''),
  ];
  if (unprefixed.length === 0) return [];
  const message = `Workers that MPI spawns are handed only variables that begin with TLLM or TRTLLM; ${unprefixed.join(', ')} ${unprefixed.length === 1 ? 'reaches' : 'reach'} them only where MPI passes the environment on. Look for their effect in the log.`;
  return [finding('note', 'not-forwarded', message, { field: 'extraEnvironment' })];
};

export const tensorrtLlmRules: readonly Rule[] = [
  eraDiffers,
  oneTraceFile,
  backend,
  warmUp,
  early,
  logLevel,
  ...loadRules,
  ...perfectRouterRules,
  timingCosts,
  features,
  overHttp,
  forwarding,
].map((rule) => (input: PreflightInput) => (runsTensorrtLlm(input) ? rule(input) : []));
