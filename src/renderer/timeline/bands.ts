// SPDX-License-Identifier: Apache-2.0
import { plotWidth, xOf, type Frame } from './frame.ts';
import type { Drawing } from './drawing.ts';
import type { Row } from './rows.ts';
import type { IterationBand, TimelineTrace } from './types.ts';

/** Iterations as bands behind the rows and as numbers above them. */

const BAND_LABEL_PX = 22;
const LEAST_STEP_PX = 0.5;

export function bandsOf(row: Row, trace: TimelineTrace): readonly IterationBand[] {
  return (row.deviceId === null ? undefined : trace.gpuBands.get(row.deviceId)) ?? trace.hostBands;
}

/** The last band that begins by a time, where the view's first band is found or comes after. */
function firstIn(bands: readonly IterationBand[], atNs: number): number {
  let low = 0;
  let high = bands.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bands[middle]?.startNs ?? 0) <= atNs) low = middle + 1;
    else high = middle;
  }
  return Math.max(low - 1, 0);
}

/**
 * Calls back for each band that the view shows, with its left and right edge; of those that begin within the same
 * half pixel for the first alone, since tens of thousands of them are one grey surface. `bands` are in time order.
 */
export function eachVisibleBand(
  frame: Frame,
  bands: readonly IterationBand[],
  offsetNs: number,
  visit: (band: IterationBand, left: number, right: number, order: number) => void,
): void {
  const { startNs, endNs } = frame.view;
  const stepNs = ((endNs - startNs) / plotWidth(frame)) * LEAST_STEP_PX;
  for (
    let order = firstIn(bands, startNs - offsetNs), at = bands[order];
    at !== undefined;
    at = bands[order]
  ) {
    if (at.startNs + offsetNs > endNs) return;
    const left = Math.max(xOf(frame, at.startNs + offsetNs), frame.gutter);
    const right = Math.min(xOf(frame, at.endNs + offsetNs), frame.width);
    if (at.endNs + offsetNs >= startNs) visit(at, left, right, order);
    order = Math.max(order + 1, firstIn(bands, at.startNs + stepNs));
  }
}

export function drawBands(ctx: Drawing, frame: Frame, row: Row, top: number): void {
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

export function drawBandLabels(
  ctx: Drawing,
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
