// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** Placement files that the expert views read. The user names the file; the window never does. */

/** Larger than the plan of 60 layers with 16,384 slots; a larger file is no plan. */
export const MOST_PLAN_BYTES = 1 << 24;

export const planFile = z.object({ name: z.string(), text: z.string() });
export type PlanFile = z.infer<typeof planFile>;
