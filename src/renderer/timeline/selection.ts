// SPDX-License-Identifier: Apache-2.0
import type { SliceDetails } from '#shared/contract/engine.ts';
import { neighbourInLane, nearestInLane, type Hit } from './hit.ts';
import { findTrackRow, type Row, type TrackRow } from './rows.ts';
import type { TraceWindows } from './scene.ts';
import type { TimelineTrace, TimeRange } from './types.ts';

/** A selected slice in world time; exact once its details came, before that as coarse as the window. */
export interface Selected extends TimeRange {
  readonly traceIndex: number;
  readonly trackId: number;
  readonly lane: number;
  readonly row: number;
  readonly details: SliceDetails | undefined;
}

/** A slice that the selected one is joined to. */
export interface Linked {
  readonly slice: Selected;
  /** `launch`, or the category of an arrow of the trace. */
  readonly category: string;
  /** Whether the selected slice is the cause. */
  readonly isOut: boolean;
}

/** The rows that a slice is joined to, each once for each way and category; launches come first. */
export function linksOf(
  details: SliceDetails,
): readonly { readonly row: number; readonly category: string; readonly way: 'in' | 'out' | 'launch' }[] {
  const { partnerRows, flowsIn, flowsOut } = details;
  const stated = (arrows: SliceDetails['flowsIn'], way: 'in' | 'out') =>
    arrows.filter(({ row }) => !partnerRows.includes(row)).map((arrow) => ({ ...arrow, way }));
  const launches = partnerRows.map((row) => ({ row, category: 'launch', way: 'launch' as const }));
  return [...launches, ...stated(flowsIn, 'in'), ...stated(flowsOut, 'out')];
}

export function selectedFromHit(hit: Hit): Selected {
  const { traceIndex, trackId, lane, row, startNs, endNs } = hit;
  return { traceIndex, trackId, lane, row, startNs, endNs, details: undefined };
}

export function selectedFromDetails(
  trace: TimelineTrace,
  traceIndex: number,
  details: SliceDetails,
): Selected {
  const startNs = details.startNs + trace.offsetNs;
  const { trackId, lane, row } = details;
  return { traceIndex, trackId, lane, row, startNs, endNs: startNs + details.durNs, details };
}

/** Where an arrow key leads, from what the windows hold. */
export interface StepInput {
  /** Top to bottom. */
  readonly rows: readonly Row[];
  readonly selected: Selected;
  readonly view: TimeRange;
  readonly windowsOf: (traceIndex: number) => TraceWindows;
}

function sideways({ rows, selected, windowsOf }: StepInput, direction: 1 | -1): Hit | undefined {
  const row = findTrackRow(rows, selected.traceIndex, selected.trackId);
  const { current, overview } = windowsOf(selected.traceIndex);
  if (row === undefined) return undefined;
  const near = current === undefined ? undefined : neighbourInLane(row, selected, direction, current);
  if (near !== undefined) return near;
  return overview === undefined ? undefined : neighbourInLane(row, selected, direction, overview);
}

/** The lanes above (or below), track after track, nearest first. */
function* lanesBeyond(rows: readonly Row[], row: TrackRow, lane: number, direction: 1 | -1) {
  for (let at = lane + direction; at >= 0 && at < row.lanes; at += direction) {
    yield { row, lane: at };
  }
  const from = rows.indexOf(row);
  for (let at = from + direction; at >= 0 && at < rows.length; at += direction) {
    const next = rows[at];
    if (next?.type !== 'track') continue;
    const { lanes } = next;
    for (let step = 0; step < lanes; step += 1) {
      yield { row: next, lane: direction === 1 ? step : lanes - 1 - step };
    }
  }
}

function upOrDown(input: StepInput, direction: 1 | -1): Hit | undefined {
  const { rows, selected, view, windowsOf } = input;
  const row = findTrackRow(rows, selected.traceIndex, selected.trackId);
  if (row === undefined) return undefined;
  const atNs = Math.min(
    Math.max((selected.startNs + selected.endNs) / 2, view.startNs),
    Math.max(view.endNs, selected.startNs),
  );
  for (const beyond of lanesBeyond(rows, row, selected.lane, direction)) {
    // Within a track only what is in the stack above or below; in the next track whatever is nearest.
    const inside = beyond.row === row;
    const reach = inside ? Math.max(selected.endNs - selected.startNs, 1) / 2 : Number.POSITIVE_INFINITY;
    const windows = windowsOf(beyond.row.traceIndex);
    const hit = nearestInLane(beyond.row, beyond.lane, atNs, reach, view, windows);
    if (hit !== undefined) return hit;
  }
  return undefined;
}

/** The slice that an arrow key selects next; undefined when the windows hold none there. */
export function stepSelection(
  input: StepInput,
  command: 'next' | 'previous' | 'up' | 'down',
): Hit | undefined {
  if (command === 'next') return sideways(input, 1);
  if (command === 'previous') return sideways(input, -1);
  return upOrDown(input, command === 'up' ? -1 : 1);
}
