// SPDX-License-Identifier: Apache-2.0
import { plotWidth, RULER_BOTTOM, TOP_HEIGHT, xOf, type Frame } from './frame.ts';
import type { Drawing } from './drawing.ts';

/** Notes on moments and ranges, as flags on the ruler with a line through the rows. */

export interface Bookmark {
  readonly key: string;
  /** World time; without an end it is a moment. */
  readonly startNs: number;
  readonly endNs: number | null;
  readonly text: string;
}

const FLAG_TOP = RULER_BOTTOM - 14;
const FLAG_HEIGHT = 13;
const MAX_FLAG_PX = 150;
const MIN_FLAG_PX = 9;

/** Text that fits beside the next flag; the first letters of a long one. */
function fitted(ctx: Drawing, text: string, room: number): string {
  const width = ctx.measureText(text).width;
  if (width <= room) return text;
  const letters = Math.floor((text.length * (room - 8)) / width);
  return letters < 2 ? '' : `${text.slice(0, letters).trimEnd()}…`;
}

export function drawBookmarks(ctx: Drawing, frame: Frame, bookmarks: readonly Bookmark[]): void {
  if (bookmarks.length === 0) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(frame.gutter, FLAG_TOP, plotWidth(frame), frame.height);
  ctx.clip();
  const shown = bookmarks
    .filter(({ startNs, endNs }) => startNs <= frame.view.endNs && (endNs ?? startNs) >= frame.view.startNs)
    .toSorted((a, b) => a.startNs - b.startNs);
  shown.forEach((bookmark, at) => {
    const left = Math.max(xOf(frame, bookmark.startNs), frame.gutter);
    const right = bookmark.endNs === null ? left : xOf(frame, bookmark.endNs);
    const next = shown[at + 1];
    const until = next === undefined ? frame.width : xOf(frame, next.startNs);
    drawBookmark(ctx, frame, bookmark.text, left, right, Math.min(until - left - 2, MAX_FLAG_PX));
  });
  ctx.restore();
}

function drawBookmark(
  ctx: Drawing,
  frame: Frame,
  text: string,
  left: number,
  right: number,
  room: number,
): void {
  ctx.fillStyle = frame.palette.note;
  ctx.globalAlpha = 0.7;
  ctx.fillRect(Math.round(left), TOP_HEIGHT, 1, frame.height);
  if (right > left) {
    ctx.fillRect(Math.round(right), TOP_HEIGHT, 1, frame.height);
    ctx.globalAlpha = 0.35;
    ctx.fillRect(left, FLAG_TOP, right - left, FLAG_HEIGHT);
  }
  ctx.globalAlpha = 1;
  const label = fitted(ctx, text, room - 8);
  const width = Math.max(label === '' ? 0 : ctx.measureText(label).width + 8, MIN_FLAG_PX);
  ctx.fillRect(left, FLAG_TOP, width, FLAG_HEIGHT);
  ctx.fillStyle = frame.palette.background;
  if (label !== '') ctx.fillText(label, left + 4, FLAG_TOP + FLAG_HEIGHT / 2 + 0.5);
}
