// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

export const theme = z.enum(['system', 'light', 'dark']);
export type Theme = z.infer<typeof theme>;

export const settings = z.object({ version: z.literal(1), theme });
export type Settings = z.infer<typeof settings>;

export const appInfo = z.object({
  version: z.string(),
  electron: z.string(),
  chrome: z.string(),
  node: z.string(),
  native: z.string(),
  platform: z.string(),
  dataFolder: z.string(),
});
export type AppInfo = z.infer<typeof appInfo>;

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
