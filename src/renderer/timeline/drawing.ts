// SPDX-License-Identifier: Apache-2.0

/**
 * What the timeline draws with: the part of a canvas context that its painter uses, so that the same code fills the
 * window's canvas, a picture of pixels and a vector picture (svg-drawing.ts).
 */
export interface Drawing extends Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'globalAlpha'
  | 'lineWidth'
  | 'font'
  | 'textBaseline'
  | 'imageSmoothingEnabled'
  | 'save'
  | 'restore'
  | 'translate'
  | 'beginPath'
  | 'closePath'
  | 'moveTo'
  | 'lineTo'
  | 'bezierCurveTo'
  | 'rect'
  | 'stroke'
  | 'fillRect'
  | 'strokeRect'
> {
  /** Intersects with the path, until `restore`. */
  clip(): void;
  fill(): void;
  /** A whole circle. */
  arc(x: number, y: number, radius: number, startAngle: 0, endAngle: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
  drawImage(image: OffscreenCanvas, x: number, y: number, width: number, height: number): void;
}
