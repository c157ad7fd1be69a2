// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { viewCoverage } from '#shared/trace/coverage.ts';

const packed = (words: readonly number[], bytes: readonly number[]): ArrayBuffer => {
  const buffer = new ArrayBuffer(words.length * 4 + bytes.length);
  new Uint32Array(buffer, 0, words.length).set(words);
  new Uint8Array(buffer, words.length * 4).set(bytes);
  return buffer;
};
const header = [0x31555349, 1, 3, 2, 2, 0, 0, 0];

test('columns carry group, kind and a share for each unit', () => {
  const view = viewCoverage(packed([...header, 0, 1, 1, 10], [255, 0, 7, 0, 1, 2, 3, 0]));
  expect(view?.units).toBe(3);
  expect(view?.columns.map(({ group, kind, shares }) => [group, kind, ...shares])).toEqual([
    [0, 1, 255, 0, 7],
    [1, 10, 1, 2, 3],
  ]);
});

test('bytes of another version, or cut short, are none', () => {
  expect(viewCoverage(packed([...header, 0, 1, 1, 10], [255, 0, 7, 0, 1, 2]))).toBeNull();
  expect(viewCoverage(packed([0x31555349, 2, 3, 0, 0, 0, 0, 0], []))).toBeNull();
  expect(viewCoverage(new ArrayBuffer(8))).toBeNull();
});
