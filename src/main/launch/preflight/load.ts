// SPDX-License-Identifier: Apache-2.0
import { parseWindowText } from '../window-text.ts';
import { finding, setParameter, speculation, worldSize, type PreflightInput, type Rule } from './facts.ts';

/** Whether the load of a launch fits its window, its ranks and its recorders. */

const numberOf = (values: PreflightInput['values'], name: string): number | null => {
  const text = values.get(name) ?? '';
  return text === '' ? null : Number(text);
};

interface Load {
  readonly requests: number;
  /** Tokens that each request generates, on average. */
  readonly outputTokens: number;
  /** Requests that run at once, at most. */
  readonly atOnce: number;
}

function meanOutput(values: PreflightInput['values']): number | null {
  const fixed = numberOf(values, 'output-len') ?? numberOf(values, 'output-mean');
  if (fixed !== null) return fixed;
  const [least, most] = [numberOf(values, 'output-min'), numberOf(values, 'output-max')];
  return least === null || most === null ? null : (least + most) / 2;
}

/** The load that the form describes; null where a file or a real dataset does. */
function loadOf(values: PreflightInput['values']): Load | null {
  const prepared = numberOf(values, 'num-prompts') ?? numberOf(values, 'num-requests');
  const outputTokens = meanOutput(values);
  if (prepared === null || outputTokens === null || !(prepared > 0)) return null;
  const cut = numberOf(values, 'run-requests') ?? 0;
  const requests = cut > 0 ? Math.min(cut, prepared) : prepared;
  const bounds = ['max-concurrency', 'concurrency', 'max-batch-size']
    .map((name) => numberOf(values, name) ?? 0)
    .filter((bound) => bound > 0);
  return { requests, outputTokens, atOnce: Math.min(requests, ...bounds) };
}

/** An iteration generates a token for each request that runs; those that wait come after. */
const iterationsOf = ({ requests, outputTokens, atOnce }: Load): number =>
  Math.ceil(requests / atOnce) * outputTokens;

/** How many iterations are to be expected, and by what. */
function expectation(input: PreflightInput): { readonly iterations: number; readonly by: string } | null {
  const { seenIterations: seen, values } = input;
  if (seen !== null) {
    return { iterations: seen, by: `An earlier run of this load took ${seen.toString()} iterations` };
  }
  const load = loadOf(values);
  if (load === null || speculation(input) !== null) return null;
  const iterations = iterationsOf(load);
  const by = `${load.requests.toString()} requests of ${load.outputTokens.toString()} tokens, ${load.atOnce.toString()} at once, take about ${iterations.toFixed(0)} iterations`;
  return { iterations, by };
}

const lateWindow: Rule = (input) => {
  const parsed = parseWindowText(input.form.window);
  const last = parsed.ok ? parsed.spans.at(-1)?.last : undefined;
  const expected = expectation(input);
  if (last === undefined || expected === null || last < expected.iterations) return [];
  const message = `${expected.by}, and the window reaches to iteration ${last.toString()}: nothing may be recorded of it. Choose an earlier window, or more or longer requests.`;
  return [finding('warning', 'window-late', message, { field: 'window' })];
};

const drafts: Rule = (input) => {
  const by = speculation(input);
  if (by === null || input.form.window.trim() === '') return [];
  const message = `Speculative decoding is on (${by}): an iteration may yield several tokens, so that the run has fewer of them than tokens, and the window may lie after the last.`;
  return [finding('note', 'window-drafts', message, { field: 'window' })];
};

/** Earlier versions write the statistics within the loop that sends the requests. */
const stall: Rule = ({ values, era }) => {
  if (values.get('iteration-log') !== 'true' || era !== 'e1') return [];
  const message =
    'In this era writing iteration statistics can starve the loop that sends the requests: the benchmark then measures the writing, or hangs.';
  return [
    finding('warning', 'iteration-log-stall', message, {
      field: 'iteration-log',
      fix: setParameter('Switch off', 'iteration-log', 'false'),
    }),
  ];
};

const oneProcess: Rule = ({ values }) => {
  if (values.get('single-process') !== 'true' || worldSize(values) < 2) return [];
  const message =
    'One process holds one rank: with several GPUs the program spawns its workers all the same.';
  return [
    finding('warning', 'single-process', message, {
      field: 'single-process',
      fix: setParameter('Switch off', 'single-process', 'false'),
    }),
  ];
};

const placement: Rule = ({ values, facts: { placementSlots: slots, model } }) => {
  if ((values.get('load-balancer') ?? '') === '') return [];
  const refuse = (message: string, field = 'load-balancer') => [
    finding('error', 'placement', message, { field }),
  ];
  if (values.get('attention-dp') !== 'true') {
    const message =
      'A placement of experts needs attention data parallelism: the program refuses it otherwise.';
    const fix = setParameter('Switch it on', 'attention-dp', 'true');
    return [finding('error', 'placement', message, { field: 'attention-dp', fix })];
  }
  const ranks = numberOf(values, 'ep') ?? worldSize(values);
  if (ranks < 2) return refuse('A placement of experts needs more than one rank to place them on.', 'ep');
  if (slots === null) return [];
  if (slots % ranks !== 0) {
    return refuse(
      `The placement has ${slots.toString()} slots, which do not divide by ${ranks.toString()} ranks.`,
    );
  }
  const experts = model?.experts ?? 0;
  if (slots >= experts) return [];
  return refuse(
    `The placement has ${slots.toString()} slots for the model’s ${experts.toString()} experts: each needs one.`,
  );
};

/** What the sub-command sets for itself, whatever it is given. */
const FORCED = new Set([
  'TRTLLM_ENABLE_PDL',
  'FORCE_MULTI_BLOCK_MODE',
  'TRTLLM_ENABLE_MMHA_MULTI_BLOCK_DEBUG',
  'TRTLLM_MMHA_KERNEL_BLOCK_SIZE',
]);

const forced: Rule = ({ recipe, form }) => {
  if (recipe.id !== 'tensorrt-llm-latency') return [];
  return form.extraEnvironment
    .filter(({ name }) => FORCED.has(name))
    .map(({ name }) =>
      finding(
        'note',
        'forced',
        `trtllm-bench latency sets ${name} itself: the value given here has no effect.`,
        {
          field: 'extraEnvironment',
        },
      ),
    );
};

/** Statistics per request are part of those per iteration. */
const requestStatistics: Rule = ({ optionsText, values }) => {
  const on = (key: string): boolean => new RegExp(`^\\s*${key}\\s*:\\s*true\\b`, 'm').test(optionsText);
  if (!on('enable_iter_req_stats') || on('enable_iter_perf_stats') || values.get('iteration-log') === 'true')
    return [];
  const message =
    'enable_iter_req_stats of the options file has no effect without enable_iter_perf_stats: add it there.';
  return [finding('warning', 'request-statistics', message, { field: 'extra-options' })];
};

export const loadRules: readonly Rule[] = [
  lateWindow,
  drafts,
  stall,
  oneProcess,
  placement,
  forced,
  requestStatistics,
];
