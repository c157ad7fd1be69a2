// SPDX-License-Identifier: Apache-2.0
import { TOP_HEIGHT } from './draw-static.ts';
import { LANE_STEP, laneTop, rowsBetween, type Row, type RowLayout, type TrackRow } from './rows.ts';
import { clampView, fitView, panBy, revealView, spanOf, zoomAt } from './viewport.ts';
import type { TimelineTrace, TimeRange } from './types.ts';

/** What part of the world is seen: a span of time across, a scroll position down, in a canvas of some size. */
export class Camera {
  view: TimeRange = { startNs: 0, endNs: 1 };
  world: TimeRange = { startNs: 0, endNs: 1 };
  scrollTop = 0;
  layout: RowLayout = { rows: [], height: 0 };

  readonly #size: () => { readonly width: number; readonly height: number };
  readonly #onMove: () => void;

  constructor(size: () => { readonly width: number; readonly height: number }, onMove: () => void) {
    this.#size = size;
    this.#onMove = onMove;
  }

  get width(): number {
    return this.#size().width;
  }

  /** Width of the track names. */
  get gutter(): number {
    return Math.round(Math.min(Math.max(this.width * 0.16, 132), 216));
  }

  get plotWidth(): number {
    return Math.max(this.width - this.gutter, 1);
  }

  get plotHeight(): number {
    return Math.max(this.#size().height - TOP_HEIGHT, 0);
  }

  get nsPerPx(): number {
    return spanOf(this.view) / this.plotWidth;
  }

  get centreNs(): number {
    return (this.view.startNs + this.view.endNs) / 2;
  }

  timeAt(x: number): number {
    return this.view.startNs + (x - this.gutter) * this.nsPerPx;
  }

  /** Other traces: the view stays where it is unless there was none before. */
  setContent(traces: readonly TimelineTrace[], layout: RowLayout, first: boolean): void {
    this.layout = layout;
    this.world = worldOf(traces);
    this.look(first ? this.world : this.view);
    this.scrollBy(0);
  }

  look(view: TimeRange): void {
    this.view = clampView(view, this.world);
    this.#onMove();
  }

  fit(range: TimeRange, marginRatio: number): void {
    this.look(fitView(range, marginRatio, this.world));
  }

  zoom(anchorNs: number, factor: number): void {
    this.look(zoomAt(this.view, anchorNs, factor, this.world));
  }

  pan(deltaNs: number): void {
    this.look(panBy(this.view, deltaNs, this.world));
  }

  scrollBy(px: number): void {
    const limit = Math.max(this.layout.height - this.plotHeight, 0);
    const next = Math.min(Math.max(this.scrollTop + px, 0), limit);
    if (next === this.scrollTop) return;
    this.scrollTop = next;
    this.#onMove();
  }

  /** Brings a slice into sight with as little movement as it takes. */
  reveal(row: TrackRow, lane: number, range: TimeRange): void {
    const top = row.top + laneTop(lane);
    const above = top - this.scrollTop - LANE_STEP;
    const below = top + 2 * LANE_STEP - (this.scrollTop + this.plotHeight);
    if (above < 0) this.scrollBy(above);
    else if (below > 0) this.scrollBy(below);
    this.look(revealView(this.view, range, this.world));
  }

  /** The rows in sight, and those within a margin. */
  visibleRows(marginPx = 0): readonly Row[] {
    const bottom = this.scrollTop + this.plotHeight;
    const [from, to] = rowsBetween(this.layout, this.scrollTop - marginPx, bottom + marginPx);
    return this.layout.rows.slice(from, to);
  }
}

function worldOf(traces: readonly TimelineTrace[]): TimeRange {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const trace of traces) {
    startNs = Math.min(startNs, trace.startNs + trace.offsetNs);
    endNs = Math.max(endNs, trace.endNs + trace.offsetNs);
  }
  return traces.length === 0 ? { startNs: 0, endNs: 1 } : { startNs, endNs: Math.max(endNs, startNs + 1) };
}
