// SPDX-License-Identifier: Apache-2.0
import { kindNames } from '#shared/trace/kinds.ts';
import { composeOverlay } from './compose-overlay.ts';
import { drawOverlay } from './draw-overlay.ts';
import { TOP_HEIGHT, type Frame } from './frame.ts';
import { FOLDED_TEXT, legend } from './legend.ts';
import { SvgDrawing } from './svg-drawing.ts';
import type { Drawing } from './drawing.ts';
import type { Palette } from './palette.ts';
import type { Parts } from './parts.ts';

/**
 * The view as a picture: what the window shows, drawn anew by the same code, below a heading that says of what and when,
 * above the legend. What follows the pointer is not in it.
 */

export interface PictureHeading {
  readonly title: string;
  /** Which time it shows. */
  readonly span: string;
}

const HEADING_PX = 46;
const PADDING = 12;
const LEGEND_LINE = 20;
const SWATCH = 10;
const ENTRY_GAP = 18;
/** Pixels of a picture by each of the window's: it is looked at in documents, larger than it was. */
const DENSITY = 2;

interface LegendPlace {
  readonly colour: string;
  readonly label: string;
  readonly x: number;
  readonly line: number;
  readonly folded: boolean;
}

/** The legend broken into lines of a width. */
function layoutLegend(palette: Palette, width: number, measure: (text: string) => number): LegendPlace[] {
  const entries = legend.map(({ kinds }) => ({
    colour: palette.kinds[kindNames.indexOf(kinds[0] ?? 'other')] ?? palette.muted,
    label: kinds.join(', '),
    folded: false,
  }));
  const folded = { colour: entries[0]?.colour ?? palette.muted, label: FOLDED_TEXT, folded: true };
  const places: LegendPlace[] = [];
  let x = PADDING;
  let line = 0;
  for (const entry of [...entries, folded]) {
    const size = SWATCH + 6 + measure(entry.label);
    if (x > PADDING && x + size > width - PADDING) {
      x = PADDING;
      line += 1;
    }
    places.push({ ...entry, x, line });
    x += size + ENTRY_GAP;
  }
  return places;
}

function drawHeading(ctx: Drawing, palette: Palette, width: number, heading: PictureHeading): void {
  ctx.fillStyle = palette.header;
  ctx.fillRect(0, 0, width, HEADING_PX);
  ctx.textBaseline = 'middle';
  ctx.font = `600 13px ${palette.font}`;
  ctx.fillStyle = palette.text;
  ctx.fillText(heading.title, PADDING, 16);
  ctx.font = `11px ${palette.font}`;
  ctx.fillStyle = palette.muted;
  ctx.fillText(heading.span, PADDING, 34);
}

function drawLegend(ctx: Drawing, palette: Palette, places: readonly LegendPlace[], top: number): void {
  ctx.font = `11px ${palette.font}`;
  ctx.textBaseline = 'middle';
  for (const { colour, label, x, line, folded } of places) {
    const middle = top + (line + 0.5) * LEGEND_LINE;
    const height = folded ? SWATCH * 0.55 : SWATCH;
    ctx.globalAlpha = folded ? 0.6 : 1;
    ctx.fillStyle = colour;
    ctx.fillRect(x, middle - height / 2, SWATCH, height);
    ctx.globalAlpha = 1;
    ctx.fillStyle = palette.text;
    ctx.fillText(label, x + SWATCH + 6, middle);
  }
}

/** Rows and what is selected of them, in a place of their own. */
function drawBody(ctx: Drawing, parts: Parts, frame: Frame, ratio: number): void {
  const { painter, camera, selector, instants, marks, state } = parts;
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, 0, frame.width, frame.height);
  ctx.clip();
  painter.paintStatic(ctx, frame, ratio);
  const { traces, range, iteration, bookmarks } = state;
  const moments = { bookmarks, marks: marks.moments, instant: instants.selected };
  const pointer = { hover: { hit: undefined, moment: undefined }, drop: undefined };
  const { overlay } = composeOverlay({ camera, selector, traces, range, iteration, ...moments, ...pointer });
  drawOverlay(ctx, frame, { ...overlay, scrollbar: undefined }, '');
  ctx.restore();
}

interface Plan {
  readonly frame: Frame;
  readonly legend: readonly LegendPlace[];
  readonly width: number;
  readonly height: number;
}

/** Below the last row nothing is left empty. */
function planPicture({ painter, camera, surface, state }: Parts): Plan {
  const full = painter.frame({ traces: state.traces, activeKey: undefined, hoverKey: undefined });
  const frame = { ...full, height: Math.min(full.height, TOP_HEIGHT + camera.layout.height) };
  const { statics } = surface;
  statics.font = `11px ${frame.palette.font}`;
  const places = layoutLegend(frame.palette, frame.width, (text) => statics.measureText(text).width);
  const lines = (places.at(-1)?.line ?? 0) + 1;
  const height = HEADING_PX + frame.height + lines * LEGEND_LINE + PADDING;
  return { frame, legend: places, width: frame.width, height };
}

function drawPicture(ctx: Drawing, parts: Parts, plan: Plan, heading: PictureHeading, ratio: number): void {
  const { frame, width, height } = plan;
  const { palette } = frame;
  ctx.fillStyle = palette.background;
  ctx.fillRect(0, 0, width, height);
  drawHeading(ctx, palette, width, heading);
  ctx.save();
  ctx.translate(0, HEADING_PX);
  drawBody(ctx, parts, frame, ratio);
  ctx.restore();
  drawLegend(ctx, palette, plan.legend, HEADING_PX + frame.height + PADDING / 2);
}

/** On a canvas of its own, which nobody else holds. */
export function pictureCanvas(parts: Parts, heading: PictureHeading): HTMLCanvasElement {
  const plan = planPicture(parts);
  const canvas = document.createElement('canvas');
  canvas.width = plan.width * DENSITY;
  canvas.height = plan.height * DENSITY;
  const ctx = canvas.getContext('2d', { alpha: false });
  if (ctx === null) throw new Error('This window cannot draw in two dimensions.');
  ctx.scale(DENSITY, DENSITY);
  drawPicture(ctx, parts, plan, heading, DENSITY);
  return canvas;
}

/** The text of an SVG. */
export function pictureSvg(parts: Parts, heading: PictureHeading): string {
  const plan = planPicture(parts);
  const ruler = parts.surface.statics;
  const drawing = new SvgDrawing(plan.width, plan.height, {
    measure: (text, font) => {
      // The painter measures its names with the same context.
      const before = ruler.font;
      ruler.font = font;
      const { width } = ruler.measureText(text);
      ruler.font = before;
      return width;
    },
    hrefOf: pngAddress,
  });
  drawPicture(drawing, parts, plan, heading, DENSITY);
  return drawing.text(`${heading.title}, ${heading.span}`);
}

/** Only canvases of the document can be written at once. */
function pngAddress(image: OffscreenCanvas): string {
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  return canvas.toDataURL('image/png');
}
