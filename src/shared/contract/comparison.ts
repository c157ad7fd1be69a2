// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { comparisonCharts, iterationKind } from './comparison-charts.ts';
import { armName, plannedPass } from './comparison-pass.ts';
import { finding, launchForm } from './launch.ts';

/** A comparison: two arms, blocks of one timing pass of each, and what they say about B over A. */

export const thresholds = z.object({
  /** Gain of perfect routing above which imbalance is called significant, as a ratio. */
  significant: z.number().min(0).max(10),
  /** Differences within ± this count as none, as a ratio. */
  equivalence: z.number().min(0).max(1),
});
export type Thresholds = z.infer<typeof thresholds>;

export const arm = z.object({ label: z.string().min(1).max(120), form: launchForm });
export type Arm = z.infer<typeof arm>;

export const comparisonRequest = z.object({
  title: z.string().max(200).optional(),
  a: arm,
  b: arm,
  blocks: z.int().min(3).max(100),
  /** Decides the order of the arms in each block. */
  seed: z.int().min(0).max(0xffff_ffff),
  /** Looks before the end, each at a price, and stops when one of them has a verdict. */
  early: z.boolean(),
  /** One profiled pass per arm after the timing passes. */
  profile: z.boolean(),
  thresholds,
});
export type ComparisonRequest = z.infer<typeof comparisonRequest>;

/** A cache of the program that passes share. */
export const sharedCache = z.object({
  title: z.string(),
  variable: z.string(),
  arm: armName,
  /** A file or folder; where `owner` is the home folder, relative to it. */
  path: z.string(),
  /** Whose place it is: made for this comparison, said by the user, or the program's own place in the home folder. */
  owner: z.enum(['comparison', 'user', 'home']),
});
export type SharedCache = z.infer<typeof sharedCache>;

/** What a comparison would do, before anything is started. */
export const comparisonPlan = z.object({
  passes: z.array(plannedPass),
  /** Time and disk of all passes, from earlier runs of the same recipe; null where there was none to tell. */
  estimate: z
    .object({
      totalMs: z.number(),
      bytes: z.number(),
      /** What it was taken from, in a sentence. */
      basis: z.string(),
    })
    .nullable(),
  findings: z.array(finding.extend({ arm: armName })),
  differences: z.array(z.object({ name: z.string(), a: z.string(), b: z.string() })),
  /** By arm; both arms share one where only the router differs. */
  caches: z.array(sharedCache),
  runnable: z.boolean(),
});
export type ComparisonPlan = z.infer<typeof comparisonPlan>;

export const comparisonState = z.enum(['running', 'done', 'failed', 'cancelled', 'interrupted']);

/** `<utc>-compare-<hex4>`. */
export const comparisonId = z.string().regex(/^[0-9A-Za-z-]{8,128}$/);

export const donePass = plannedPass.extend({ runId: z.string().regex(/^[0-9A-Za-z-]{8,128}$/) });

/** What is on disk of a comparison: its plan and which runs its passes became. Figures stay with the runs. */
export const comparison = z.object({
  version: z.literal(1),
  id: comparisonId,
  title: z.string(),
  createdAt: z.string(),
  endedAt: z.string().optional(),
  state: comparisonState,
  /** Why it stopped, when it did not reach its end. */
  reason: z.string().optional(),
  /** The process that goes on with it, while one does. */
  owner: z.object({ pid: z.int(), identity: z.string() }).optional(),
  request: comparisonRequest,
  plan: z.array(plannedPass),
  /** Absent in comparisons of earlier versions. */
  caches: z.array(sharedCache).optional(),
  passes: z.array(donePass),
});
export type Comparison = z.infer<typeof comparison>;

export const effect = z.object({
  /** B over A, positive is better: B/A - 1 for rates, A/B - 1 for times. */
  ratio: z.number(),
  low: z.number(),
  high: z.number(),
  confidence: z.number(),
  blocks: z.int(),
  /** The smallest effect that this number of blocks finds four times out of five. */
  smallestEffect: z.number(),
});
export type Effect = z.infer<typeof effect>;

export const verdict = z.object({
  kind: z.enum([
    'imbalance-significant',
    'imbalance-moderate',
    'not-a-bottleneck',
    'faster',
    'slower',
    'same',
    'inconclusive',
  ]),
  sentence: z.string(),
});
export type Verdict = z.infer<typeof verdict>;

export const comparedFigure = z.object({
  label: z.string(),
  unit: z.string(),
  better: z.enum(['higher', 'lower']),
  /** Per block, in its order; null where the pass has no such figure. */
  a: z.array(z.number().nullable()),
  b: z.array(z.number().nullable()),
  /** Null with fewer than two complete blocks. */
  effect: effect.nullable(),
});
export type ComparedFigure = z.infer<typeof comparedFigure>;

/** Iterations of one batch composition in both arms. */
export const comparedIterations = z.object({
  kind: iterationKind,
  contextTokens: z.int(),
  generationTokens: z.int(),
  countA: z.int(),
  countB: z.int(),
  medianMsA: z.number(),
  medianMsB: z.number(),
  /** Of the median, A/B - 1; its interval by a bootstrap of runs of consecutive iterations. Null with too few. */
  effect: z.object({ ratio: z.number(), low: z.number(), high: z.number() }).nullable(),
});
export type ComparedIterations = z.infer<typeof comparedIterations>;

export const suspectPass = z.object({
  runId: z.string(),
  block: z.int(),
  arm: armName,
  reason: z.string(),
});
export type SuspectPass = z.infer<typeof suspectPass>;

/** One part of the time of an iteration in both arms, in milliseconds. */
export const cause = z.object({
  name: z.string(),
  msA: z.number(),
  msB: z.number(),
});
export type Cause = z.infer<typeof cause>;

/** Kernels (in traces of a CPU: operators) of one name in both arms; mean of the aligned iterations of all ranks. */
export const workRow = z.object({
  name: z.string(),
  /** In B, where it goes by another name there. */
  nameB: z.string().optional(),
  kind: z.string(),
  presence: z.enum(['both', 'renamed', 'new', 'gone']),
  /** Own time in an iteration, without what is nested inside. */
  msA: z.number(),
  msB: z.number(),
  countA: z.number(),
  countB: z.number(),
  /** Between iterations: sample standard deviation / mean; null with fewer than two, or without any time. */
  cvA: z.number().nullable(),
  cvB: z.number().nullable(),
});
export type WorkRow = z.infer<typeof workRow>;

/** Two iterations that worked on the same batch. */
export const alignedIteration = z.object({
  rank: z.int(),
  iterationA: z.int(),
  iterationB: z.int(),
  batch: z.string(),
  msA: z.number(),
  msB: z.number(),
});
export type AlignedIteration = z.infer<typeof alignedIteration>;

/** Means over the layers of the captured iterations; null where there is no answer. */
export const expertLoad = z.object({
  expertImbalance: z.number().nullable(),
  rankImbalance: z.number().nullable(),
  activeExperts: z.number().nullable(),
  /** Of the slowest rank's work, the share that perfect balance would take away: by tokens, and by experts with tokens. */
  savedByTokens: z.number().nullable(),
  savedByActive: z.number().nullable(),
});
export type ExpertLoad = z.infer<typeof expertLoad>;

/** The two ends of an estimate (T / (T − saved) − 1): large batches cost by tokens, small ones by weights read. */
export const gainEstimate = z.object({ byTokens: z.number(), byActive: z.number() });
export type GainEstimate = z.infer<typeof gainEstimate>;

export const why = z.object({
  /** Which iterations the causes are the mean of. */
  scope: z.string(),
  /** Largest difference first; they add up to the whole iteration. */
  causes: z.array(cause),
  wholeMsA: z.number(),
  wholeMsB: z.number(),
  /** Largest difference first; with `rest` they add up to the whole iteration. Empty where the traces hold none. */
  work: z.array(workRow),
  /** The same by kind. */
  kinds: z.array(cause),
  /** The whole iteration without all work: idle time, less what ran at the same time as other work. */
  rest: cause,
  iterations: z.array(alignedIteration),
  /** Null where an arm recorded no expert statistics. */
  experts: z.object({ a: expertLoad, b: expertLoad }).nullable(),
  /** What balance would gain by A's load and its share of expert computing; null where either was not recorded. */
  estimate: gainEstimate.nullable(),
});
export type Why = z.infer<typeof why>;

export const difference = z.object({ name: z.string(), a: z.string(), b: z.string() });
export type Difference = z.infer<typeof difference>;

/** What the finished passes say. The verdict is null until a planned look. */
export const comparisonAnswer = z.object({
  primary: comparedFigure.nullable(),
  /** The answer in one sentence: the verdict's, or what can be said before it. */
  headline: z.string(),
  verdict: verdict.nullable(),
  figures: z.array(comparedFigure),
  iterations: z.array(comparedIterations),
  suspects: z.array(suspectPass),
  /** Parameters and variables in which the arms differ. */
  differences: z.array(difference),
  /** What differs in the machine or the program between passes, and so confounds the comparison. */
  confounders: z.array(z.string()),
  /** What could not be compared, and why. */
  notes: z.array(z.string()),
  why: why.nullable(),
  charts: comparisonCharts,
});
export type ComparisonAnswer = z.infer<typeof comparisonAnswer>;

export const comparisonProgress = z.object({
  comparison,
  /** Passes that have ended, profile passes included. */
  done: z.int(),
  total: z.int(),
  /** What goes on now, in words. */
  step: z.string(),
});
export type ComparisonProgress = z.infer<typeof comparisonProgress>;

/** What a run's manifest says of the comparison that it belongs to. */
export const comparisonOrigin = plannedPass.extend({ id: comparisonId });
export type ComparisonOrigin = z.infer<typeof comparisonOrigin>;

/** The JSON report: what `assets/schemas/comparison.schema.json` publishes. */
export const comparisonDocument = z.object({
  version: z.literal(1),
  comparison,
  answer: comparisonAnswer,
  /** The command of each arm's passes as bash. */
  commands: z.array(z.object({ title: z.string(), shell: z.string() })),
});
