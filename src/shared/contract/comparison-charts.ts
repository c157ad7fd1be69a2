// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { plannedPass } from './comparison-pass.ts';

/** What the charts of a comparison draw, from its timing passes; small enough to be kept in a report. */

export const iterationKind = z.enum(['context', 'generation', 'mixed']);
export type IterationKind = z.infer<typeof iterationKind>;

/**
 * Host step times of iterations of one kind. Only batches that both arms have count, and each batch weighs the
 * same in both, so that what differs is time and not the mix of batches.
 */
export const timeDistribution = z.object({
  kind: iterationKind,
  batches: z.int(),
  countA: z.int(),
  countB: z.int(),
  /** The 0th to the 100th percentile of each arm, one percent apart. */
  percentilesMsA: z.array(z.number()),
  percentilesMsB: z.array(z.number()),
  /** Edges of the bins of the histogram, one more than bins; the last bin holds all that is longer, too. */
  edgesMs: z.array(z.number()),
  /** Share of each arm's iterations in each bin, by weight. */
  sharesA: z.array(z.number()),
  sharesB: z.array(z.number()),
});
export type TimeDistribution = z.infer<typeof timeDistribution>;

/** What a timing pass measured. */
export const passSpread = plannedPass.extend({
  runId: z.string(),
  /** The figure that the verdict is about; null where the pass reported none. */
  value: z.number().nullable(),
  /** Iterations of the batch that is the most frequent in both arms: median, with its interval by block bootstrap. */
  iterations: z
    .object({ count: z.int(), medianMs: z.number(), lowMs: z.number(), highMs: z.number() })
    .nullable(),
});
export type PassSpread = z.infer<typeof passSpread>;

const sizeTimes = z.object({ count: z.int(), medianMs: z.number(), p10Ms: z.number(), p90Ms: z.number() });

/** Iterations of one kind and size of batch; null where an arm has none of them. */
export const batchSize = z.object({
  kind: iterationKind,
  /** Tokens of all requests of the iteration. */
  tokens: z.int(),
  a: sizeTimes.nullable(),
  b: sizeTimes.nullable(),
});
export type BatchSize = z.infer<typeof batchSize>;

/** How a timing pass went on, from its first logged iteration. */
export const passCourse = plannedPass.extend({
  runId: z.string(),
  /** Seconds since the first iteration, and output tokens per second around that moment. */
  throughput: z.array(z.object({ atS: z.number(), tokensPerS: z.number() })),
  /** Multiprocessor clock, mean of the GPUs that were busy. Empty where `clocksAbsent` says why. */
  clocks: z.array(z.object({ atS: z.number(), smMhz: z.number() })),
});
export type PassCourse = z.infer<typeof passCourse>;

export const comparisonCharts = z.object({
  distributions: z.array(timeDistribution),
  passes: z.array(passSpread),
  /** The batch of `passes`' iterations, in words; null where no batch is frequent enough in both arms. */
  passBatch: z.string().nullable(),
  batchSizes: z.array(batchSize),
  courses: z.array(passCourse),
  /** Why no clocks are drawn; null where there are some. */
  clocksAbsent: z.string().nullable(),
});
export type ComparisonCharts = z.infer<typeof comparisonCharts>;
