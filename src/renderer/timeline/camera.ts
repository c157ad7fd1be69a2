// SPDX-License-Identifier: Apache-2.0
import { TOP_HEIGHT } from './frame.ts';
import { laneTop, NO_LAYOUT, rowsBetween, type Row, type RowLayout, type TrackRow } from './rows.ts';
import { clampView, fitView, panBy, revealView, spanOf, zoomAt } from './viewport.ts';
import type { TimelineTrace, TimeRange } from './types.ts';

/** What part of the world is seen: a span of time across, a scroll position down, in a canvas of some size. */
export class Camera {
  view: TimeRange = { startNs: 0, endNs: 1 };
  world: TimeRange = { startNs: 0, endNs: 1 };
  scrollTop = 0;
  layout: RowLayout = NO_LAYOUT;
  #pinned: { readonly at: number; readonly of: RowLayout; readonly rows: readonly Row[] } | undefined;

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
    if (!row.pinned) this.#scrollTo(row.top + laneTop(row, lane), row.laneStep);
    this.look(revealView(this.view, range, this.world));
  }

  /** Scrolls until a row is in sight. */
  revealRow(row: Row): void {
    if (!row.pinned) this.#scrollTo(row.top, row.height);
  }

  #scrollTo(top: number, height: number): void {
    const above = top - height - (this.scrollTop + this.layout.pinnedHeight);
    const below = top + 2 * height - (this.scrollTop + this.plotHeight);
    if (above < 0) this.scrollBy(above);
    else if (below > 0) this.scrollBy(below);
  }

  /** The scrolling rows in sight, and those within a margin. */
  visibleRows(marginPx = 0): readonly Row[] {
    const top = this.scrollTop + this.layout.pinnedHeight;
    const bottom = this.scrollTop + this.plotHeight;
    const [from, to] = rowsBetween(this.layout, top - marginPx, bottom + marginPx);
    return this.layout.rows.slice(from, to);
  }

  /** The pinned rows where they are now: they stay while the content scrolls below them. */
  pinnedRows(): readonly Row[] {
    const { layout, scrollTop } = this;
    if (this.#pinned?.at !== scrollTop || this.#pinned.of !== layout) {
      const rows = layout.pinned.map((row) => ({ ...row, top: row.top + scrollTop }));
      this.#pinned = { at: scrollTop, of: layout, rows };
    }
    return this.#pinned.rows;
  }

  /** All rows, top to bottom. */
  allRows(): readonly Row[] {
    return this.layout.pinned.length === 0 ? this.layout.rows : [...this.pinnedRows(), ...this.layout.rows];
  }

  /** The row at a height of the content; pinned ones lie over the others. */
  rowAt(contentY: number): Row | undefined {
    const over = contentY < this.scrollTop + this.layout.pinnedHeight;
    const rows = over ? this.pinnedRows() : this.visibleRows();
    return rows.find(({ top, height }) => contentY >= top && contentY < top + height);
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
