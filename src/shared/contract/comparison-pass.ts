// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** A pass of a comparison: one load of the program, of one arm. */

export const armName = z.enum(['a', 'b']);
export type ArmName = z.infer<typeof armName>;

export const plannedPass = z.object({
  /** From 1; profile passes belong to none and have 0. */
  block: z.int().min(0),
  arm: armName,
  /** Timing passes carry no profiler and no expert statistics; profile passes explain, and are never timed. */
  purpose: z.enum(['timing', 'profile']),
});
export type PlannedPass = z.infer<typeof plannedPass>;
