// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripOf, type Strip } from '#renderer/features/launcher/strip.ts';

/** A strip as text: kind and iterations of each segment. */
function drawn(strip: Strip | null): string {
  return (strip?.segments ?? []).map(({ kind, first, last }) => `${kind} ${first}-${last}`).join(' | ');
}

describe('stripOf', () => {
  it('shows warm-up, capture and the rest of a bounded run', () => {
    const strip = stripOf([{ first: 20, last: 29 }], 200);
    expect(drawn(strip)).toBe('warm-up 0-19 | capture 20-29 | rest 30-199');
    expect(strip?.segments[1]).toMatchObject({ from: 0.1, to: 0.15 });
    expect(strip?.endKnown).toBe(true);
  });

  it('leaves the end open where it is not known', () => {
    const strip = stripOf([{ first: 60, last: 79 }], null);
    expect(strip).toMatchObject({ length: 100, endKnown: false });
    expect(drawn(strip)).toBe('warm-up 0-59 | capture 60-79 | rest 80-99');
  });

  it('shows what lies between windows, in their order', () => {
    const spans = [
      { first: 8, last: 9 },
      { first: 2, last: 3 },
    ];
    expect(drawn(stripOf(spans, 10))).toBe('warm-up 0-1 | capture 2-3 | between 4-7 | capture 8-9');
  });

  it('marks a window that the run does not reach', () => {
    expect(drawn(stripOf([{ first: 10, last: 12 }], 5))).toBe('warm-up 0-9 | outside 10-12');
  });

  it('has nothing to show without window and end', () => {
    expect(stripOf([], null)).toBeNull();
    expect(drawn(stripOf([], 5))).toBe('rest 0-4');
  });

  it('covers every iteration once and never leaves the strip', () => {
    fc.assert(
      fc.property(
        fc.nat(500),
        fc.nat(50),
        fc.option(fc.integer({ min: 1, max: 1000 })),
        (first, more, total) => {
          const strip = stripOf([{ first, last: first + more }], total);
          const iterations = strip?.segments.flatMap((s) =>
            Array.from({ length: s.last - s.first + 1 }, (_, i) => s.first + i),
          );
          expect(iterations).toEqual(Array.from({ length: strip?.length ?? 0 }, (_, i) => i));
          for (const { from, to } of strip?.segments ?? []) {
            expect(from).toBeLessThan(to);
            expect(from).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });
});
