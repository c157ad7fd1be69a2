// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

export const appInfo = z.object({
  version: z.string(),
  electron: z.string(),
  chrome: z.string(),
  node: z.string(),
  native: z.string(),
  /** Version of the stores that traces are read into. */
  storeFormat: z.string(),
  platform: z.string(),
  os: z.string(),
  folders: z.object({
    data: z.string(),
    cache: z.string(),
    config: z.string(),
    logs: z.string(),
  }),
});
export type AppInfo = z.infer<typeof appInfo>;

/** What the trace stores take of the disk now. */
export const cacheUsage = z.object({ bytes: z.number(), stores: z.int() });
export type CacheUsage = z.infer<typeof cacheUsage>;

/** What a diagnostic archive would hold. `ticket` saves exactly this. */
export const diagnostics = z.object({
  ticket: z.string(),
  entries: z.array(z.object({ name: z.string(), bytes: z.int(), what: z.string() })),
});
export type Diagnostics = z.infer<typeof diagnostics>;

/**
 * Something that the engine may open. Only the main process makes sources (from a dialog, a drop, the
 * command line or a run's artifacts); the window asks the engine by id, so it never names a path itself.
 */
export const source = z.object({
  sourceId: z.string(),
  kind: z.enum(['trace', 'expert-statistics']),
  path: z.string(),
  name: z.string(),
  /** The run that this belongs to, when there is one. */
  runId: z.string().optional(),
  rank: z.int().optional(),
  /** What it belongs to where a set holds more than one run's: an arm of a comparison. Those of one stay together. */
  group: z.string().optional(),
  /** Of a report with several processes, the only one that this is about. */
  process: z.int().optional(),
});
export type Source = z.infer<typeof source>;

/** What one view shows together: the traces of all ranks of a run, or the files opened at once. */
export const sourceSet = z.object({
  title: z.string(),
  runId: z.string().optional(),
  sources: z.array(source),
});
export type SourceSet = z.infer<typeof sourceSet>;
