// SPDX-License-Identifier: Apache-2.0
import { formatDurationNs } from '#shared/base/units.ts';
import { bandOf } from './band-index.ts';
import { drawBandLabels, eachVisibleBand } from './bands.ts';
import { RULER_BOTTOM, STRIP_HEIGHT, type Frame } from './frame.ts';
import type { Drawing } from './drawing.ts';
import type { TextFitter } from './text.ts';
import type { IterationBand, TimelineTrace } from './types.ts';

/**
 * The iterations above the rows: their host windows and, below those, their GPU windows, which start later the further
 * the device runs behind.
 */

interface StripLine {
  readonly label: string;
  readonly bands: readonly IterationBand[];
  readonly offsetNs: number;
}

/** Context work is told from generation by its height, too, not by colour alone. */
const BAR_HEIGHTS = { context: 4, generation: 2, unknown: 2 } as const;

/** The trace whose iterations are shown: the first that has any. */
const referenceOf = (traces: readonly TimelineTrace[]): TimelineTrace | undefined =>
  traces.find(({ hostBands }) => hostBands.length > 0) ?? traces[0];

/** The first device that worked in iterations. */
const deviceOf = ({ gpuBands }: TimelineTrace): number | undefined =>
  [...gpuBands.keys()].sort((a, b) => a - b)[0];

export function stripLines(traces: readonly TimelineTrace[]): readonly StripLine[] {
  const trace = referenceOf(traces);
  if (trace === undefined) return [];
  const { hostBands, gpuBands, offsetNs } = trace;
  const of = traces.length > 1 ? ` of ${trace.label}` : '';
  const host = { label: `host iterations${of}`, bands: hostBands, offsetNs };
  const device = deviceOf(trace);
  const bands = device === undefined ? undefined : gpuBands.get(device);
  if (device === undefined || bands === undefined) return [host];
  return [host, { label: `GPU ${device} iterations${of}`, bands, offsetNs }];
}

export function drawStrip(ctx: Drawing, frame: Frame): void {
  const { palette } = frame;
  const lines = stripLines(frame.traces);
  const height = STRIP_HEIGHT / Math.max(lines.length, 1);
  lines.forEach(({ bands, offsetNs }, at) => {
    const bottom = RULER_BOTTOM + (at + 1) * height - 1;
    eachVisibleBand(frame, bands, offsetNs, ({ kind }, left, right) => {
      ctx.fillStyle =
        kind === 'context' ? palette.context : kind === 'generation' ? palette.generation : palette.scroll;
      const bar = BAR_HEIGHTS[kind];
      ctx.fillRect(left, bottom - bar, Math.max(right - left - 1, 1), bar);
      ctx.fillRect(Math.round(left), bottom - height + 4, 1, height - 4);
    });
    drawBandLabels(ctx, frame, bands, offsetNs, bottom - height / 2 - 1);
  });
}

/** What the lines are, at their left. */
export function drawStripNames(ctx: Drawing, frame: Frame, fitter: TextFitter): void {
  const lines = stripLines(frame.traces);
  const height = STRIP_HEIGHT / Math.max(lines.length, 1);
  ctx.fillStyle = frame.palette.muted;
  lines.forEach(({ label }, at) => {
    const middle = RULER_BOTTOM + (at + 0.5) * height;
    ctx.fillText(fitter.fit(label, frame.gutter - 16), 8, middle);
  });
}

/** The iteration under a point of the strip; `y` counts from the top of the canvas. */
export function stripBandAt(
  traces: readonly TimelineTrace[],
  y: number,
  atNs: number,
): IterationBand | undefined {
  const lines = stripLines(traces);
  const line = lines[Math.floor(((y - RULER_BOTTOM) / STRIP_HEIGHT) * lines.length)];
  if (line === undefined) return undefined;
  const ownNs = atNs - line.offsetNs;
  return line.bands.find(({ startNs, endNs }) => ownNs >= startNs && ownNs < endNs);
}

/** An iteration in words: what it does, how long its windows are, and how far the device runs behind. */
export function describeIteration(traces: readonly TimelineTrace[], index: number): readonly string[] {
  const trace = referenceOf(traces);
  const host = trace === undefined ? undefined : bandOf(trace.hostBands, index);
  if (trace === undefined || host === undefined) return [];
  const kind = host.kind === 'unknown' ? '' : `${host.kind} · `;
  const inferred = host.inferred ? ', inferred' : '';
  const lines = [
    `Iteration ${index}`,
    `${kind}host window ${formatDurationNs(host.endNs - host.startNs)}${inferred}`,
  ];
  for (const [device, bands] of trace.gpuBands) {
    const gpu = bandOf(bands, index);
    if (gpu === undefined) continue;
    const shift = formatDurationNs(gpu.startNs - host.startNs);
    lines.push(`GPU ${device} window ${formatDurationNs(gpu.endNs - gpu.startNs)}, ${shift} behind`);
  }
  return lines;
}
