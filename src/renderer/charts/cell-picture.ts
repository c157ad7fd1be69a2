// SPDX-License-Identifier: Apache-2.0
import { cellPixels, type CellGrid } from './cell-pixels.ts';

const COLOURS = 256;

interface PlotArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Colours from the first of some to the last, as pixels. */
function coloursBetween(stops: readonly string[]): Uint32Array {
  const canvas = document.createElement('canvas');
  canvas.width = COLOURS;
  canvas.height = 1;
  const context = canvas.getContext('2d');
  if (context === null) return new Uint32Array(COLOURS);
  const gradient = context.createLinearGradient(0, 0, COLOURS, 0);
  for (const [at, colour] of stops.entries()) gradient.addColorStop(at / (stops.length - 1), colour);
  context.fillStyle = gradient;
  context.fillRect(0, 0, COLOURS, 1);
  return new Uint32Array(context.getImageData(0, 0, COLOURS, 1).data.buffer);
}

/**
 * The one thing that a chart of cells draws: a picture as large as its plot, `density` dots for each of its pixels.
 * For a series of the kind `custom` with a single item.
 */
export function cellPicture(grid: CellGrid, stops: readonly string[], density: number) {
  return ({ coordSys }: { readonly coordSys: PlotArea }) => {
    const [x, y] = [Math.round(coordSys.x), Math.round(coordSys.y)];
    const width = Math.max(Math.round(coordSys.width), 1);
    const height = Math.max(Math.round(coordSys.height), 1);
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    const pixels = cellPixels(grid, canvas.width, canvas.height, coloursBetween(stops));
    const bytes = new Uint8ClampedArray(pixels.buffer, 0, pixels.byteLength);
    canvas
      .getContext('2d')
      ?.putImageData(
        new ImageData(bytes as Uint8ClampedArray<ArrayBuffer>, canvas.width, canvas.height),
        0,
        0,
      );
    return { type: 'image', style: { image: canvas, x, y, width, height } };
  };
}
