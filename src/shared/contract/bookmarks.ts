// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** Notes on moments and ranges of a trace, kept with its run or, for other files, by what the trace holds. */

const moment = z.number().min(-1e18).max(1e18);

export const bookmark = z.object({
  id: z.uuid(),
  /** Nanoseconds from the trace's origin. */
  startNs: moment,
  /** Null for a moment. */
  endNs: moment.nullable(),
  text: z.string().max(2000),
});
export type Bookmark = z.infer<typeof bookmark>;

export const bookmarks = z.array(bookmark).max(10_000);

/** The trace that they belong to: a source that main made, or one process of a report. */
export const bookmarkedSource = z.object({ sourceId: z.string().min(1).max(200) });
