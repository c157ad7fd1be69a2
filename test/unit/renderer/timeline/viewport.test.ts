// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clampView,
  fitView,
  MIN_SPAN_NS,
  panBy,
  revealView,
  spanOf,
  zoomAt,
} from '#renderer/timeline/viewport.ts';

const world = { startNs: 0, endNs: 1_000_000 };

describe('the view', () => {
  test('zooming keeps the moment under the pointer where it is', () => {
    const view = { startNs: 200_000, endNs: 600_000 };
    const zoomed = zoomAt(view, 300_000, 0.5, world);
    expect(spanOf(zoomed)).toBe(200_000);
    expect((300_000 - zoomed.startNs) / spanOf(zoomed)).toBeCloseTo(0.25);
  });

  test('whatever is done, it stays within reach of the world and is never narrower than the limit', () => {
    const step = fc.tuple(fc.constantFrom('zoom', 'pan'), fc.double({ min: 0.01, max: 100, noNaN: true }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let view = clampView(world, world);
        for (const [what, size] of steps) {
          const anchor = view.startNs + spanOf(view) * 0.3;
          view =
            what === 'zoom'
              ? zoomAt(view, anchor, size, world)
              : panBy(view, (size - 50) * spanOf(view), world);
          expect(spanOf(view)).toBeGreaterThanOrEqual(MIN_SPAN_NS - 1e-6);
          expect(view.startNs).toBeGreaterThanOrEqual(-50_001);
          expect(view.endNs).toBeLessThanOrEqual(1_050_001);
        }
      }),
    );
  });

  test('fitting leaves a margin on both sides', () => {
    expect(fitView({ startNs: 100_000, endNs: 200_000 }, 0.1, world)).toEqual({
      startNs: 90_000,
      endNs: 210_000,
    });
  });

  test('a slice in sight moves nothing, one out of sight is centred, a tiny one is enlarged', () => {
    const view = { startNs: 0, endNs: 100_000 };
    expect(revealView(view, { startNs: 10_000, endNs: 20_000 }, world)).toBe(view);
    const moved = revealView(view, { startNs: 500_000, endNs: 510_000 }, world);
    expect(moved).toEqual({ startNs: 455_000, endNs: 555_000 });
    expect(spanOf(revealView(view, { startNs: 10_000, endNs: 10_010 }, world))).toBeLessThan(1_000);
  });
});
