// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  clockUnit,
  formatClock,
  formatFigure,
  formatInstant,
  formatWhen,
  plural,
} from '#renderer/base/format.ts';

describe('formatClock', () => {
  it.each([
    [0, '0:00'],
    [999, '0:00'],
    [61_000, '1:01'],
    [3_599_999, '59:59'],
    [3_723_000, '1:02:03'],
    [-5, '0:00'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(formatClock(ms)).toBe(text);
    expect(clockUnit(ms).split(':')).toHaveLength(text.split(':').length);
  });
});

describe('formatFigure', () => {
  it.each([
    [0, '0'],
    [0.12345, '0.123'],
    [9.87654, '9.877'],
    [131.26, '131.3'],
    [6298.44, '6,298'],
    [1_234_567, '1,234,567'],
    [-21.6, '-21.60'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('shows %d as %s', (value, text) => {
    expect(formatFigure(value)).toBe(text);
  });
});

describe('formatWhen', () => {
  const now = new Date(2026, 10, 24, 15, 0);

  it('shows only the time of today', () => {
    expect(formatWhen(new Date(2026, 10, 24, 4, 7).toISOString(), now)).toBe('04:07');
  });

  it('shows the date of another day', () => {
    expect(formatWhen(new Date(2026, 10, 23, 15, 0).toISOString(), now)).toBe('2026-11-23 15:00');
  });

  it('passes on what is no time', () => {
    expect(formatWhen('soon', now)).toBe('soon');
    expect(formatInstant('soon')).toBe('soon');
  });
});

describe('plural', () => {
  it('agrees with its number', () => {
    expect([plural(0, 'line'), plural(1, 'line'), plural(2000, 'line')]).toEqual([
      '0 lines',
      '1 line',
      '2,000 lines',
    ]);
  });
});
