// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { clockText } from '#renderer/features/trace/model/clock-text.ts';
import { binOf, nameFigures, overRanks } from '#renderer/features/trace/model/same-name.ts';

describe('slices of one name', () => {
  test('of several traces add up, and say which trace has the shortest and longest median', () => {
    const of = (label: string, count: number, medianNs: number) => ({
      key: label,
      label,
      durations: {
        count,
        totalNs: count * medianNs,
        minNs: medianNs - 1,
        medianNs,
        p95Ns: medianNs,
        maxNs: 900,
      },
    });
    const none = { key: 'r3', label: 'Rank 3', durations: null };
    expect(overRanks([of('Rank 0', 2, 300), none, of('Rank 1', 4, 100), of('Rank 2', 1, 200)])).toBe(
      '7 slices, 1.200 µs in all, 99 ns to 900 ns; medians from 100 ns (Rank 1) to 300 ns (Rank 0).',
    );
    expect(overRanks([none])).toBe('No slice of this name.');
  });

  test('figures have names, units and the mean', () => {
    const figures = nameFigures({
      count: 4,
      totalNs: 10_000,
      minNs: 1000,
      medianNs: 2000,
      p95Ns: 5000,
      maxNs: 5000,
    });
    expect(figures.map(({ label, value }) => `${label} ${value}`)).toEqual([
      'Count 4',
      'Sum 10.00 µs',
      'Min 1.000 µs',
      'Mean 2.500 µs',
      'Median 2.000 µs',
      'p95 5.000 µs',
      'Max 5.000 µs',
    ]);
  });

  test.each([
    [1, 0],
    [9, 0],
    [10, 1],
    [99, 1],
    [100, 2],
    [1000, 2],
  ])(
    '%d ns lies in bin %d of 1, 10, 100 and 1000: at a lower edge, the last also at its upper',
    (ns, bin) => {
      expect(binOf([1, 10, 100, 1000], ns)).toBe(bin);
    },
  );

  test('equal durations have one bin', () => {
    expect(binOf([7, 7], 7)).toBe(0);
  });
});

describe('the clock of a slice', () => {
  test('is told to the nanosecond', () => {
    expect(clockText('1767225600000000001', 1_234_567_890)).toBe('2026-01-01 00:00:01.234 567 891 UTC');
  });

  test('is absent where the trace counts from a start of its own', () => {
    expect(clockText('81231231231', 5)).toBeNull();
    expect(clockText('0', 5)).toBeNull();
  });
});
