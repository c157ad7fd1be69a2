// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { runAnnotations, runIdText } from './run.ts';

/** The library of runs: what can be done with runs that are there. */

/** What of a run's annotations is to change; what is absent stays. A title of null is the run's own again. */
export const annotationsChange = runAnnotations
  .pick({ tags: true, notes: true })
  .extend({ title: runAnnotations.shape.title.unwrap().nullable() })
  .partial();
export type AnnotationsChange = z.infer<typeof annotationsChange>;

export const runIds = z.object({ ids: z.array(runIdText).min(1).max(10_000) });

/** What happened to each of several runs; those that were refused say why. */
export const outcome = z.object({
  done: z.array(z.string()),
  refused: z.array(z.object({ id: z.string(), message: z.string() })),
});
export type Outcome = z.infer<typeof outcome>;

export const runBytes = z.object({
  id: z.string(),
  /** Everything in the run's folder. */
  totalBytes: z.number(),
  /** Of that, what the program left behind: traces, statistics, reports. */
  artifactBytes: z.number(),
  /** In the cache, made from its traces: made again when they are opened. */
  storeBytes: z.number(),
});
export type RunBytes = z.infer<typeof runBytes>;

export const diskUse = z.object({
  runs: z.array(runBytes),
  /** Stores of files that belong to no run. */
  otherStoreBytes: z.number(),
  trash: z.object({ runs: z.int(), bytes: z.number() }),
  dataFolder: z.string(),
  cacheFolder: z.string(),
});
export type DiskUse = z.infer<typeof diskUse>;

/** Names a piece of work that takes time, chosen by who asks for it. */
export const jobName = z.string().min(1).max(64);

export const jobProgress = z.object({
  job: jobName,
  /** What is being done, in words. */
  step: z.string(),
  bytesDone: z.number(),
  bytesTotal: z.number(),
});
export type JobProgress = z.infer<typeof jobProgress>;

/** Where a run was written to; null when the user closed the dialog. */
export const exported = z.object({ paths: z.array(z.string()) }).nullable();

/** What came of archives: runs that are in the library now, and archives that were refused. */
export const imported = z.object({
  ids: z.array(z.string()),
  refused: z.array(z.object({ path: z.string(), message: z.string() })),
});
export type Imported = z.infer<typeof imported>;
