// SPDX-License-Identifier: Apache-2.0

/** What a frame drew and how long its callback took: an event of the canvas, for tests and benchmarks. */
export interface DrawnFrame {
  /** On the window's clock. */
  readonly startMs: number;
  readonly durationMs: number;
  /** A frame that only follows the pointer draws the overlay alone. */
  readonly layers: 'all' | 'overlay';
  /** Rectangles and names of the slices in sight, as they were last drawn. */
  readonly rectangles: number;
  readonly names: number;
}

const DRAWN = 'timeline-drawn';

/** Tells whoever listens; nothing is kept. */
export function tellDrawn(canvas: HTMLCanvasElement, detail: DrawnFrame): void {
  canvas.dispatchEvent(new CustomEvent(DRAWN, { bubbles: true, detail }));
}
