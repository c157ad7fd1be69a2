// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** What of a trace can be handed to other viewers on this machine; nothing is started by finding out. */
export const foundViewers = z.object({
  /** Nsight Systems' own window, and the report that it would open: null is what was not found. */
  nsight: z.object({ program: z.string().nullable(), report: z.string().nullable() }),
  /** Perfetto's trace processor; null where it is not installed. */
  traceProcessor: z.string().nullable(),
});
export type FoundViewers = z.infer<typeof foundViewers>;

/** A program that was started with a file. */
export const startedViewer = z.object({ program: z.string(), path: z.string() });
