// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { formatTick, rulerTicks, tickStepNs } from '#renderer/timeline/ruler.ts';

describe('the time ruler', () => {
  test.each([
    [0.2, 1],
    [1, 1],
    [3, 5],
    [7, 10],
    [1_100, 2_000],
    [99_000_000, 100_000_000],
  ])('a gap of at least %d ns is stepped by %d ns', (least, step) => {
    expect(tickStepNs(least)).toBe(step);
  });

  test('labels have one unit and digits enough to tell neighbours apart', () => {
    const labels = rulerTicks({ startNs: 1_000_000, endNs: 1_004_000 }, 800, 200, 0).map(
      ({ label }) => label,
    );
    expect(labels).toEqual(['1.000 ms', '1.001 ms', '1.002 ms', '1.003 ms', '1.004 ms']);
  });

  test('nanoseconds are still told apart after a second', () => {
    expect(formatTick(1_234_567_891, 1, 1_234_567_891)).toBe('1.234567891 s');
  });

  test('times count from the moment that is called zero, and zero has no digits', () => {
    const ticks = rulerTicks({ startNs: 500, endNs: 2_500 }, 200, 100, 500);
    expect(ticks).toEqual([
      { atNs: 500, label: '0 µs' },
      { atNs: 1_500, label: '1 µs' },
      { atNs: 2_500, label: '2 µs' },
    ]);
  });

  test('no room, no ticks', () => {
    expect(rulerTicks({ startNs: 0, endNs: 10 }, 0, 100, 0)).toEqual([]);
  });
});
