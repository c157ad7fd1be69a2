// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { cellPixels } from '#renderer/charts/cell-pixels.ts';

const colours = Uint32Array.from({ length: 101 }, (_, at) => 1000 + at);
const grid = { rows: 2, columns: 3, values: [0, 50, 100, 25, null, 75], most: 100 };

describe('cells as pixels', () => {
  test('have the colour of their value; nothing stays transparent', () => {
    expect([...cellPixels(grid, 3, 2, colours)]).toEqual([1000, 1050, 1100, 1025, 0, 1075]);
  });

  test('are as large as the plot has room', () => {
    const pixels = cellPixels(grid, 6, 4, colours);
    expect([...pixels.subarray(0, 6)]).toEqual([1000, 1000, 1050, 1050, 1100, 1100]);
    expect([...pixels.subarray(6, 12)]).toEqual([...pixels.subarray(0, 6)]);
    expect([...pixels.subarray(12, 18)]).toEqual([1025, 1025, 0, 0, 1075, 1075]);
  });

  test('that share a pixel show the largest, so that none that is hot is lost', () => {
    expect([...cellPixels(grid, 1, 2, colours)]).toEqual([1100, 1075]);
    expect([...cellPixels(grid, 2, 1, colours)]).toEqual([1050, 1100]);
  });

  test.each([
    [60, 512, 500, 300],
    [60, 512, 1100, 640],
    [7, 5, 3, 2],
  ])('%i × %i cells: each is in a picture of %i × %i pixels', (rows, columns, width, height) => {
    for (const at of [0, columns - 1, Math.floor((rows * columns) / 2), rows * columns - 1]) {
      const values = Array.from({ length: rows * columns }, (_, cell) => (cell === at ? 100 : 0));
      const pixels = cellPixels({ rows, columns, values, most: 100 }, width, height, colours);
      expect(pixels).toContain(1100);
    }
  });

  test('without any load have the first colour', () => {
    expect([...cellPixels({ rows: 1, columns: 2, values: [0, 0], most: 0 }, 2, 1, colours)]).toEqual([
      1000, 1000,
    ]);
  });
});
