// SPDX-License-Identifier: Apache-2.0
import { isFolded } from '#shared/trace/window.ts';
import { laneAt, type Row, type TrackRow } from './rows.ts';
import { patchesFor, type TraceWindows } from './scene.ts';
import type { LoadedWindow } from './window-loader.ts';
import type { TimeRange } from './types.ts';

/** What a window says about one rectangle; times are world time and as coarse as the window. */
export interface Hit {
  readonly row: number;
  readonly trackId: number;
  readonly traceIndex: number;
  readonly lane: number;
  readonly kind: number;
  readonly name: number;
  readonly slices: number;
  readonly folded: boolean;
  readonly startNs: number;
  readonly endNs: number;
}

function hitOf(window: LoadedWindow, track: TrackRow, at: number): Hit {
  const { view } = window;
  return {
    row: view.row[at] ?? 0,
    trackId: track.track.id,
    traceIndex: track.traceIndex,
    lane: view.lane[at] ?? 0,
    kind: view.kind[at] ?? 0,
    name: view.name[at] ?? 0,
    slices: view.slices[at] ?? 1,
    folded: isFolded(view, at),
    startNs: window.startNs + (view.x0[at] ?? 0) * window.nsPerUnit,
    endNs: window.startNs + (view.x1[at] ?? 0) * window.nsPerUnit,
  };
}

/** The rectangle of a lane that is nearest to a moment and no further away than `reachNs`. */
export function nearestInLane(
  row: TrackRow,
  lane: number,
  atNs: number,
  reachNs: number,
  view: TimeRange,
  windows: TraceWindows,
): Hit | undefined {
  let best: Hit | undefined;
  let bestDistance = reachNs;
  for (const { window } of patchesFor(row.track.id, view, windows)) {
    const track = window.tracks.get(row.track.id);
    if (track === undefined) continue;
    const atUnit = (atNs - window.startNs) / window.nsPerUnit;
    for (let at = track.first; at < track.first + track.count; at += 1) {
      if ((window.view.lane[at] ?? 0) !== lane) continue;
      const away =
        Math.max((window.view.x0[at] ?? 0) - atUnit, atUnit - (window.view.x1[at] ?? 0), 0) *
        window.nsPerUnit;
      if (away > bestDistance || (away === bestDistance && best !== undefined)) continue;
      best = hitOf(window, row, at);
      bestDistance = away;
    }
  }
  return best;
}

/** The rectangle under a point of a row; `y` counts from the top of the content. */
export function hitAt(
  row: Row | undefined,
  y: number,
  atNs: number,
  reachNs: number,
  view: TimeRange,
  windowsOf: (traceIndex: number) => TraceWindows,
): Hit | undefined {
  if (row?.type !== 'track') return undefined;
  const lane = laneAt(row, y - row.top);
  if (lane < 0 || lane >= row.lanes) return undefined;
  return nearestInLane(row, lane, atNs, reachNs, view, windowsOf(row.traceIndex));
}

/** The next (or previous) rectangle of a lane, seen from a slice that is selected. */
export function neighbourInLane(
  row: TrackRow,
  from: { readonly row: number; readonly lane: number; readonly startNs: number; readonly endNs: number },
  direction: 1 | -1,
  window: LoadedWindow,
): Hit | undefined {
  const track = window.tracks.get(row.track.id);
  if (track === undefined) return undefined;
  const centre = (from.startNs + from.endNs) / 2;
  let best: Hit | undefined;
  for (let at = track.first; at < track.first + track.count; at += 1) {
    if ((window.view.lane[at] ?? 0) !== from.lane || (window.view.row[at] ?? 0) === from.row) continue;
    const hit = hitOf(window, row, at);
    const middle = (hit.startNs + hit.endNs) / 2;
    if ((middle - centre) * direction <= 0) continue;
    if (best === undefined || (middle - (best.startNs + best.endNs) / 2) * direction < 0) best = hit;
  }
  return best;
}
