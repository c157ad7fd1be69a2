// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { artifactKind, recipe, type Recipe } from '#shared/contract/recipe.ts';
import { recipeParameter } from '#shared/contract/recipe-parameter.ts';

/** Recipes of version 1: one program shipped with Iterscope, every parameter an option, TensorRT-LLM's recorders. */

const recipeV1 = z.object({
  version: z.literal(1),
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  program: z.object({ kind: z.literal('bundled'), name: z.string() }),
  parameters: z.array(recipeParameter),
  fixedArguments: z.array(z.string()).default([]),
  eraParameter: z.string(),
  defaultWindow: z.string(),
  iterationsParameter: z.string().optional(),
  endSignal: z.enum(['SIGTERM', 'SIGINT']).default('SIGTERM'),
  graceMs: z.number().default(5_000),
  artifacts: z.array(z.object({ kind: artifactKind, pattern: z.string() })),
});

const recorders = {
  'torch-trace': {
    environment: [
      { name: 'TLLM_PROFILE_START_STOP', value: '{start-stop}' },
      { name: 'TLLM_TORCH_PROFILE_TRACE', value: 'trace.json' },
    ],
  },
  'expert-statistics': {
    environment: [
      { name: 'EXPERT_STATISTIC_ITER_RANGE', value: '{first}-{stop}' },
      { name: 'EXPERT_STATISTIC_PATH', value: 'expert_statistic' },
    ],
  },
  'perfect-router': { environment: [{ name: 'ENABLE_PERFECT_ROUTER', value: '1' }] },
};

/** Brings a recipe of version 1 up to version 2. Throws a ZodError. */
export function fromV1(file: unknown): Recipe {
  const { program, fixedArguments, endSignal, graceMs, ...same } = recipeV1.parse(file);
  const names = same.parameters.map(({ name }) => name);
  const step = {
    name: 'run',
    title: same.title,
    role: 'load',
    program,
    args: [...(names.length === 0 ? [] : [{ parameters: names }]), ...fixedArguments],
    endSignal,
    graceMs,
    log: [{ name: 'iterations', means: 'iteration', format: 'tensorrt-llm', contains: 'iter = ' }],
  };
  return recipe.parse({
    ...same,
    version: 2,
    steps: [step],
    passes: ['timing', 'torch-trace', 'expert-statistics'],
    together: [['torch-trace', 'expert-statistics']],
    recorders,
  });
}
