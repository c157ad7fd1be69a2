// SPDX-License-Identifier: Apache-2.0
import { ROW_BUTTON_PX, type Frame } from './frame.ts';
import { counterSpan } from './counter-text.ts';
import { opens, type Row } from './rows.ts';
import { describeContents } from './tracks.ts';
import type { Drawing } from './drawing.ts';
import type { TextFitter } from './text.ts';

/** The names of the rows, with what can be done to them: a mark that opens and closes, a pin, a cross that hides. */

const STEP_PX = 10;

export const indentOf = (row: Row): number => 18 + (row.pinned ? 0 : row.depth) * STEP_PX;

function drawChevron(ctx: Drawing, x: number, y: number, closed: boolean): void {
  ctx.beginPath();
  if (closed) {
    ctx.moveTo(x - 2, y - 3.5);
    ctx.lineTo(x + 2, y);
    ctx.lineTo(x - 2, y + 3.5);
  } else {
    ctx.moveTo(x - 3.5, y - 2);
    ctx.lineTo(x, y + 2);
    ctx.lineTo(x + 3.5, y - 2);
  }
  ctx.stroke();
}

function drawPin(ctx: Drawing, x: number, y: number, filled: boolean): void {
  ctx.beginPath();
  ctx.arc(x, y - 2, 3, 0, 2 * Math.PI);
  if (filled) ctx.fill();
  ctx.moveTo(x, y + 1);
  ctx.lineTo(x, y + 5);
  ctx.stroke();
}

function drawCross(ctx: Drawing, x: number, y: number): void {
  ctx.beginPath();
  ctx.moveTo(x - 3, y - 3);
  ctx.lineTo(x + 3, y + 3);
  ctx.moveTo(x + 3, y - 3);
  ctx.lineTo(x - 3, y + 3);
  ctx.stroke();
}

/** The second line, where the row's height leaves room for one. */
function noteOf(row: Row, busy: string): string {
  if (row.type === 'header') return row.collapsed ? busy || describeContents(row) : '';
  if (row.type === 'counter') return row.height < 40 ? '' : counterSpan(row.counter);
  if (row.track.lanes < 3 || row.height < 40) return '';
  const { lanes } = row.track;
  return row.lanes < lanes ? `${row.lanes} of ${lanes} levels` : `${lanes} levels`;
}

export function drawGutterRow(ctx: Drawing, frame: Frame, row: Row, busy: string, fitter: TextFitter): void {
  const { palette, gutter } = frame;
  const top = row.top - frame.scrollTop;
  const active = row.key === frame.activeKey;
  const hovered = row.key === frame.hoverKey;
  ctx.fillStyle = active ? palette.accentSoft : row.type === 'header' ? palette.header : palette.gutter;
  ctx.fillRect(0, top, gutter, row.height);
  ctx.fillStyle = palette.border;
  ctx.fillRect(0, top + row.height - 1, gutter, 1);
  if (active) {
    ctx.fillStyle = palette.accent;
    ctx.fillRect(0, top, 2, row.height - 1);
  }
  const indent = indentOf(row);
  const middle = top + Math.min(row.height / 2, 12);
  ctx.strokeStyle = palette.muted;
  ctx.lineWidth = 1.2;
  if (opens(row)) drawChevron(ctx, indent - 9, middle, row.collapsed);
  const room = gutter - indent - 6 - (hovered || row.pinned ? 2 * ROW_BUTTON_PX : 0);
  ctx.fillStyle = row.type === 'header' ? palette.text : palette.muted;
  ctx.fillText(fitter.fit(row.label, room), indent, middle);
  const note = noteOf(row, busy);
  if (note !== '') {
    ctx.fillStyle = palette.muted;
    ctx.fillText(fitter.fit(note, gutter - indent - 8), indent, middle + 15);
  }
  ctx.fillStyle = palette.muted;
  if (row.type !== 'header' && (hovered || row.pinned)) {
    drawPin(ctx, gutter - 1.5 * ROW_BUTTON_PX, middle, row.pinned);
  }
  if (hovered) drawCross(ctx, gutter - ROW_BUTTON_PX / 2, middle);
}
