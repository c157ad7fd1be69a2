// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { viewCounters } from '#shared/trace/counters.ts';

/** Two counters, of two samples and one, packed by hand as the layout says. */
function packed(changes: { readonly version?: number; readonly first?: number } = {}): ArrayBuffer {
  const { version = 1, first = 2 } = changes;
  const words = [0x31435349, version, 100, 2, 3, 0, 0, 0, 7, 0, 2, 0, 9, first, 1, 0];
  const bytes = new ArrayBuffer(words.length * 4 + 3 * 30);
  new Uint32Array(bytes, 0, words.length).set(words);
  const columns = words.length * 4;
  new Float64Array(bytes, columns, 9).set([1, 2, 3, 4, 5, 6, 1.5, 2.5, 3.5]);
  new Uint32Array(bytes, columns + 72, 3).set([1, 20, 1]);
  new Uint16Array(bytes, columns + 84, 3).set([0, 50, 99]);
  return bytes;
}

describe('packed counters', () => {
  test('read back column by column', () => {
    const view = viewCounters(packed());
    expect(view?.units).toBe(100);
    expect(view?.counters).toEqual([
      { counterId: 7, first: 0, count: 2 },
      { counterId: 9, first: 2, count: 1 },
    ]);
    expect([...(view?.min ?? [])]).toEqual([1, 2, 3]);
    expect([...(view?.max ?? [])]).toEqual([4, 5, 6]);
    expect([...(view?.last ?? [])]).toEqual([1.5, 2.5, 3.5]);
    expect([...(view?.samples ?? [])]).toEqual([1, 20, 1]);
    expect([...(view?.x ?? [])]).toEqual([0, 50, 99]);
  });

  test('another version, cut bytes and places past the end are refused', () => {
    expect(viewCounters(packed({ version: 2 }))).toBeNull();
    expect(viewCounters(packed({ first: 3 }))).toBeNull();
    const whole = packed();
    for (let length = 0; length < whole.byteLength; length += 2) {
      expect(viewCounters(whole.slice(0, length))).toBeNull();
    }
  });
});
