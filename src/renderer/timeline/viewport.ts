// SPDX-License-Identifier: Apache-2.0
import type { TimeRange } from './types.ts';

/** Pure arithmetic of the visible span. Every function returns a span that lies within reach of the world. */

/** The narrowest span: at 1,000 pixels one nanosecond is 20 pixels wide. */
export const MIN_SPAN_NS = 50;
/** How far past either end one may look, as a share of the world. */
const OVERSCROLL = 0.05;

export const spanOf = (range: TimeRange): number => range.endNs - range.startNs;

/** Brings a span into the limits without changing its length where it can be kept. */
export function clampView(view: TimeRange, world: TimeRange): TimeRange {
  const reach = Math.max(spanOf(world), MIN_SPAN_NS);
  const margin = reach * OVERSCROLL;
  const span = Math.min(Math.max(spanOf(view), MIN_SPAN_NS), reach + 2 * margin);
  const centre = (view.startNs + view.endNs) / 2;
  const lowest = world.startNs - margin;
  const highest = world.startNs + reach + margin - span;
  const startNs = Math.min(Math.max(centre - span / 2, lowest), highest);
  return { startNs, endNs: startNs + span };
}

/** Scales the span by `factor` (below 1 zooms in) and keeps the moment under the pointer where it is. */
export function zoomAt(view: TimeRange, anchorNs: number, factor: number, world: TimeRange): TimeRange {
  const reach = Math.max(spanOf(world), MIN_SPAN_NS) * (1 + 2 * OVERSCROLL);
  const span = Math.min(Math.max(spanOf(view) * factor, MIN_SPAN_NS), reach);
  const share = (anchorNs - view.startNs) / spanOf(view);
  const startNs = anchorNs - share * span;
  return clampView({ startNs, endNs: startNs + span }, world);
}

export function panBy(view: TimeRange, deltaNs: number, world: TimeRange): TimeRange {
  return clampView({ startNs: view.startNs + deltaNs, endNs: view.endNs + deltaNs }, world);
}

/** A span that shows `range` with a margin (share of its length) on both sides. */
export function fitView(range: TimeRange, marginRatio: number, world: TimeRange): TimeRange {
  const margin = Math.max(spanOf(range), 1) * marginRatio;
  return clampView({ startNs: range.startNs - margin, endNs: range.endNs + margin }, world);
}

/** Moves the view, if it must, so that `range` is visible and wide enough to be seen. */
export function revealView(view: TimeRange, range: TimeRange, world: TimeRange): TimeRange {
  const span = spanOf(view);
  const tooNarrow = spanOf(range) < span / 400;
  const tooWide = spanOf(range) > span;
  if (tooNarrow || tooWide) return fitView(range, tooNarrow ? 6 : 0.05, world);
  if (range.startNs >= view.startNs && range.endNs <= view.endNs) return view;
  const centre = (range.startNs + range.endNs) / 2;
  return clampView({ startNs: centre - span / 2, endNs: centre + span / 2 }, world);
}
