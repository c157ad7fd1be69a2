// SPDX-License-Identifier: Apache-2.0

/** Cells of a heat map as pixels: drawn once as a picture, however many there are. */

export interface CellGrid {
  readonly rows: number;
  readonly columns: number;
  /** Row-major; null where there is nothing. */
  readonly values: readonly (number | null)[];
  /** What has the last colour. */
  readonly most: number;
}

/**
 * The colour of each pixel, row by row. Where a pixel covers several cells it shows the largest, so that none that is hot
 * is lost; what has no value stays transparent.
 */
export function cellPixels(grid: CellGrid, width: number, height: number, colours: Uint32Array): Uint32Array {
  const pixels = new Uint32Array(width * height);
  let above = -1;
  for (let y = 0; y < height; y += 1) {
    const [firstRow, lastRow] = covered(y, height, grid.rows);
    // Most lines of pixels show the same cells as the one above.
    const isSame = firstRow === lastRow && firstRow === above;
    if (isSame) pixels.copyWithin(y * width, (y - 1) * width, y * width);
    else drawLine(grid, firstRow, lastRow, colours, pixels.subarray(y * width, (y + 1) * width));
    above = firstRow === lastRow ? firstRow : -1;
  }
  return pixels;
}

function drawLine(
  { columns, values, most }: CellGrid,
  firstRow: number,
  lastRow: number,
  colours: Uint32Array,
  line: Uint32Array,
): void {
  const top = colours.length - 1;
  for (let x = 0; x < line.length; x += 1) {
    const [firstColumn, lastColumn] = covered(x, line.length, columns);
    let largest = -1;
    for (let row = firstRow; row <= lastRow; row += 1) {
      for (let column = firstColumn; column <= lastColumn; column += 1) {
        const value = values[row * columns + column] ?? -1;
        if (value > largest) largest = value;
      }
    }
    if (largest < 0) continue;
    const at = most > 0 ? Math.min(top, Math.round((largest / most) * top)) : 0;
    line[x] = colours[at] ?? 0;
  }
}

/** First and last of `count` cells in a row of `pixels` that lie under one of them. */
function covered(pixel: number, pixels: number, count: number): readonly [first: number, last: number] {
  const first = Math.floor((pixel * count) / pixels);
  const last = Math.ceil(((pixel + 1) * count) / pixels) - 1;
  return count > pixels ? [first, Math.max(first, last)] : [first, first];
}
