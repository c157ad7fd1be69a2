// SPDX-License-Identifier: Apache-2.0
import { rulerTicks } from './ruler.ts';
import { LANE_HEIGHT, type Row, type TrackRow } from './rows.ts';
import { shortName, type TextFitter } from './text.ts';
import type { Palette } from './palette.ts';
import type { Scene } from './scene.ts';
import type { IterationBand, TimelineTrace, TimeRange } from './types.ts';

/** The static layer: everything but what follows the pointer and the selection. */

export const RULER_HEIGHT = 24;
export const STRIP_HEIGHT = 18;
export const TOP_HEIGHT = RULER_HEIGHT + STRIP_HEIGHT;
const TICK_GAP_PX = 110;
const BAND_LABEL_PX = 22;

/** What a frame shows, in CSS pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly gutter: number;
  readonly view: TimeRange;
  readonly scrollTop: number;
  readonly rows: readonly Row[];
  readonly traces: readonly TimelineTrace[];
  readonly palette: Palette;
}

export const plotWidth = (frame: Frame): number => frame.width - frame.gutter;

/** Horizontal place of a moment of world time. */
export function xOf(frame: Frame, atNs: number): number {
  const { view, gutter } = frame;
  return gutter + ((atNs - view.startNs) / (view.endNs - view.startNs)) * plotWidth(frame);
}

function bandsOf(row: Row, trace: TimelineTrace): readonly IterationBand[] {
  return (row.deviceId === null ? undefined : trace.gpuBands.get(row.deviceId)) ?? trace.hostBands;
}

/** Calls back for each band that the view shows, with its left and right edge. */
function eachVisibleBand(
  frame: Frame,
  bands: readonly IterationBand[],
  offsetNs: number,
  visit: (band: IterationBand, left: number, right: number, order: number) => void,
): void {
  bands.forEach((band, order) => {
    const startNs = band.startNs + offsetNs;
    const endNs = band.endNs + offsetNs;
    if (endNs < frame.view.startNs || startNs > frame.view.endNs) return;
    const left = Math.max(xOf(frame, startNs), frame.gutter);
    const right = Math.min(xOf(frame, endNs), frame.width);
    visit(band, left, right, order);
  });
}

function drawBands(ctx: CanvasRenderingContext2D, frame: Frame, row: Row, top: number): void {
  const trace = frame.traces[row.traceIndex];
  if (trace === undefined) return;
  const { palette } = frame;
  eachVisibleBand(frame, bandsOf(row, trace), trace.offsetNs, (band, left, right, order) => {
    if (band.kind === 'context') ctx.fillStyle = palette.bandContext;
    else if (order % 2 === 1) ctx.fillStyle = palette.band;
    else ctx.fillStyle = 'transparent';
    ctx.fillRect(left, top, right - left, row.height);
    if (right - left < 3) return;
    ctx.fillStyle = palette.border;
    ctx.fillRect(Math.round(left), top, 1, row.height);
  });
}

/** `20 ctx` when there is room, `20` when little, nothing when none. */
function bandLabel(band: IterationBand, width: number): string {
  if (width < BAND_LABEL_PX) return '';
  const number = band.index.toString();
  if (width < 72 || band.kind === 'unknown') return number;
  const kind = width < 120 ? (band.kind === 'context' ? 'ctx' : 'gen') : band.kind;
  return `${number} ${kind}${band.inferred && width >= 160 ? ' · inferred' : ''}`;
}

function drawBandLabels(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  bands: readonly IterationBand[],
  offsetNs: number,
  middle: number,
): void {
  let freeFrom = frame.gutter;
  eachVisibleBand(frame, bands, offsetNs, (band, left, right) => {
    const from = Math.max(left, freeFrom);
    const label = bandLabel(band, right - from);
    if (label === '') return;
    ctx.fillStyle = band.kind === 'context' ? frame.palette.text : frame.palette.muted;
    ctx.fillText(label, from + 4, middle);
    freeFrom = from;
  });
}

function drawRowBackground(ctx: CanvasRenderingContext2D, frame: Frame, row: Row, top: number): void {
  const { palette } = frame;
  if (row.type === 'header') {
    ctx.fillStyle = palette.header;
    ctx.fillRect(frame.gutter, top, plotWidth(frame), row.height);
  }
  drawBands(ctx, frame, row, top);
  ctx.fillStyle = palette.border;
  ctx.fillRect(frame.gutter, top + row.height - 1, plotWidth(frame), 1);
  const trace = frame.traces[row.traceIndex];
  if (row.type === 'header' && trace !== undefined) {
    drawBandLabels(ctx, frame, bandsOf(row, trace), trace.offsetNs, top + row.height / 2);
  }
}

function drawSlices(ctx: CanvasRenderingContext2D, frame: Frame, scene: Scene, ratio: number): void {
  const { palette, gutter } = frame;
  const snap = (value: number): number => Math.round(value * ratio) / ratio;
  const used = new Set(scene.kind.subarray(0, scene.count));
  for (const folded of [0, 1]) {
    // Folded slices cover less than their rectangle: a paler one does not pretend that they fill it.
    ctx.globalAlpha = folded === 1 ? 0.6 : 1;
    for (const kind of used) {
      ctx.fillStyle = palette.kinds[kind] ?? palette.kinds[0] ?? palette.muted;
      for (let at = 0; at < scene.count; at += 1) {
        if (scene.kind[at] !== kind || scene.folded[at] !== folded) continue;
        const left = snap(gutter + (scene.x[at] ?? 0));
        const right = snap(gutter + (scene.x[at] ?? 0) + (scene.width[at] ?? 0));
        // A hair of background keeps neighbours apart where there is room for one.
        const gap = right - left > 3 ? 1 : 0;
        ctx.fillRect(left, scene.y[at] ?? 0, Math.max(right - left - gap, 1 / ratio), scene.height[at] ?? 0);
      }
    }
  }
  ctx.globalAlpha = 1;
}

function drawNames(ctx: CanvasRenderingContext2D, frame: Frame, scene: Scene, fitter: TextFitter): void {
  for (const spot of scene.texts) {
    const name = frame.traces[spot.traceIndex]?.source.name(spot.name);
    if (name === undefined) continue;
    const text = fitter.fit(shortName(name), spot.width - 9);
    if (text === '') continue;
    ctx.fillStyle = frame.palette.onKinds[spot.kind] ?? frame.palette.text;
    ctx.fillText(text, frame.gutter + spot.x + 4, spot.y + LANE_HEIGHT / 2 + 0.5);
  }
}

function drawGutterRow(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  row: Row,
  top: number,
  fitter: TextFitter,
): void {
  const { palette, gutter } = frame;
  ctx.fillStyle = row.type === 'header' ? palette.header : palette.gutter;
  ctx.fillRect(0, top, gutter, row.height);
  ctx.fillStyle = palette.border;
  ctx.fillRect(0, top + row.height - 1, gutter, 1);
  ctx.fillStyle = row.type === 'header' ? palette.text : palette.muted;
  const indent = row.type === 'header' ? 8 : 20;
  const middle = row.type === 'header' ? top + row.height / 2 : top + 12;
  ctx.fillText(fitter.fit(row.label, gutter - indent - 8), indent, middle);
  if (row.type === 'track') drawTrackNote(ctx, frame, row, top);
}

/** Says how many levels a deep track has, where its own height leaves room for a second line. */
function drawTrackNote(ctx: CanvasRenderingContext2D, frame: Frame, row: TrackRow, top: number): void {
  if (row.track.lanes < 3) return;
  ctx.fillStyle = frame.palette.faint;
  ctx.fillText(`${row.track.lanes} levels`, 20, top + 28);
}

function drawTop(ctx: CanvasRenderingContext2D, frame: Frame, fitter: TextFitter): void {
  const { palette, gutter, width } = frame;
  ctx.fillStyle = palette.gutter;
  ctx.fillRect(0, 0, width, TOP_HEIGHT);
  for (const tick of rulerTicks(frame.view, plotWidth(frame), TICK_GAP_PX, 0)) {
    const x = Math.round(xOf(frame, tick.atNs));
    ctx.fillStyle = palette.scroll;
    ctx.fillRect(x, RULER_HEIGHT - 6, 1, 6);
    ctx.fillStyle = palette.muted;
    ctx.fillText(tick.label, x + 4, RULER_HEIGHT / 2);
  }
  const reference = frame.traces[0];
  if (reference !== undefined) drawStrip(ctx, frame, reference);
  ctx.fillStyle = palette.gutter;
  ctx.fillRect(0, 0, gutter, TOP_HEIGHT);
  ctx.fillStyle = palette.faint;
  ctx.fillText('time from start', 8, RULER_HEIGHT / 2);
  const many = frame.traces.length > 1 && reference !== undefined;
  const label = many ? `iterations of ${reference.label}` : 'iterations (host)';
  ctx.fillText(fitter.fit(label, gutter - 16), 8, RULER_HEIGHT + STRIP_HEIGHT / 2);
  ctx.fillStyle = palette.border;
  ctx.fillRect(0, RULER_HEIGHT, width, 1);
  ctx.fillRect(0, TOP_HEIGHT - 1, width, 1);
}

function drawStrip(ctx: CanvasRenderingContext2D, frame: Frame, trace: TimelineTrace): void {
  eachVisibleBand(frame, trace.hostBands, trace.offsetNs, (band, left, right) => {
    ctx.fillStyle = band.kind === 'context' ? frame.palette.context : frame.palette.scroll;
    ctx.fillRect(left, TOP_HEIGHT - 4, Math.max(right - left - 1, 1), 3);
    ctx.fillRect(Math.round(left), RULER_HEIGHT + 4, 1, STRIP_HEIGHT - 4);
  });
  drawBandLabels(ctx, frame, trace.hostBands, trace.offsetNs, RULER_HEIGHT + STRIP_HEIGHT / 2 - 1);
}

/** Draws the whole static layer; `ratio` is device pixels per CSS pixel. */
export function drawStatic(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  scene: Scene,
  fitter: TextFitter,
  ratio: number,
): void {
  const { palette } = frame;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.font = `11px ${palette.font}`;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = palette.background;
  ctx.fillRect(0, 0, frame.width, frame.height);
  ctx.save();
  ctx.translate(0, TOP_HEIGHT);
  for (const row of frame.rows) drawRowBackground(ctx, frame, row, row.top - frame.scrollTop);
  drawSlices(ctx, frame, scene, ratio);
  drawNames(ctx, frame, scene, fitter);
  ctx.fillStyle = palette.gutter;
  ctx.fillRect(0, 0, frame.gutter, frame.height);
  for (const row of frame.rows) drawGutterRow(ctx, frame, row, row.top - frame.scrollTop, fitter);
  ctx.restore();
  drawTop(ctx, frame, fitter);
  ctx.fillStyle = palette.border;
  ctx.fillRect(frame.gutter - 1, 0, 1, frame.height);
}
