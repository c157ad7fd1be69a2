// SPDX-License-Identifier: Apache-2.0
import type { Drawing } from './drawing.ts';
import { SvgPath, svgNumber, svgText } from './svg-path.ts';

/**
 * A drawing that becomes the text of an SVG. Rectangles of one look that follow each other become one path, since a view
 * may hold ten thousand of them.
 */

interface Helpers {
  /** Of the text in the font; a vector picture has nothing to measure with. */
  measure(text: string, font: string): number;
  /** An image's address. */
  hrefOf(image: OffscreenCanvas): string;
}

interface State {
  readonly dx: number;
  readonly dy: number;
  readonly fillStyle: Drawing['fillStyle'];
  readonly strokeStyle: Drawing['strokeStyle'];
  readonly globalAlpha: number;
  readonly lineWidth: number;
  readonly font: string;
  readonly textBaseline: Drawing['textBaseline'];
  readonly imageSmoothingEnabled: boolean;
  /** Groups that clip, open since the state was kept. */
  readonly clips: number;
}

/** Text stands with its middle at a height: that of its capitals, in parts of its size. */
const MIDDLE_RATIO = 0.36;

export class SvgDrawing implements Drawing {
  fillStyle: Drawing['fillStyle'] = '#000000';
  strokeStyle: Drawing['strokeStyle'] = '#000000';
  globalAlpha = 1;
  lineWidth = 1;
  font = '11px sans-serif';
  textBaseline: Drawing['textBaseline'] = 'middle';
  imageSmoothingEnabled = false;

  readonly #width: number;
  readonly #height: number;
  readonly #helpers: Helpers;
  readonly #parts: string[] = [];
  readonly #states: State[] = [];
  #path = new SvgPath();
  #dx = 0;
  #dy = 0;
  #clips = 0;
  #clipCount = 0;
  /** Rectangles that wait for more of their look. */
  #run: { readonly look: string; readonly path: SvgPath } | undefined;

  constructor(width: number, height: number, helpers: Helpers) {
    this.#width = width;
    this.#height = height;
    this.#helpers = helpers;
  }

  save(): void {
    const { fillStyle, strokeStyle, globalAlpha, lineWidth } = this;
    const { font, textBaseline, imageSmoothingEnabled } = this;
    const look = {
      fillStyle,
      strokeStyle,
      globalAlpha,
      lineWidth,
      font,
      textBaseline,
      imageSmoothingEnabled,
    };
    this.#states.push({ dx: this.#dx, dy: this.#dy, clips: this.#clips, ...look });
    this.#clips = 0;
  }

  restore(): void {
    const state = this.#states.pop();
    if (state === undefined) return;
    if (this.#clips > 0) this.#add('</g>'.repeat(this.#clips));
    this.#dx = state.dx;
    this.#dy = state.dy;
    this.#clips = state.clips;
    this.fillStyle = state.fillStyle;
    this.strokeStyle = state.strokeStyle;
    this.globalAlpha = state.globalAlpha;
    this.lineWidth = state.lineWidth;
    this.font = state.font;
    this.textBaseline = state.textBaseline;
    this.imageSmoothingEnabled = state.imageSmoothingEnabled;
  }

  translate(x: number, y: number): void {
    this.#dx += x;
    this.#dy += y;
  }

  beginPath(): void {
    this.#path = new SvgPath();
  }

  closePath(): void {
    this.#path.close();
  }

  moveTo(x: number, y: number): void {
    this.#path.move(x + this.#dx, y + this.#dy);
  }

  lineTo(x: number, y: number): void {
    this.#path.line(x + this.#dx, y + this.#dy);
  }

  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    const [dx, dy] = [this.#dx, this.#dy];
    this.#path.curve(x1 + dx, y1 + dy, x2 + dx, y2 + dy, x + dx, y + dy);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path.rect(x + this.#dx, y + this.#dy, width, height);
  }

  arc(x: number, y: number, radius: number): void {
    this.#path.circle(x + this.#dx, y + this.#dy, radius);
  }

  clip(): void {
    this.#clipCount += 1;
    this.#clips += 1;
    const id = `clip${this.#clipCount.toString()}`;
    this.#add(`<clipPath id="${id}"><path d="${this.#path.data}"/></clipPath><g clip-path="url(#${id})">`);
  }

  fill(): void {
    this.#add(`<path d="${this.#path.data}" ${this.#filled()}/>`);
  }

  stroke(): void {
    this.#add(`<path d="${this.#path.data}" ${this.#stroked()}/>`);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const look = this.#filled();
    if (this.fillStyle === 'transparent' || width === 0 || height === 0) return;
    if (this.#run?.look !== look) {
      this.#flush();
      this.#run = { look, path: new SvgPath() };
    }
    // A canvas takes edges in any order, SVG as well: a path has no width that could be below zero.
    this.#run.path.rect(x + this.#dx, y + this.#dy, width, height);
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    const path = new SvgPath();
    path.rect(x + this.#dx, y + this.#dy, width, height);
    this.#add(`<path d="${path.data}" ${this.#stroked()}/>`);
  }

  fillText(text: string, x: number, y: number): void {
    if (text === '') return;
    const size = Number(/([\d.]+)px/.exec(this.font)?.[1] ?? 11);
    const baseline = y + this.#dy + (this.textBaseline === 'middle' ? size * MIDDLE_RATIO : 0);
    // Other machines lack the font: the width keeps a text where it was made to fit.
    const width = svgNumber(this.measureText(text).width);
    this.#add(
      `<text x="${svgNumber(x + this.#dx)}" y="${svgNumber(baseline)}" style="font:${svgText(this.font)}" ` +
        `textLength="${width}" lengthAdjust="spacingAndGlyphs" ${this.#filled()}>${svgText(text)}</text>`,
    );
  }

  measureText(text: string): { readonly width: number } {
    return { width: this.#helpers.measure(text, this.font) };
  }

  drawImage(image: OffscreenCanvas, x: number, y: number, width: number, height: number): void {
    const rendering = this.imageSmoothingEnabled ? '' : ' style="image-rendering:pixelated"';
    this.#add(
      `<image x="${svgNumber(x + this.#dx)}" y="${svgNumber(y + this.#dy)}" width="${svgNumber(width)}" ` +
        `height="${svgNumber(height)}" preserveAspectRatio="none"${rendering} href="${this.#helpers.hrefOf(image)}"/>`,
    );
  }

  /** The picture, named for those who cannot see it. */
  text(title: string): string {
    this.#flush();
    const [width, height] = [this.#width, this.#height].map(svgNumber);
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width ?? ''}" height="${height ?? ''}" ` +
      `viewBox="0 0 ${width ?? ''} ${height ?? ''}" role="img"><title>${svgText(title)}</title>\n` +
      `${this.#parts.join('\n')}\n</svg>\n`
    );
  }

  #filled(): string {
    return `fill="${colour(this.fillStyle)}"${this.#opacity('fill')}`;
  }

  #stroked(): string {
    const width = svgNumber(this.lineWidth);
    return `fill="none" stroke="${colour(this.strokeStyle)}" stroke-width="${width}"${this.#opacity('stroke')}`;
  }

  #opacity(of: 'fill' | 'stroke'): string {
    return this.globalAlpha === 1 ? '' : ` ${of}-opacity="${svgNumber(this.globalAlpha)}"`;
  }

  #flush(): void {
    if (this.#run === undefined) return;
    const { path, look } = this.#run;
    this.#run = undefined;
    this.#parts.push(`<path d="${path.data}" ${look}/>`);
  }

  #add(part: string): void {
    this.#flush();
    this.#parts.push(part);
  }
}

/** The timeline paints with plain colours alone; gradients and patterns have none. */
const colour = (style: Drawing['fillStyle']): string => (typeof style === 'string' ? svgText(style) : 'none');
