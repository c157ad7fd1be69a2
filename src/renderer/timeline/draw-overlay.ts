// SPDX-License-Identifier: Apache-2.0
import { formatDurationNs } from '#shared/base/units.ts';
import {
  MINIMAP_HEIGHT,
  plotWidth,
  RULER_BOTTOM,
  RULER_MIDDLE,
  TOP_HEIGHT,
  xOf,
  type Frame,
} from './frame.ts';
import { drawBookmarks, type Bookmark } from './bookmarks.ts';
import { drawArrows } from './draw-arrows.ts';
import { findTrackRow, laneTop, type Row, type TrackRow } from './rows.ts';
import type { Drawing } from './drawing.ts';
import type { FlowArrow } from './flow-arrows.ts';
import type { TimeRange } from './types.ts';

/** The overlay: what follows the pointer and the selection, on a ground that is empty. */

/** A slice to outline, in world time. */
export interface Outline extends TimeRange {
  readonly row: TrackRow;
  readonly lane: number;
}

/** A slice by its place among the traces. */
interface Place extends TimeRange {
  readonly traceIndex: number;
  readonly trackId: number;
  readonly lane: number;
}

/** The outline of a slice; undefined when no row shows it. */
export function outlineOf(rows: readonly Row[], of: Place | undefined): Outline | undefined {
  const row = of === undefined ? undefined : findTrackRow(rows, of.traceIndex, of.trackId);
  if (of === undefined || row === undefined || of.lane >= row.lanes) return undefined;
  return { row, lane: of.lane, startNs: of.startNs, endNs: of.endNs };
}

export interface Overlay {
  readonly hover: Outline | undefined;
  readonly selection: Outline | undefined;
  readonly partners: readonly Outline[];
  readonly arrows: readonly FlowArrow[];
  readonly range: TimeRange | undefined;
  readonly cursorNs: number | undefined;
  /** The selected iteration's windows: a line above the rows. */
  readonly iteration: TimeRange | undefined;
  readonly scrollbar: Scrollbar | undefined;
  readonly bookmarks: readonly Bookmark[];
  /** Moments that the user marked, at most two. */
  readonly marks: readonly number[];
  /** The selected moment of a track. */
  readonly instant: { readonly row: TrackRow; readonly atNs: number } | undefined;
  /** Height of the pinned rows: outlines of the others stay below them. */
  readonly pinnedHeight: number;
  /** Where a dragged row would go. */
  readonly drop: { readonly top: number; readonly height: number } | undefined;
}

export interface Scrollbar {
  readonly top: number;
  readonly height: number;
}

export const SCROLLBAR_WIDTH = 8;

/** Where the thumb is; undefined when everything fits. */
export function scrollbarOf(
  contentHeight: number,
  plotHeight: number,
  scrollTop: number,
): Scrollbar | undefined {
  if (contentHeight <= plotHeight || plotHeight <= 0) return undefined;
  const height = Math.max((plotHeight * plotHeight) / contentHeight, 24);
  const share = scrollTop / (contentHeight - plotHeight);
  return { top: TOP_HEIGHT + share * (plotHeight - height), height };
}

function outlineBox(frame: Frame, { row, lane, startNs, endNs }: Outline): [number, number, number, number] {
  const left = Math.max(xOf(frame, startNs), frame.gutter - 4);
  const right = Math.min(xOf(frame, endNs), frame.width + 4);
  const top = TOP_HEIGHT + row.top - frame.scrollTop + laneTop(row, lane);
  return [left, top, Math.max(right - left, 2), row.laneStep - 1];
}

function drawOutline(ctx: Drawing, frame: Frame, outline: Outline, strong: boolean): void {
  const [left, top, width, height] = outlineBox(frame, outline);
  ctx.lineWidth = strong ? 2 : 1;
  ctx.strokeStyle = strong ? frame.palette.accent : frame.palette.text;
  ctx.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  if (!strong) return;
  // A light hem inside, so that the outline is seen on a slice of its own colour.
  ctx.lineWidth = 1;
  ctx.strokeStyle = frame.palette.background;
  if (width > 6) ctx.strokeRect(left + 1.5, top + 1.5, width - 3, height - 3);
}

function drawRange(ctx: Drawing, frame: Frame, range: TimeRange): void {
  const left = xOf(frame, range.startNs);
  const right = xOf(frame, range.endNs);
  ctx.globalAlpha = 0.16;
  ctx.fillStyle = frame.palette.accent;
  ctx.fillRect(left, TOP_HEIGHT, right - left, frame.height);
  ctx.globalAlpha = 1;
  ctx.fillRect(left, RULER_BOTTOM, 1, frame.height);
  ctx.fillRect(right, RULER_BOTTOM, 1, frame.height);
  drawTag(
    ctx,
    frame,
    formatDurationNs(range.endNs - range.startNs),
    (left + right) / 2,
    TOP_HEIGHT + 12,
    true,
  );
}

/** A small label with a ground of its own, kept inside the plot. */
function drawTag(
  ctx: Drawing,
  frame: Frame,
  text: string,
  centre: number,
  middle: number,
  accent: boolean,
): void {
  const width = ctx.measureText(text).width + 10;
  const left = Math.min(Math.max(centre - width / 2, frame.gutter), frame.width - width - SCROLLBAR_WIDTH);
  ctx.fillStyle = accent ? frame.palette.accent : frame.palette.header;
  ctx.fillRect(left, middle - 9, width, 18);
  if (!accent) {
    ctx.strokeStyle = frame.palette.scroll;
    ctx.lineWidth = 1;
    ctx.strokeRect(left + 0.5, middle - 8.5, width - 1, 17);
  }
  ctx.fillStyle = accent ? frame.palette.background : frame.palette.text;
  ctx.fillText(text, left + 5, middle + 0.5);
}

/** The marks as lines with letters, and between two of them how far they are apart. */
function drawMarks(ctx: Drawing, frame: Frame, marks: readonly number[]): void {
  const places = marks.map((atNs) => Math.round(xOf(frame, atNs)));
  ctx.fillStyle = frame.palette.mark;
  places.forEach((x) => ctx.fillRect(x, RULER_BOTTOM, 1, frame.height));
  const [first, second] = marks;
  const [from = 0, to = 0] = places;
  if (first !== undefined && second !== undefined) {
    ctx.fillRect(Math.min(from, to), RULER_BOTTOM + 8, Math.abs(to - from), 1);
    const middle =
      (Math.max(Math.min(from, to), frame.gutter) + Math.min(Math.max(from, to), frame.width)) / 2;
    drawTag(ctx, frame, formatDurationNs(Math.abs(second - first)), middle, RULER_BOTTOM + 9, false);
  }
  places.forEach((x, at) => {
    if (x < frame.gutter || x > frame.width) return;
    ctx.fillStyle = frame.palette.mark;
    ctx.fillRect(x - 7, RULER_BOTTOM - 16, 14, 15);
    ctx.fillStyle = frame.palette.background;
    ctx.fillText(at === 0 ? 'A' : 'B', x - 3.5, RULER_BOTTOM - 8);
  });
}

function drawIteration(ctx: Drawing, frame: Frame, band: TimeRange): void {
  const left = xOf(frame, band.startNs);
  const right = xOf(frame, band.endNs);
  ctx.fillStyle = frame.palette.accent;
  ctx.fillRect(left, TOP_HEIGHT - 4, Math.max(right - left, 2), 3);
}

function drawInstant(ctx: Drawing, frame: Frame, { row, atNs }: NonNullable<Overlay['instant']>): void {
  const x = xOf(frame, atNs);
  const top = TOP_HEIGHT + row.top - frame.scrollTop;
  ctx.fillStyle = frame.palette.accent;
  ctx.fillRect(x - 1, top, 2, row.height - 1);
  ctx.beginPath();
  ctx.moveTo(x - 6, top);
  ctx.lineTo(x + 6, top);
  ctx.lineTo(x, top + 11);
  ctx.closePath();
  ctx.fill();
}

function drawScrollbar(ctx: Drawing, frame: Frame, scrollbar: Scrollbar): void {
  ctx.fillStyle = frame.palette.scroll;
  ctx.globalAlpha = 0.55;
  ctx.fillRect(
    frame.width - SCROLLBAR_WIDTH + 1,
    scrollbar.top + 1,
    SCROLLBAR_WIDTH - 2,
    scrollbar.height - 2,
  );
  ctx.globalAlpha = 1;
}

export function drawOverlay(ctx: Drawing, frame: Frame, overlay: Overlay, cursorLabel: string): void {
  ctx.font = `11px ${frame.palette.font}`;
  ctx.textBaseline = 'middle';
  ctx.save();
  ctx.beginPath();
  ctx.rect(frame.gutter, MINIMAP_HEIGHT, plotWidth(frame), frame.height - MINIMAP_HEIGHT);
  ctx.clip();
  if (overlay.iteration !== undefined) drawIteration(ctx, frame, overlay.iteration);
  if (overlay.range !== undefined) drawRange(ctx, frame, overlay.range);
  drawBookmarks(ctx, frame, overlay.bookmarks);
  drawMarks(ctx, frame, overlay.marks);
  ctx.beginPath();
  ctx.rect(frame.gutter, TOP_HEIGHT, plotWidth(frame), frame.height - TOP_HEIGHT);
  ctx.clip();
  const { selection, hover } = overlay;
  const outlined = [hover, selection, ...overlay.partners];
  const clipped = overlay.pinnedHeight > 0 && !outlined.some((outline) => outline?.row.pinned === true);
  if (clipped) {
    ctx.beginPath();
    ctx.rect(0, TOP_HEIGHT + overlay.pinnedHeight, frame.width, frame.height);
    ctx.clip();
  }
  for (const partner of overlay.partners) drawOutline(ctx, frame, partner, false);
  drawArrows(ctx, frame, overlay.arrows, clipped ? overlay.pinnedHeight : 0);
  if (overlay.instant !== undefined) drawInstant(ctx, frame, overlay.instant);
  if (hover !== undefined) drawOutline(ctx, frame, hover, false);
  if (selection !== undefined) drawOutline(ctx, frame, selection, true);
  ctx.restore();
  if (overlay.cursorNs !== undefined) {
    const x = xOf(frame, overlay.cursorNs);
    ctx.fillStyle = frame.palette.scroll;
    ctx.fillRect(Math.round(x), TOP_HEIGHT, 1, frame.height - TOP_HEIGHT);
    drawTag(ctx, frame, cursorLabel, x, RULER_MIDDLE, false);
  }
  if (overlay.scrollbar !== undefined) drawScrollbar(ctx, frame, overlay.scrollbar);
  if (overlay.drop === undefined) return;
  ctx.strokeStyle = frame.palette.accent;
  ctx.lineWidth = 2;
  ctx.strokeRect(
    1,
    TOP_HEIGHT + overlay.drop.top - frame.scrollTop + 1,
    frame.gutter - 3,
    overlay.drop.height - 2,
  );
}
