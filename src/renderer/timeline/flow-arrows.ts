// SPDX-License-Identifier: Apache-2.0
import { findTrackRow, laneTop, type Row } from './rows.ts';
import { pathTo, type TrackNode } from './track-tree.ts';
import type { Linked, Selected } from './selection.ts';
import type { TimeRange } from './types.ts';

/** Arrows between the selected slice and what it is joined to, as places among the rows. */

/** Where an arrow begins or ends; heights count from the top of the content. */
export interface ArrowEnd extends TimeRange {
  readonly top: number;
  readonly height: number;
  readonly name: string;
}

export interface FlowArrow {
  /** From cause to effect. */
  readonly from: ArrowEnd;
  readonly to: ArrowEnd;
  /** `launch`, or the category that the trace states. */
  readonly category: string;
  /** Which end is the selected slice's. */
  readonly isOut: boolean;
}

/** A slice's own place, the last level in sight of a track that is not wholly open, or the closed group it lies in. */
function endOf(rows: readonly Row[], tree: readonly TrackNode[], of: Selected): ArrowEnd | undefined {
  const { startNs, endNs, traceIndex, trackId } = of;
  const base = { startNs, endNs, name: of.details?.name ?? '' };
  const row = findTrackRow(rows, traceIndex, trackId);
  if (row !== undefined) {
    const top = row.top + laneTop(row, Math.min(of.lane, row.lanes - 1));
    return { ...base, top, height: row.laneStep - 1 };
  }
  const path = pathTo(tree, traceIndex, trackId);
  const closed = rows.find((each) => each.type === 'header' && each.collapsed && path.includes(each.key));
  return closed === undefined ? undefined : { ...base, top: closed.top, height: closed.height };
}

/** Those to tracks that are hidden or filtered away have nowhere to end and are left out. */
export function arrowsOf(
  rows: readonly Row[],
  tree: readonly TrackNode[],
  selected: Selected | undefined,
  links: readonly Linked[],
): readonly FlowArrow[] {
  const own = selected === undefined || links.length === 0 ? undefined : endOf(rows, tree, selected);
  if (own === undefined) return [];
  return links.flatMap(({ slice, category, isOut }) => {
    const other = endOf(rows, tree, slice);
    if (other === undefined) return [];
    return [{ from: isOut ? own : other, to: isOut ? other : own, category, isOut }];
  });
}
