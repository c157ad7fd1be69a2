// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  defaultRanks,
  expertBars,
  rankChoices,
  rankOfExpert,
} from '#renderer/features/experts/model/bars.ts';
import { checkWindow, windowWithin } from '#renderer/features/experts/model/iteration-window.ts';

describe('experts on ranks', () => {
  test('stand in contiguous blocks, and every rank has its share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), fc.integer({ min: 1, max: 64 }), (experts, ranks) => {
        fc.pre(ranks <= experts);
        const of = Array.from({ length: experts }, (_, expert) => rankOfExpert(expert, experts, ranks));
        expect(of).toEqual(of.toSorted((a, b) => a - b));
        const sizes = Array.from({ length: ranks }, (_, rank) => of.filter((each) => each === rank).length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('are offered on numbers of ranks that divide them', () => {
    expect(rankChoices(12)).toEqual([2, 3, 4, 6, 12]);
    expect(rankChoices(1)).toEqual([1]);
    expect(defaultRanks(4, 64)).toBe(4);
    expect(defaultRanks(1, 64)).toBe(2);
    expect(defaultRanks(5, 64)).toBe(2);
    expect(defaultRanks(1, 1)).toBe(1);
  });

  test('bars stand by id or the most loaded first, ties by id', () => {
    const experts = (order: 'id' | 'load') =>
      expertBars([5, 9, 0, 9], 2, order).bars.map(({ expert, rank }) => `${expert}@${rank}`);
    expect(experts('id')).toEqual(['0@0', '1@0', '2@1', '3@1']);
    expect(experts('load')).toEqual(['1@0', '3@1', '0@0', '2@1']);
    expect(expertBars([5, 9, 0, 9], 2, 'id').total).toBe(23);
  });
});

describe('a typed iteration window', () => {
  const bounds = { first: 10, last: 139 };

  test('holds both its ends', () => {
    expect(checkWindow('10', ' 139 ', bounds)).toEqual({ window: { first: 10, last: 139 }, message: null });
  });

  test.each([
    ['9', '20', 'hold iterations 10 to 139'],
    ['10', '140', 'hold iterations 10 to 139'],
    ['30', '20', 'after the last'],
    ['a', '20', 'whole numbers from 10 to 139'],
    ['', '20', 'whole numbers'],
    ['10.5', '20', 'whole numbers'],
  ])('%s to %s is refused with a reason', (from, to, reason) => {
    const { window, message } = checkWindow(from, to, bounds);
    expect(window).toBeNull();
    expect(message).toContain(reason);
  });
});

describe('a window that was chosen for the whole run', () => {
  const bounds = { first: 10, last: 20 };

  test('is all there is while nothing is chosen', () => {
    expect(windowWithin(null, bounds)).toEqual({ window: bounds, message: null });
    expect(windowWithin({ first: 12, last: 20 }, bounds)).toEqual({
      window: { first: 12, last: 20 },
      message: null,
    });
  });

  test('is cut to what was recorded, and says so', () => {
    const { window, message } = windowWithin({ first: 5, last: 12 }, bounds);
    expect(window).toEqual({ first: 10, last: 12 });
    expect(message).toBe('Of the chosen iterations 5 to 12 the statistics hold 10 to 12.');
  });

  test('that misses the statistics leaves all of them, and says so', () => {
    const { window, message } = windowWithin({ first: 21, last: 30 }, bounds);
    expect(window).toEqual(bounds);
    expect(message).toContain('hold none: all of 10 to 20');
  });
});
