// SPDX-License-Identifier: Apache-2.0
import type { Bookmark } from './bookmarks.ts';
import type { Row } from './rows.ts';
import type { TimelineTrace, TimeRange } from './types.ts';

/** What is shown and chosen on a timeline beside its slice; where one looks is the camera's. */
export class TimelineState {
  traces: readonly TimelineTrace[] = [];
  /** World time. */
  range: TimeRange | undefined;
  iteration: number | undefined;
  bookmarks: readonly Bookmark[] = [];
  /** Where a dragged row would go. */
  drop: Row | undefined;
}
