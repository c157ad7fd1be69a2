// SPDX-License-Identifier: Apache-2.0
import type { Palette } from './palette.ts';
import type { Row } from './rows.ts';
import type { TimelineTrace, TimeRange } from './types.ts';

/** What a frame shows, in CSS pixels: from top to bottom the minimap, the ruler, the iterations and the rows. */

export const MINIMAP_HEIGHT = 28;
export const RULER_BOTTOM = MINIMAP_HEIGHT + 24;
/** Two lines: the iterations on the host and on the GPU. */
export const STRIP_HEIGHT = 32;
export const TOP_HEIGHT = RULER_BOTTOM + STRIP_HEIGHT;
export const RULER_MIDDLE = (MINIMAP_HEIGHT + RULER_BOTTOM) / 2;
/** Where a row's own buttons are in the gutter: pin and hide, from its right edge. */
export const ROW_BUTTON_PX = 18;

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly gutter: number;
  readonly view: TimeRange;
  readonly scrollTop: number;
  /** Rows of the section that is drawn. */
  readonly rows: readonly Row[];
  readonly traces: readonly TimelineTrace[];
  readonly palette: Palette;
  readonly activeKey: string | undefined;
  /** The row under the pointer, when that is over the names. */
  readonly hoverKey: string | undefined;
}

export const plotWidth = (frame: Frame): number => frame.width - frame.gutter;

/** Horizontal place of a moment of world time. */
export function xOf(frame: Frame, atNs: number): number {
  const { view, gutter } = frame;
  return gutter + ((atNs - view.startNs) / (view.endNs - view.startNs)) * plotWidth(frame);
}
