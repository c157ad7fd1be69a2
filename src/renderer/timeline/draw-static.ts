// SPDX-License-Identifier: Apache-2.0
import {
  MINIMAP_HEIGHT,
  plotWidth,
  RULER_BOTTOM,
  RULER_MIDDLE,
  TOP_HEIGHT,
  xOf,
  type Frame,
} from './frame.ts';
import { rulerTicks } from './ruler.ts';
import { drawStrip, drawStripNames } from './strip.ts';
import type { Drawing } from './drawing.ts';
import type { TextFitter } from './text.ts';

/** The static layer around the rows: its ground, the ruler and the strip of iterations. */

const TICK_GAP_PX = 110;

export function beginStatic(ctx: Drawing, frame: Frame): void {
  ctx.font = `11px ${frame.palette.font}`;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = frame.palette.background;
  ctx.fillRect(0, 0, frame.width, frame.height);
  ctx.fillStyle = frame.palette.gutter;
  ctx.fillRect(0, 0, frame.gutter, frame.height);
}

/** What lies over the rows. */
export function endStatic(ctx: Drawing, frame: Frame, pinnedHeight: number, fitter: TextFitter): void {
  const { palette, gutter, width } = frame;
  drawTop(ctx, frame, fitter);
  ctx.fillStyle = palette.border;
  ctx.fillRect(gutter - 1, 0, 1, frame.height);
  if (pinnedHeight === 0) return;
  ctx.fillStyle = palette.scroll;
  ctx.fillRect(0, TOP_HEIGHT + pinnedHeight - 1, width, 2);
}

function drawTop(ctx: Drawing, frame: Frame, fitter: TextFitter): void {
  const { palette, gutter, width } = frame;
  ctx.fillStyle = palette.gutter;
  ctx.fillRect(0, MINIMAP_HEIGHT, width, TOP_HEIGHT - MINIMAP_HEIGHT);
  for (const tick of rulerTicks(frame.view, plotWidth(frame), TICK_GAP_PX, 0)) {
    const x = Math.round(xOf(frame, tick.atNs));
    ctx.fillStyle = palette.scroll;
    ctx.fillRect(x, RULER_BOTTOM - 6, 1, 6);
    ctx.fillStyle = palette.muted;
    ctx.fillText(tick.label, x + 4, RULER_MIDDLE);
  }
  const reference = frame.traces[0];
  drawStrip(ctx, frame);
  ctx.fillStyle = palette.gutter;
  ctx.fillRect(0, 0, gutter, TOP_HEIGHT);
  ctx.fillStyle = palette.muted;
  const devices = reference?.tracks.some(({ type }) => type === 'gpu-stream') === true;
  ctx.fillText(devices ? 'GPU busy, all of it' : 'threads busy, all of it', 8, MINIMAP_HEIGHT / 2);
  ctx.fillText('time from start', 8, RULER_MIDDLE);
  drawStripNames(ctx, frame, fitter);
  ctx.fillStyle = palette.border;
  ctx.fillRect(0, MINIMAP_HEIGHT, width, 1);
  ctx.fillRect(0, RULER_BOTTOM, width, 1);
  ctx.fillRect(0, TOP_HEIGHT - 1, width, 1);
}
