// SPDX-License-Identifier: Apache-2.0
import type { TimeRange } from './types.ts';

/**
 * Which window to ask for. It is three views wide, its resolution is a power of two of nanoseconds and its
 * edges lie on a grid, so that small moves of the view ask for nothing and equal views ask the same.
 */

const GRID_UNITS = 512;
const MAX_UNITS = 65_535;
/** A new window is asked for when the view comes this near (in views) to an edge. */
const NEAR_EDGE = 0.4;

export interface WindowPlan extends TimeRange {
  readonly nsPerUnit: number;
  readonly units: number;
}

export function planWindow(view: TimeRange, widthPx: number): WindowPlan {
  const span = view.endNs - view.startNs;
  let nsPerUnit = 2 ** Math.floor(Math.log2(span / Math.max(widthPx, 1)));
  for (;;) {
    const grid = nsPerUnit * GRID_UNITS;
    const startNs = Math.floor((view.startNs - span) / grid) * grid;
    const endNs = Math.ceil((view.endNs + span) / grid) * grid;
    const units = Math.round((endNs - startNs) / nsPerUnit);
    if (units <= MAX_UNITS) return { startNs, endNs, nsPerUnit, units };
    nsPerUnit *= 2;
  }
}

/** The coarse window of everything, which stands in until a finer one has come. */
export function planOverview(world: TimeRange): WindowPlan {
  const units = 2048;
  const span = Math.max(world.endNs - world.startNs, 1);
  return { startNs: world.startNs, endNs: world.startNs + span, nsPerUnit: span / units, units };
}

/** Whether a window that is there still serves a view: same resolution, and not near its edge. */
export function serves(have: WindowPlan, view: TimeRange, wanted: WindowPlan): boolean {
  const margin = (view.endNs - view.startNs) * NEAR_EDGE;
  return (
    have.nsPerUnit === wanted.nsPerUnit &&
    have.startNs <= view.startNs - margin &&
    have.endNs >= view.endNs + margin
  );
}

/** Whether a window covers the whole view, whatever its resolution. */
export function covers(have: TimeRange, view: TimeRange): boolean {
  return have.startNs <= view.startNs && have.endNs >= view.endNs;
}
