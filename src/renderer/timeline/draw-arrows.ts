// SPDX-License-Identifier: Apache-2.0
import { formatDurationNs } from '#shared/base/units.ts';
import { TOP_HEIGHT, xOf, type Frame } from './frame.ts';
import { shortName } from './text.ts';
import type { Drawing } from './drawing.ts';
import type { ArrowEnd, FlowArrow } from './flow-arrows.ts';

/**
 * Arrows over the rows. An end outside of the view is shown at the edge, with a mark that points there, the name of the
 * slice and how far it is.
 */

interface Point {
  readonly x: number;
  readonly y: number;
  /** -1 or 1 when it lies past the left or right edge, 0 when it can be seen; likewise up and down. */
  readonly beyondX: number;
  readonly beyondY: number;
}

interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const EDGE_PX = 8;
const HEAD_PX = 6;
const MAX_LABELS = 8;
const LABEL_PX = 16;
const LABEL_GAP_PX = 2;
/** Of more arrows the categories would only cover each other. */
const MAX_CATEGORIES = 6;

const sideOf = (value: number, low: number, high: number): number =>
  value < low ? -1 : value > high ? 1 : 0;
const within = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Where an end is drawn: in place, or at the nearest edge. */
export function pointOf(frame: Frame, bounds: Bounds, end: ArrowEnd): Point {
  const x = xOf(frame, end.startNs);
  const y = TOP_HEIGHT + end.top - frame.scrollTop + end.height / 2;
  return {
    x: within(x, bounds.left + EDGE_PX, bounds.right - EDGE_PX),
    y: within(y, bounds.top + EDGE_PX, bounds.bottom - EDGE_PX),
    beyondX: sideOf(x, bounds.left, bounds.right),
    beyondY: sideOf(y, bounds.top, bounds.bottom),
  };
}

const isBeyond = ({ beyondX, beyondY }: Point): boolean => beyondX !== 0 || beyondY !== 0;

/** A triangle that points along a direction. */
function drawHead(ctx: Drawing, { x, y }: Point, dx: number, dy: number): void {
  const length = Math.max(Math.hypot(dx, dy), 1);
  const [ux, uy] = [dx / length, dy / length];
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x - HEAD_PX * ux - (HEAD_PX / 2) * uy, y - HEAD_PX * uy + (HEAD_PX / 2) * ux);
  ctx.lineTo(x - HEAD_PX * ux + (HEAD_PX / 2) * uy, y - HEAD_PX * uy - (HEAD_PX / 2) * ux);
  ctx.closePath();
  ctx.fill();
}

function drawCurve(ctx: Drawing, from: Point, to: Point): void {
  const bend = Math.max(Math.abs(to.x - from.x) / 2, 24);
  ctx.beginPath();
  ctx.moveTo(from.x, from.y);
  ctx.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x, to.y);
  ctx.stroke();
  if (!isBeyond(to)) drawHead(ctx, to, 1, 0);
}

/** Where labels are: one that would lie on another moves on by its height. */
export class LabelPlaces {
  readonly #taken: { readonly left: number; readonly right: number; readonly y: number }[] = [];
  readonly #bottom: number;

  /** `bottom` is the lowest middle that a label may have. */
  constructor(bottom: number) {
    this.#bottom = bottom;
  }

  /** The middle of a label between two edges that is wanted at a height; above it where there is no room below. */
  place(left: number, right: number, wantedY: number): number {
    const isFree = (y: number): boolean =>
      this.#taken.every(
        (box) => box.right < left || box.left > right || Math.abs(box.y - y) >= LABEL_PX + LABEL_GAP_PX,
      );
    const steps = Array.from({ length: 2 * MAX_LABELS }, (_, at) => at * (LABEL_PX + LABEL_GAP_PX));
    const below = steps.map((step) => wantedY + step).find((y) => y <= this.#bottom && isFree(y));
    const y = below ?? steps.map((step) => wantedY - step).find(isFree) ?? wantedY;
    this.#taken.push({ left, right, y });
    return y;
  }
}

interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

function drawLabel(ctx: Drawing, frame: Frame, places: LabelPlaces, { text, x, y: wantedY }: Label): void {
  const width = ctx.measureText(text).width + 8;
  const left = within(x - width / 2, frame.gutter + 2, frame.width - width - EDGE_PX);
  const y = places.place(left, left + width, wantedY);
  ctx.fillStyle = frame.palette.header;
  ctx.fillRect(left, y - LABEL_PX / 2, width, LABEL_PX);
  ctx.fillStyle = frame.palette.text;
  ctx.fillText(text, left + 4, y + 0.5);
}

/** The mark of an end that cannot be seen, and what is there, where a label has a place. */
function drawBeyond(
  ctx: Drawing,
  frame: Frame,
  arrow: FlowArrow,
  point: Point,
  places: LabelPlaces | undefined,
): void {
  const { from, to, isOut } = arrow;
  ctx.fillStyle = frame.palette.accent;
  drawHead(ctx, point, point.beyondX, point.beyondY);
  if (places === undefined) return;
  const distance = formatDurationNs(Math.abs(to.startNs - from.startNs));
  const text = `${shortName((isOut ? to : from).name).slice(0, 40)} · ${distance} ${isOut ? 'later' : 'before'}`;
  const y = point.y + (point.beyondY === 0 ? 0 : -point.beyondY * (LABEL_PX - 2));
  drawLabel(ctx, frame, places, { text, x: point.x, y: y + (point.beyondX === 0 ? 0 : LABEL_PX) });
}

export function drawArrows(
  ctx: Drawing,
  frame: Frame,
  arrows: readonly FlowArrow[],
  pinnedHeight: number,
): void {
  const top = TOP_HEIGHT + pinnedHeight;
  const bounds = { left: frame.gutter, right: frame.width, top, bottom: frame.height };
  const places = new LabelPlaces(frame.height - LABEL_PX / 2);
  let labels = 0;
  for (const arrow of arrows) {
    const from = pointOf(frame, bounds, arrow.from);
    const to = pointOf(frame, bounds, arrow.to);
    const other = arrow.isOut ? to : from;
    // Wholly to one side of the view there is nothing to lead along.
    if (from.beyondX * to.beyondX > 0 || from.beyondY * to.beyondY > 0) continue;
    ctx.strokeStyle = frame.palette.accent;
    ctx.fillStyle = frame.palette.accent;
    ctx.lineWidth = 1;
    drawCurve(ctx, from, to);
    if (isBeyond(other)) {
      drawBeyond(ctx, frame, arrow, other, labels < MAX_LABELS ? places : undefined);
      labels += 1;
    } else if (arrows.length <= MAX_CATEGORIES && Math.abs(to.x - from.x) > 90) {
      const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
      drawLabel(ctx, frame, places, { text: arrow.category, ...middle });
    }
  }
}
