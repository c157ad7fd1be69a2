// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '#shared/contract/launch.ts';
import {
  finding,
  records,
  setParameter,
  speculation,
  worldSize,
  type PreflightInput,
  type Rule,
} from './facts.ts';

/** Where the perfect router has no effect or ends the program, and what makes its comparison worthless. */

const tell = (
  severity: Finding['severity'],
  code: string,
  message: string,
  field = 'perfectRouter',
): Finding[] => [finding(severity, code, message, { field })];

/** Whether every model has it, and not only GPT-OSS. */
const everyModel = ({ era, facts: { tensorrtLlm } }: PreflightInput): boolean =>
  tensorrtLlm === null ? era === 'e3' : tensorrtLlm.perfectRouter === 'every-model';

const isGptOss = (name: string): boolean => /gpt.?oss/i.test(name);

const model: Rule = (input) => {
  const { facts, values } = input;
  if (facts.tensorrtLlm !== null && facts.tensorrtLlm.perfectRouter === null) {
    return tell(
      'error',
      'router-absent',
      'The installed TensorRT-LLM does not know ENABLE_PERFECT_ROUTER: nothing would change.',
    );
  }
  if (everyModel(input)) return [];
  const architecture = facts.model?.architecture ?? null;
  if (architecture !== null && !isGptOss(architecture)) {
    return tell(
      'error',
      'router-model',
      `In this version only GPT-OSS models have a perfect router, and this one is ${architecture}: nothing would change.`,
    );
  }
  if (architecture !== null || isGptOss(values.get('model') ?? '')) return [];
  return tell(
    'warning',
    'router-model',
    'In this era only GPT-OSS models have a perfect router; with another model nothing changes. Its log says “Perfect router cache initialized” where it is on.',
  );
};

/** Models that score by a sigmoid and have a planner of their own. */
const PLANNED = /deepseek|minimax|llama4|kimi|glm4/i;

/** Later versions plan by the model's routing method; without a plan for it they raise an error. */
const routing: Rule = (input) => {
  const { model: facts } = input.facts;
  if (!everyModel(input) || facts === null) return [];
  const { scoring, grouped, architecture } = facts;
  if (scoring !== 'sigmoid' || grouped || PLANNED.test(architecture ?? '')) return [];
  return tell(
    'warning',
    'router-routing',
    `${architecture ?? 'This model'} scores its experts by a sigmoid: the perfect router plans for softmax, Llama 4, DeepSeek V3 and MiniMax routing, and other methods end the program with an error.`,
  );
};

const ROUTER_BACKENDS = new Set(['', 'CUTLASS', 'TRTLLM', 'TRITON']);

const moeBackend: Rule = ({ values }) => {
  const moe = values.get('moe-backend') ?? '';
  if (ROUTER_BACKENDS.has(moe)) return [];
  return tell(
    'warning',
    'router-backend',
    `The perfect router is known to work with CUTLASS, TRTLLM and TRITON, not with ${moe}.`,
    'moe-backend',
  );
};

const ranksOf = (values: PreflightInput['values']): number =>
  Number(values.get('ep') ?? '') || worldSize(values);

const experts: Rule = ({ values, facts }) => {
  const ranks = ranksOf(values);
  const count = facts.model?.experts ?? null;
  if (count === null || count % ranks === 0) return [];
  return tell(
    'error',
    'router-experts',
    `${count.toString()} experts do not divide by ${ranks.toString()} ranks, which the perfect router needs.`,
    'ep',
  );
};

/** The first form of it gives every rank the same plan, from the first GPU on. */
const unaware: Rule = (input) => {
  const { values } = input;
  if (everyModel(input) || values.get('attention-dp') !== 'true' || ranksOf(values) < 2) return [];
  return tell(
    'note',
    'router-unaware',
    'In this version the perfect router does not know its rank: with attention data parallelism and few tokens per rank, all ranks send theirs to the same first GPUs, so that decode is not balanced at all.',
  );
};

const lengths: Rule = ({ values }) => {
  if (!values.has('eos-id') || values.get('eos-id') === '-1') return [];
  const message =
    'Wrong tokens change where sequences end: outputs must have fixed lengths for this comparison.';
  return [
    finding('warning', 'router-lengths', message, {
      field: 'eos-id',
      fix: setParameter('Ignore the end token', 'eos-id', '-1'),
    }),
  ];
};

const PINNED = 'TLLM_SPEC_DECODE_FORCE_NUM_ACCEPTED_TOKENS';

const drafts: Rule = (input) => {
  const by = speculation(input);
  const { form, facts } = input;
  const pinned =
    form.extraEnvironment.findLast(({ name }) => name === PINNED)?.value ?? facts.inherited.get(PINNED);
  if (by === null || Number(pinned ?? 0) > 0) return [];
  return tell(
    'warning',
    'router-drafts',
    `Speculative decoding is on (${by}): wrong tokens change how many drafts are accepted, so that the two routers do not do the same work. Switch it off, or pin it by ${PINNED}.`,
    'extraEnvironment',
  );
};

const randomTokens: Rule = (input) => {
  const random = (input.values.get('dataset') ?? '').startsWith('token-') || input.values.has('input-len');
  if (!random || (!input.form.perfectRouter && !records(input, 'expert-statistics'))) return [];
  const message =
    'Random tokens are routed otherwise than text: expert load of such a run, and what balance would gain, are not those of real use.';
  return [finding('note', 'random-tokens', message, { field: 'dataset' })];
};

export const perfectRouterRules: readonly Rule[] = [
  ...[model, routing, moeBackend, experts, unaware, lengths, drafts].map(
    (rule) => (input: PreflightInput) => (input.form.perfectRouter ? rule(input) : []),
  ),
  randomTokens,
];
