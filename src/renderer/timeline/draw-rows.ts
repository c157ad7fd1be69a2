// SPDX-License-Identifier: Apache-2.0
import { bandsOf, drawBandLabels, drawBands } from './bands.ts';
import { plotWidth, TOP_HEIGHT, xOf, type Frame } from './frame.ts';
import { drawGutterRow } from './draw-gutter.ts';
import { shortName, type TextFitter } from './text.ts';
import type { Drawing } from './drawing.ts';
import type { HeaderRow, Row } from './rows.ts';
import type { Scene } from './scene.ts';
import type { TimeRange } from './types.ts';

/** Rows of one section (pinned, or scrolling below them): ground, slices, names, and their names at the left. */

/** How busy a closed group is: a picture of a span, and a sentence. */
export interface GroupPicture extends TimeRange {
  readonly image: OffscreenCanvas;
  readonly note: string;
}

export interface Section {
  readonly rows: readonly Row[];
  /** Upper edge below the ruler, and height. */
  readonly top: number;
  readonly height: number;
}

export const GROUP_IMAGE_HEIGHT = 32;
const GROUP_PADDING = 4;
const MIN_TEXT_HEIGHT = 11;

/** Folded slices cover less than their rectangle: a paler one does not pretend that they fill it. Hits lie on top. */
const LOOKS = [
  { folded: 0, dim: 1, alpha: 0.2 },
  { folded: 1, dim: 1, alpha: 0.14 },
  { folded: 0, dim: 0, alpha: 1 },
  { folded: 1, dim: 0, alpha: 0.6 },
] as const;

function drawRowBackground(ctx: Drawing, frame: Frame, row: Row): void {
  const { palette } = frame;
  const top = row.top - frame.scrollTop;
  if (row.type === 'header') {
    ctx.fillStyle = palette.header;
    ctx.fillRect(frame.gutter, top, plotWidth(frame), row.height);
  }
  drawBands(ctx, frame, row, top);
  ctx.fillStyle = palette.border;
  ctx.fillRect(frame.gutter, top + row.height - 1, plotWidth(frame), 1);
  const trace = frame.traces[row.traceIndex];
  if (row.type === 'header' && !row.collapsed && trace !== undefined) {
    drawBandLabels(ctx, frame, bandsOf(row, trace), trace.offsetNs, top + row.height / 2);
  }
}

function drawGroup(ctx: Drawing, frame: Frame, row: HeaderRow, picture: GroupPicture): void {
  const left = xOf(frame, picture.startNs);
  const right = xOf(frame, picture.endNs);
  const top = row.top - frame.scrollTop + GROUP_PADDING;
  ctx.drawImage(picture.image, left, top, right - left, GROUP_IMAGE_HEIGHT);
}

function drawSlices(ctx: Drawing, frame: Frame, scene: Scene, ratio: number): void {
  const { palette, gutter } = frame;
  const snap = (value: number): number => Math.round(value * ratio) / ratio;
  const used = new Set(scene.kind.subarray(0, scene.count));
  for (const { folded, dim, alpha } of LOOKS) {
    ctx.globalAlpha = alpha;
    for (const kind of used) {
      ctx.fillStyle = palette.kinds[kind] ?? palette.kinds[0] ?? palette.muted;
      for (let at = 0; at < scene.count; at += 1) {
        if (scene.kind[at] !== kind || scene.folded[at] !== folded || scene.dim[at] !== dim) continue;
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

function drawNames(ctx: Drawing, frame: Frame, scene: Scene, fitter: TextFitter): void {
  for (const spot of scene.texts) {
    if (spot.height < MIN_TEXT_HEIGHT) continue;
    const name = frame.traces[spot.traceIndex]?.source.name(spot.name);
    if (name === undefined) continue;
    const text = fitter.fit(shortName(name), spot.width - 9);
    if (text === '') continue;
    const on = spot.dim ? frame.palette.muted : frame.palette.onKinds[spot.kind];
    ctx.fillStyle = on ?? frame.palette.text;
    ctx.fillText(text, frame.gutter + spot.x + 4, spot.y + spot.height / 2 + 0.5);
  }
}

export function drawSection(
  ctx: Drawing,
  frame: Frame,
  section: Section,
  scene: Scene,
  fitter: TextFitter,
  ratio: number,
  pictureOf: (row: HeaderRow) => GroupPicture | undefined,
): void {
  if (section.height <= 0) return;
  const pictures = section.rows.map((row) =>
    row.type === 'header' && row.collapsed ? pictureOf(row) : undefined,
  );
  ctx.save();
  ctx.translate(0, TOP_HEIGHT);
  ctx.beginPath();
  ctx.rect(0, section.top, frame.width, section.height);
  ctx.clip();
  ctx.imageSmoothingEnabled = false;
  section.rows.forEach((row, at) => {
    drawRowBackground(ctx, frame, row);
    const picture = pictures[at];
    if (row.type === 'header' && picture !== undefined) drawGroup(ctx, frame, row, picture);
  });
  drawSlices(ctx, frame, scene, ratio);
  drawNames(ctx, frame, scene, fitter);
  ctx.fillStyle = frame.palette.gutter;
  ctx.fillRect(0, section.top, frame.gutter, section.height);
  section.rows.forEach((row, at) => drawGutterRow(ctx, frame, row, pictures[at]?.note ?? '', fitter));
  ctx.restore();
}
