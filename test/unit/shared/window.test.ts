// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { isFolded, viewWindow, WINDOW_MAGIC } from '#shared/trace/window.ts';

/** Packs one track with three slices by hand, column after column, as the layout says. */
function packed(): ArrayBuffer {
  const words = [WINDOW_MAGIC, 1, 100, 1, 3, 0, 0, 0, 7, 0, 3, 2];
  const u16 = (values: number[]): number[] => [...values, 0].flatMap((value) => [value & 255, value >> 8]);
  const u32 = (values: number[]): number[] =>
    values.flatMap((value) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]);
  const bytes = [
    ...u32(words),
    ...u16([0, 10, 20]),
    ...u16([5, 20, 21]),
    ...u16([0, 1, 1]),
    ...[1, 2, 3, 0],
    ...[0, 1, 0, 0],
    ...u32([11, 12, 13]),
    ...u32([1, 40, 1]),
    ...u32([100, 101, 70_000]),
  ];
  return Uint8Array.from(bytes).buffer;
}

describe('a packed window', () => {
  test('reads back column by column', () => {
    const view = viewWindow(packed(), 1);
    expect(view?.tracks).toEqual([{ trackId: 7, first: 0, count: 3, lanes: 2 }]);
    expect(view === null ? [] : [...view.x1]).toEqual([5, 20, 21]);
    expect(view === null ? [] : [...view.row]).toEqual([100, 101, 70_000]);
    expect(view !== null && isFolded(view, 1)).toBe(true);
    expect(view !== null && isFolded(view, 0)).toBe(false);
  });

  test('another version, another kind of bytes and cut bytes are refused', () => {
    expect(viewWindow(packed(), 2)).toBeNull();
    expect(viewWindow(new ArrayBuffer(8), 1)).toBeNull();
    expect(viewWindow(new ArrayBuffer(200), 1)).toBeNull();
    const whole = packed();
    for (let length = 0; length < whole.byteLength; length += 4)
      expect(viewWindow(whole.slice(0, length), 1)).toBeNull();
  });
});
