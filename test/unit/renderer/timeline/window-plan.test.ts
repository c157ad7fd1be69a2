// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { covers, planOverview, planWindow, serves } from '#renderer/timeline/window-plan.ts';

const anyView = fc
  .tuple(fc.integer({ min: -1e9, max: 1e12 }), fc.integer({ min: 50, max: 1e12 }))
  .map(([startNs, span]) => ({ startNs, endNs: startNs + span }));

describe('the window that is asked for', () => {
  test('holds a view to either side, is finer than a pixel, and has edges in whole nanoseconds', () => {
    fc.assert(
      fc.property(anyView, fc.integer({ min: 200, max: 3840 }), (view, width) => {
        const plan = planWindow(view, width);
        const span = view.endNs - view.startNs;
        expect(plan.startNs).toBeLessThanOrEqual(view.startNs - span);
        expect(plan.endNs).toBeGreaterThanOrEqual(view.endNs + span);
        expect(plan.nsPerUnit).toBeLessThanOrEqual(span / width);
        expect(plan.units).toBeLessThanOrEqual(65_535);
        expect(plan.units * plan.nsPerUnit).toBeCloseTo(plan.endNs - plan.startNs, 3);
        expect(Number.isInteger(plan.startNs) && Number.isInteger(plan.endNs)).toBe(true);
      }),
    );
  });

  test('still serves after a small move, and no longer near its edge or at another resolution', () => {
    const view = { startNs: 10_000, endNs: 20_000 };
    const plan = planWindow(view, 1000);
    const moved = (by: number) => ({ startNs: view.startNs + by, endNs: view.endNs + by });
    expect(serves(plan, moved(1_000), planWindow(moved(1_000), 1000))).toBe(true);
    expect(serves(plan, moved(15_000), planWindow(moved(15_000), 1000))).toBe(false);
    const closer = { startNs: 12_000, endNs: 14_000 };
    expect(serves(plan, closer, planWindow(closer, 1000))).toBe(false);
  });

  test('the overview covers the world', () => {
    const world = { startNs: 5, endNs: 1_000_005 };
    expect(covers(planOverview(world), world)).toBe(true);
    expect(planOverview({ startNs: 3, endNs: 3 }).nsPerUnit).toBeGreaterThan(0);
  });
});
