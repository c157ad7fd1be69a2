// SPDX-License-Identifier: Apache-2.0
import { coverageImage } from './coverage-image.ts';
import { WHOLE, type LoadedCoverage } from './coverage-loader.ts';
import { MINIMAP_HEIGHT, plotWidth, type Frame } from './frame.ts';
import type { Drawing } from './drawing.ts';
import type { TraceHits } from './hits.ts';
import type { TimeRange } from './types.ts';

/** All of the time in one strip, with the part that is in view; a strip for each trace. */

const PADDING = 3;
const IMAGE_HEIGHT = 22;
const MIN_BOX_PX = 3;
const HIT_HEIGHT = 6;
const MIN_HIT_PX = 2;

/** The moment at a place of the minimap. */
export function minimapTime(world: TimeRange, xInPlot: number, widthPx: number): number {
  const share = Math.min(Math.max(xInPlot / Math.max(widthPx, 1), 0), 1);
  return world.startNs + share * (world.endNs - world.startNs);
}

export function drawMinimap(
  ctx: Drawing,
  frame: Frame,
  world: TimeRange,
  wholes: readonly (LoadedCoverage | undefined)[],
  hits: readonly (TraceHits | undefined)[],
): void {
  const { palette, gutter, view } = frame;
  const width = plotWidth(frame);
  const span = Math.max(world.endNs - world.startNs, 1);
  const place = (atNs: number): number => gutter + ((atNs - world.startNs) / span) * width;
  ctx.fillStyle = palette.header;
  ctx.fillRect(gutter, 0, width, MINIMAP_HEIGHT);
  ctx.imageSmoothingEnabled = true;
  const each = IMAGE_HEIGHT / Math.max(wholes.length, 1);
  wholes.forEach((whole, at) => {
    const columns = whole?.groups.get(WHOLE);
    if (whole === undefined || columns === undefined) return;
    const image = coverageImage(columns, whole.units, IMAGE_HEIGHT, palette);
    const left = place(whole.startNs);
    ctx.drawImage(image, left, PADDING + at * each, place(whole.endNs) - left, each);
  });
  const left = Math.max(place(view.startNs), gutter);
  const right = Math.max(Math.min(place(view.endNs), frame.width), left + MIN_BOX_PX);
  ctx.globalAlpha = 0.6;
  ctx.fillStyle = palette.header;
  ctx.fillRect(gutter, 0, left - gutter, MINIMAP_HEIGHT);
  ctx.fillRect(right, 0, frame.width - right, MINIMAP_HEIGHT);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = palette.accent;
  ctx.lineWidth = 1;
  ctx.strokeRect(left + 0.5, 0.5, right - left - 1, MINIMAP_HEIGHT - 1);
  hits.forEach((found, at) => {
    if (found !== undefined) drawHits(ctx, frame, found, PADDING + (at + 1) * each, each, place);
  });
}

/** Ticks at the foot of a trace's strip, one for each part of the time in which hits begin. */
function drawHits(
  ctx: Drawing,
  { palette }: Frame,
  { bins, startNs, endNs }: TraceHits,
  foot: number,
  stripHeight: number,
  place: (atNs: number) => number,
): void {
  const binNs = (endNs - startNs) / Math.max(bins.length, 1);
  const height = Math.min(HIT_HEIGHT, stripHeight);
  ctx.fillStyle = palette.mark;
  bins.forEach((count, bin) => {
    if (count === 0) return;
    const left = place(startNs + bin * binNs);
    const width = Math.max(place(startNs + (bin + 1) * binNs) - left, MIN_HIT_PX);
    ctx.fillRect(left, foot - height, width, height);
  });
}
