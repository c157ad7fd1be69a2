// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** What the expert views write and read as files. The user names the file; the window never does. */

export const savedFile = z.object({
  /** Proposed, without its ending. */
  name: z.string().regex(/^[\w.-]{1,120}$/),
  format: z.enum(['csv', 'json', 'yaml', 'svg', 'png']),
  /** Text; base64 for pictures of pixels. */
  content: z.string().max(1 << 26),
});
export type SavedFile = z.infer<typeof savedFile>;

/** Larger than the plan of 60 layers with 16,384 slots; a larger file is no plan. */
export const MOST_PLAN_BYTES = 1 << 24;

export const planFile = z.object({ name: z.string(), text: z.string() });
export type PlanFile = z.infer<typeof planFile>;
