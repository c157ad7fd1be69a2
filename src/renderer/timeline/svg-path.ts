// SPDX-License-Identifier: Apache-2.0

/** Paths as SVG spells them, and what texts need to stand in one. */

/** Hundredths of a pixel are finer than any screen. */
export const svgNumber = (value: number): string => (Math.round(value * 100) / 100).toString();

const MARKUP: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** What XML cannot hold in any spelling: control characters and halves of surrogate pairs. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Names come out of traces: they may hold anything, and none of it is markup. */
export const svgText = (text: string): string =>
  text.replaceAll(NOT_XML, '\u{FFFD}').replaceAll(/[&<>"]/g, (mark) => MARKUP[mark] ?? '');

/** A path that grows; places are moved by an origin as they are added. */
export class SvgPath {
  #data = '';

  get data(): string {
    return this.#data;
  }

  move(x: number, y: number): void {
    this.#data += `M${svgNumber(x)} ${svgNumber(y)}`;
  }

  line(x: number, y: number): void {
    this.#data += `L${svgNumber(x)} ${svgNumber(y)}`;
  }

  curve(...[x1, y1, x2, y2, x, y]: readonly [number, number, number, number, number, number]): void {
    const place = [x1, y1, x2, y2, x, y].map(svgNumber).join(' ');
    this.#data += `C${place}`;
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.move(x, y);
    this.#data += `h${svgNumber(width)}v${svgNumber(height)}h${svgNumber(-width)}z`;
  }

  circle(x: number, y: number, radius: number): void {
    const r = svgNumber(radius);
    const across = svgNumber(2 * radius);
    this.move(x - radius, y);
    this.#data += `a${r} ${r} 0 1 1 ${across} 0a${r} ${r} 0 1 1 ${svgNumber(-2 * radius)} 0`;
  }

  close(): void {
    this.#data += 'z';
  }
}
