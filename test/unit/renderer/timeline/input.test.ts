// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { commandOf, wheelFactor } from '#renderer/timeline/input.ts';

const key = (name: string, changes = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...changes,
});

describe('keys of the timeline', () => {
  test.each([
    ['w', 'zoom-in'],
    ['S', 'zoom-out'],
    ['ArrowLeft', 'previous'],
    [']', 'next-iteration'],
    ['Home', 'all'],
    ['Escape', 'clear'],
    ['m', 'mark'],
    ['/', 'search'],
    ['t', 'filter'],
    ['.', 'next-of-name'],
    [',', 'previous-of-name'],
    ['Enter', 'toggle'],
  ] as const)('%s is %s', (name, command) => {
    expect(commandOf(key(name))).toBe(command);
  });

  test('shortcuts of the application pass through', () => {
    expect(commandOf(key('w', { ctrlKey: true }))).toBeUndefined();
    expect(commandOf(key('f', { metaKey: true }))).toBeUndefined();
    expect(commandOf(key('q'))).toBeUndefined();
    expect(commandOf(key('constructor'))).toBeUndefined();
  });

  test('Shift and Alt make other keys of some, and of others the same', () => {
    expect(commandOf(key('ArrowUp', { shiftKey: true }))).toBe('row-up');
    expect(commandOf(key('ArrowUp', { altKey: true }))).toBe('move-up');
    expect(commandOf(key('ArrowLeft', { altKey: true }))).toBe('back');
    expect(commandOf(key('M', { shiftKey: true }))).toBe('clear-marks');
    expect(commandOf(key('I', { shiftKey: true }))).toBe('previous-instant');
    expect(commandOf(key('+', { shiftKey: true }))).toBe('zoom-in');
    expect(commandOf(key('W', { shiftKey: true }))).toBe('zoom-in');
    expect(commandOf(key('w', { altKey: true }))).toBeUndefined();
  });

  test('the wheel zooms in upwards, and there and back is no change', () => {
    expect(wheelFactor(-100, false)).toBeLessThan(1);
    expect(wheelFactor(100, false) * wheelFactor(-100, false)).toBeCloseTo(1);
    expect(wheelFactor(3, true)).toBe(wheelFactor(48, false));
    expect(wheelFactor(1e9, false)).toBe(wheelFactor(300, false));
  });
});
