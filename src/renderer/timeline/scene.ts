// SPDX-License-Identifier: Apache-2.0
import { isFolded } from '#shared/trace/window.ts';
import type { HitTest } from './hits.ts';
import { laneTop, type Row, type TrackRow } from './rows.ts';
import { covers } from './window-plan.ts';
import type { LoadedWindow } from './window-loader.ts';
import type { TimeRange } from './types.ts';

/**
 * From windows to rectangles in pixels. Neighbours of one lane and kind that touch within a pixel become
 * one rectangle; when a frame would still need more than the limit, the pixel grows until it does not.
 */

export const MAX_RECTANGLES = 10_000;
/** Folded slices are lower than others, so that they are told apart. */
const FOLDED_RATIO = 0.55;
const MIN_TEXT_PX = 34;
const MAX_TEXTS = 1500;

export interface TextSpot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly traceIndex: number;
  readonly name: number;
  readonly kind: number;
  readonly dim: boolean;
}

/** Columns of the rectangles of a frame; reused from frame to frame. */
export class Scene {
  count = 0;
  readonly x = new Float32Array(MAX_RECTANGLES);
  readonly width = new Float32Array(MAX_RECTANGLES);
  readonly y = new Float32Array(MAX_RECTANGLES);
  readonly height = new Float32Array(MAX_RECTANGLES);
  readonly kind = new Uint8Array(MAX_RECTANGLES);
  /** 1 where the rectangle stands for several slices. */
  readonly folded = new Uint8Array(MAX_RECTANGLES);
  /** 1 where a search does not find it. */
  readonly dim = new Uint8Array(MAX_RECTANGLES);
  readonly texts: TextSpot[] = [];

  clear(): void {
    this.count = 0;
    this.texts.length = 0;
  }

  /** False when it is full. */
  add(y: number, height: number, { left, right, kind, folded, dim }: Pending): boolean {
    if (this.count === MAX_RECTANGLES) return false;
    this.x[this.count] = left;
    this.width[this.count] = Math.max(right - left, 1);
    this.y[this.count] = y;
    this.height[this.count] = height;
    this.kind[this.count] = kind;
    this.folded[this.count] = folded ? 1 : 0;
    this.dim[this.count] = dim ? 1 : 0;
    this.count += 1;
    return true;
  }
}

/** What is there of a trace: the window that was asked for last, and the coarse one of everything. */
export interface TraceWindows {
  readonly current: LoadedWindow | undefined;
  readonly overview: LoadedWindow | undefined;
}

export interface SceneInput {
  readonly rows: readonly Row[];
  readonly view: TimeRange;
  readonly widthPx: number;
  readonly scrollTop: number;
  /** By trace index: the windows that hold its pixels. */
  readonly windows: readonly TraceWindows[];
  /** By trace index: what a search finds; without one everything is bright. */
  readonly hits?: readonly (HitTest | undefined)[];
}

/** A window and the part of the view that it fills. */
interface Patch {
  readonly window: LoadedWindow;
  readonly range: TimeRange;
}

/** The fine window where it is, the coarse one elsewhere. */
export function patchesFor(trackId: number, view: TimeRange, windows: TraceWindows): Patch[] {
  const current = windows.current?.tracks.has(trackId) === true ? windows.current : undefined;
  const overview = windows.overview?.tracks.has(trackId) === true ? windows.overview : undefined;
  if (current === undefined) return overview === undefined ? [] : [{ window: overview, range: view }];
  if (overview === undefined || covers(current, view)) return [{ window: current, range: view }];
  if (current.endNs <= view.startNs || current.startNs >= view.endNs) {
    return [{ window: overview, range: view }];
  }
  const patches: Patch[] = [{ window: current, range: view }];
  if (current.startNs > view.startNs) {
    patches.push({ window: overview, range: { startNs: view.startNs, endNs: current.startNs } });
  }
  if (current.endNs < view.endNs) {
    patches.push({ window: overview, range: { startNs: current.endNs, endNs: view.endNs } });
  }
  return patches;
}

/** The last rectangle of each lane while a track is collected; it waits for neighbours to join it. */
interface Pending {
  left: number;
  right: number;
  kind: number;
  folded: boolean;
  dim: boolean;
}

class TrackCollector {
  readonly #scene: Scene;
  readonly #joinPx: number;
  readonly #row: TrackRow;
  readonly #top: number;
  readonly #lanes: (Pending | undefined)[] = [];
  full = false;

  constructor(scene: Scene, joinPx: number, row: TrackRow, top: number) {
    this.#scene = scene;
    this.#joinPx = joinPx;
    this.#row = row;
    this.#top = top;
  }

  add(lane: number, next: Pending): void {
    const { left, right, kind, folded, dim } = next;
    const last = this.#lanes[lane];
    const narrow = right - left < this.#joinPx || folded;
    if (
      last !== undefined &&
      narrow &&
      last.kind === kind &&
      last.folded === folded &&
      (last.dim === dim || !folded) &&
      left >= last.left &&
      left - last.right < this.#joinPx &&
      (folded || last.right - last.left < 4 * this.#joinPx)
    ) {
      last.right = Math.max(last.right, right);
      // Within a pixel or two a hit outshines its neighbours, so that none is lost.
      last.dim &&= dim;
      return;
    }
    this.#flush(lane, last);
    this.#lanes[lane] = next;
  }

  finish(): void {
    this.#lanes.forEach((pending, lane) => this.#flush(lane, pending));
  }

  #flush(lane: number, pending: Pending | undefined): void {
    if (pending === undefined) return;
    const full = this.#row.laneStep - 1;
    const height = pending.folded ? Math.round(full * FOLDED_RATIO) : full;
    const y = this.#top + laneTop(this.#row, lane) + (full - height) / 2;
    if (!this.#scene.add(y, height, pending)) this.full = true;
  }
}

function collectPatch(
  scene: Scene,
  collector: TrackCollector,
  row: TrackRow,
  top: number,
  patch: Patch,
  input: SceneInput,
): void {
  const { window, range } = patch;
  const track = window.tracks.get(row.track.id);
  if (track === undefined) return;
  const { view } = window;
  const test = input.hits?.[row.traceIndex];
  const pxPerNs = input.widthPx / (input.view.endNs - input.view.startNs);
  const pxPerUnit = window.nsPerUnit * pxPerNs;
  const base = (window.startNs - input.view.startNs) * pxPerNs;
  const leftEdge = (range.startNs - input.view.startNs) * pxPerNs;
  const rightEdge = (range.endNs - input.view.startNs) * pxPerNs;
  for (let at = track.first; at < track.first + track.count; at += 1) {
    const x0 = base + (view.x0[at] ?? 0) * pxPerUnit;
    const x1 = base + (view.x1[at] ?? 0) * pxPerUnit;
    if (x1 < leftEdge || x0 > rightEdge) continue;
    const left = Math.max(x0, leftEdge);
    const right = Math.min(x1, rightEdge);
    const kind = view.kind[at] ?? 0;
    const lane = view.lane[at] ?? 0;
    if (lane >= row.lanes) continue;
    const folded = isFolded(view, at);
    const name = view.name[at] ?? 0;
    const dim = test?.(name, kind, view.row[at] ?? 0) === false;
    collector.add(lane, { left, right, kind, folded, dim });
    if (folded || right - left < MIN_TEXT_PX || scene.texts.length >= MAX_TEXTS) continue;
    scene.texts.push({
      x: left,
      y: top + laneTop(row, lane),
      width: right - left,
      height: row.laneStep - 1,
      traceIndex: row.traceIndex,
      name,
      kind,
      dim,
    });
  }
}

/** Fills the scene with what is visible. Returns the pixel within which neighbours were joined. */
export function collectScene(scene: Scene, input: SceneInput, startPx = 1): number {
  for (let joinPx = startPx; ; joinPx *= 2) {
    scene.clear();
    let full = false;
    for (const row of input.rows) {
      if (row.type !== 'track') continue;
      const windows = input.windows[row.traceIndex];
      if (windows === undefined) continue;
      const top = row.top - input.scrollTop;
      const collector = new TrackCollector(scene, joinPx, row, top);
      for (const patch of patchesFor(row.track.id, input.view, windows)) {
        collectPatch(scene, collector, row, top, patch, input);
      }
      collector.finish();
      full ||= collector.full;
      if (full) break;
    }
    if (!full || joinPx > 64) return joinPx;
  }
}
