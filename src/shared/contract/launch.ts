// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { passKind, recipe } from './recipe.ts';
import { launchTarget } from './target.ts';

/** What a user states before a run, and what Iterscope makes of it. */

export const environmentEntry = z.object({
  name: z.string().max(256),
  value: z.string().max(32_768),
});
export type EnvironmentEntry = z.infer<typeof environmentEntry>;

/** What `nsys profile` is told beside the recipe's own recorder settings. */
export const nsightOptions = z.object({
  /** How kernels of CUDA graphs are recorded: each of them (intrusive), or each graph as a whole. */
  cudaGraphTrace: z.enum(['node', 'graph']).default('node'),
  /** `cuda-sw` where the hardware trace of newer versions fails. */
  cudaTrace: z.enum(['cuda', 'cuda-sw']).default('cuda'),
  /** Who holds and waits for Python's global lock; costly. */
  pythonGil: z.boolean().default(false),
  osrt: z.boolean().default(false),
  /** CPU samples make a report hundreds of times larger. */
  cpuSampling: z.boolean().default(false),
  gpuMetrics: z.boolean().default(false),
  /** Follows processes from fork on, as spawned workers need. */
  traceFork: z.boolean().default(true),
  captureRangeEnd: z.enum(['stop', 'stop-shutdown', 'repeat']).default('stop'),
});
export type NsightOptions = z.infer<typeof nsightOptions>;

/** The launcher form. The command line is a pure function of it and of the recipe. */
export const launchForm = z.object({
  recipeId: z.string().max(64),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Iterations to capture, as typed: `20+10` (first+count), `20-29` (first-last), comma-separated; empty = none. */
  window: z.string().max(200),
  /** A pass without any recorder beside those that record. */
  timing: z.boolean().default(false),
  /** Record with Nsight Systems. */
  nsight: z.boolean().default(false),
  nsightOptions: nsightOptions.default(nsightOptions.parse({})),
  /** Write a PyTorch-profiler (Kineto) trace of the window. */
  torchTrace: z.boolean(),
  perfectRouter: z.boolean(),
  /** Record expert statistics over the window. */
  expertStatistics: z.boolean(),
  extraEnvironment: z.array(environmentEntry).max(200),
  /** Where it runs; this machine when nothing is said. */
  target: launchTarget.optional(),
});
export type LaunchForm = z.infer<typeof launchForm>;

/** A change of a form that mends what a finding says; parameters and options are merged. */
const formChange = launchForm
  .pick({ window: true, timing: true, nsight: true, torchTrace: true })
  .extend(launchForm.pick({ expertStatistics: true, perfectRouter: true, extraEnvironment: true }).shape)
  .extend({
    parameters: z.record(z.string(), z.string()),
    nsightOptions: z.object({ ...nsightOptions.shape }).partial(),
  })
  .partial();
export type FormChange = z.infer<typeof formChange>;

export const finding = z.object({
  severity: z.enum(['error', 'warning', 'note']),
  code: z.string(),
  /** What is wrong, and what to do: a sentence. */
  message: z.string(),
  field: z.string().optional(),
  fix: z.object({ label: z.string(), change: formChange }).optional(),
});
export type Finding = z.infer<typeof finding>;

/** The recipes that can be used, and what is wrong with files that cannot be read as recipes. */
export const recipeCatalogue = z.object({ recipes: z.array(recipe), problems: z.array(finding) });
export type RecipeCatalogue = z.infer<typeof recipeCatalogue>;

/** Iterations that a window captures: first and last are both captured. */
export const iterationSpan = z.object({ first: z.int(), last: z.int() });
export type IterationSpan = z.infer<typeof iterationSpan>;

/** What a pass will take, from earlier runs of the recipe with the same recorders. */
export const passEstimate = z.object({
  /** How many runs it is the median of; with none there is no estimate. */
  runs: z.int(),
  wallMs: z.number().nullable(),
  bytes: z.number().nullable(),
});
export type PassEstimate = z.infer<typeof passEstimate>;

export const passPreview = z.object({
  kinds: z.array(passKind),
  title: z.string(),
  why: z.string(),
  steps: z.array(
    z.object({ title: z.string(), role: z.enum(['prepare', 'serve', 'load']), shell: z.string() }),
  ),
  /** A whole script that does the same without Iterscope. */
  script: z.string(),
  estimate: passEstimate,
});

/** What becomes of the user's own options file; the file itself is left as it is. */
export const optionsChange = z.object({
  /** The user's file; null where there is none. */
  base: z.string().nullable(),
  /** The name of the merged copy in the run's folder. */
  file: z.string(),
  lines: z.array(z.object({ change: z.enum(['same', 'added', 'removed']), text: z.string() })),
});
export type OptionsChange = z.infer<typeof optionsChange>;

export const launchPreview = z.object({
  /** The first pass's work as bash, quoted, environment included. */
  shell: z.string(),
  /** In the order in which they run. */
  passes: z.array(passPreview),
  options: optionsChange.nullable(),
  environment: z.array(environmentEntry),
  spans: z.array(iterationSpan),
  findings: z.array(finding),
  runnable: z.boolean(),
});
export type LaunchPreview = z.infer<typeof launchPreview>;

/** A pasted shell command as the form of a free command takes it, or why it cannot be read, with its place. */
export const pastedCommand = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    program: z.string(),
    /** Quoted as in a shell. */
    arguments: z.string(),
    environment: z.array(environmentEntry),
  }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);
export type PastedCommand = z.infer<typeof pastedCommand>;

/** What was found about a form on the machine where it would run. */
export const launchCheck = z.object({
  findings: z.array(finding),
  facts: z.array(z.object({ label: z.string(), value: z.string() })),
});
export type LaunchCheck = z.infer<typeof launchCheck>;
