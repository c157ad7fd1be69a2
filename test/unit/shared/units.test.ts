// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { formatBytes, formatCount, formatDurationNs, formatPercent } from '#shared/base/units.ts';

describe('figures as text', () => {
  test.each([
    [0, '0 ns'],
    [999, '999 ns'],
    [1_000, '1.000 µs'],
    [999_900, '999.9 µs'],
    [6_900_593, '6.901 ms'],
    [59_410_082, '59.41 ms'],
    [12_345_678_901, '12.35 s'],
    [-2_500_000, '-2.500 ms'],
  ])('%d ns is %s', (ns, text) => {
    expect(formatDurationNs(ns)).toBe(text);
  });

  test('bytes, counts and percentages carry their unit', () => {
    expect(formatBytes(512)).toBe('512 B');
    expect(formatBytes(3_740_052)).toBe('3.57 MiB');
    expect(formatCount(133_352)).toBe('133,352');
    expect(formatPercent(0.1523)).toBe('15.2 %');
  });
});
