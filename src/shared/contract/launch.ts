// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
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

export const finding = z.object({
  severity: z.enum(['error', 'warning', 'note']),
  code: z.string(),
  message: z.string(),
  field: z.string().optional(),
});
export type Finding = z.infer<typeof finding>;

/** Iterations that a window captures: first and last are both captured. */
export const iterationSpan = z.object({ first: z.int(), last: z.int() });
export type IterationSpan = z.infer<typeof iterationSpan>;

export const launchPreview = z.object({
  /** The same run as a bash script, quoted, environment included. */
  shell: z.string(),
  environment: z.array(environmentEntry),
  spans: z.array(iterationSpan),
  findings: z.array(finding),
  runnable: z.boolean(),
});
export type LaunchPreview = z.infer<typeof launchPreview>;
