// SPDX-License-Identifier: Apache-2.0
import { readCounter, type LoadedCounters } from './counter-loader.ts';
import { counterValue } from './counter-text.ts';
import { TOP_HEIGHT, xOf, type Frame } from './frame.ts';
import type { Drawing } from './drawing.ts';
import type { Section } from './draw-rows.ts';
import type { CounterRow, TrackRow } from './rows.ts';
import type { LoadedWindow } from './window-loader.ts';

/** What rows hold beside slices: counters as areas, instants as marks at the upper edge of their track. */

/** Where the values and moments of a trace are, by its place among the traces. */
interface PointSources {
  countersOf(traceIndex: number): LoadedCounters | undefined;
  instantsOf(traceIndex: number): LoadedWindow | undefined;
}

const PADDING = 3;
const LABEL_HEIGHT = 34;
export const INSTANT_PX = 4;
export const INSTANT_HEIGHT = 8;

export function drawPoints(ctx: Drawing, frame: Frame, section: Section, sources: PointSources): void {
  if (section.height <= 0) return;
  ctx.save();
  ctx.translate(0, TOP_HEIGHT);
  ctx.beginPath();
  ctx.rect(frame.gutter, section.top, frame.width - frame.gutter, section.height);
  ctx.clip();
  for (const row of section.rows) {
    if (row.type === 'counter') drawCounter(ctx, frame, row, sources.countersOf(row.traceIndex));
    else if (row.type === 'track' && row.track.instantCount > 0) {
      drawInstants(ctx, frame, row, sources.instantsOf(row.traceIndex));
    }
  }
  ctx.restore();
}

/** From a value to a height; the axis holds 0 and all values of the counter, so that it stays while one pans. */
function axisOf({ counter, top, height }: CounterRow, scrollTop: number): (value: number) => number {
  const low = Math.min(counter.min, 0);
  const high = Math.max(counter.max, 0);
  const scale = (height - 2 * PADDING) / Math.max(high - low, Number.MIN_VALUE);
  const bottom = top - scrollTop + height - PADDING;
  return (value) => bottom - (value - low) * scale;
}

function drawCounter(ctx: Drawing, frame: Frame, row: CounterRow, loaded: LoadedCounters | undefined): void {
  const own = loaded?.counters.get(row.counter.id);
  if (loaded === undefined || own === undefined) return;
  const { x, min, max, last } = loaded.view;
  const y = axisOf(row, frame.scrollTop);
  const placeOf = (unit: number): number => xOf(frame, loaded.startNs + unit * loaded.nsPerUnit);
  const eachStep = (visit: (at: number, left: number, width: number, value: number) => void): void => {
    for (let at = own.first; at < own.first + own.count; at += 1) {
      const left = Math.max(placeOf(x[at] ?? 0), frame.gutter - 1);
      const next = at + 1 < own.first + own.count ? placeOf(x[at + 1] ?? 0) : placeOf(loaded.units);
      const right = Math.min(next, frame.width + 1);
      if (right >= left) visit(at, left, right - left, y(last[at] ?? 0));
    }
  };
  const zero = y(0);
  ctx.fillStyle = frame.palette.accent;
  ctx.globalAlpha = 0.28;
  ctx.beginPath();
  eachStep((_, left, width, value) => ctx.rect(left, Math.min(value, zero), width, Math.abs(zero - value)));
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.beginPath();
  eachStep((at, left, width, value) => {
    ctx.rect(left, value - 0.5, width, 1);
    // How far it went within one pixel.
    const highest = y(max[at] ?? 0);
    const lowest = y(min[at] ?? 0);
    if (lowest - highest > 1) ctx.rect(left, highest, 1, lowest - highest);
  });
  ctx.fill();
  drawScale(ctx, frame, row);
}

/** What the upper edge stands for. */
function drawScale(ctx: Drawing, frame: Frame, row: CounterRow): void {
  if (row.height < LABEL_HEIGHT) return;
  const text = counterValue(row.counter, Math.max(row.counter.max, 0));
  const top = row.top - frame.scrollTop;
  ctx.fillStyle = frame.palette.background;
  ctx.globalAlpha = 0.7;
  ctx.fillRect(frame.gutter, top + 2, ctx.measureText(text).width + 8, 13);
  ctx.globalAlpha = 1;
  ctx.fillStyle = frame.palette.muted;
  ctx.fillText(text, frame.gutter + 4, top + 9);
}

/** Small triangles that hang from the upper edge; each with a line through the levels of its track. */
function drawInstants(ctx: Drawing, frame: Frame, row: TrackRow, loaded: LoadedWindow | undefined): void {
  const own = loaded?.tracks.get(row.track.id);
  if (loaded === undefined || own === undefined) return;
  const top = row.top - frame.scrollTop;
  ctx.beginPath();
  let lastX = Number.NEGATIVE_INFINITY;
  for (let at = own.first; at < own.first + own.count; at += 1) {
    const x = xOf(frame, loaded.startNs + (loaded.view.x0[at] ?? 0) * loaded.nsPerUnit);
    if (x < frame.gutter - INSTANT_PX || x > frame.width + INSTANT_PX || x - lastX < 1) continue;
    lastX = x;
    ctx.moveTo(x - INSTANT_PX, top);
    ctx.lineTo(x + INSTANT_PX, top);
    ctx.lineTo(x, top + INSTANT_HEIGHT);
    ctx.closePath();
    ctx.rect(x - 0.5, top, 1, row.height - 1);
  }
  ctx.fillStyle = frame.palette.text;
  ctx.globalAlpha = 0.75;
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** A counter's value at a moment in words; undefined where none is known. */
export function counterLines(
  row: CounterRow,
  loaded: LoadedCounters | undefined,
  atNs: number,
): readonly string[] | undefined {
  const reading = loaded === undefined ? undefined : readCounter(loaded, row.counter.id, atNs);
  if (reading === undefined) return undefined;
  const { counter } = row;
  const lines = [counter.name, counterValue(counter, reading.value)];
  if (reading.samples < 2) return lines;
  const span = `${counterValue(counter, reading.min)} to ${counterValue(counter, reading.max)}`;
  return [...lines, `${reading.samples} samples within this pixel: ${span}`];
}
