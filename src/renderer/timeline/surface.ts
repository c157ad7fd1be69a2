// SPDX-License-Identifier: Apache-2.0

/**
 * The elements of a timeline: two canvases over each other, a tooltip and a line for screen readers.
 * It knows sizes and themes, and calls back when either changes.
 */

export interface SurfaceSize {
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

const LABEL =
  'Timeline. W and S zoom, A and D pan, arrow keys move along slices, F fits the selection, ' +
  'square brackets go to the previous and next iteration, Shift and arrow keys choose a row, ' +
  'Enter opens and closes it, Home shows all, Escape clears.';

function element<K extends keyof HTMLElementTagNameMap>(
  parent: HTMLElement,
  tag: K,
  className: string,
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  parent.append(made);
  return made;
}

function context(canvas: HTMLCanvasElement, alpha: boolean): CanvasRenderingContext2D {
  const made = canvas.getContext('2d', { alpha, desynchronized: true });
  if (made === null) throw new Error('This window cannot draw in two dimensions.');
  return made;
}

export class Surface {
  readonly statics: CanvasRenderingContext2D;
  readonly overlay: CanvasRenderingContext2D;
  readonly canvas: HTMLCanvasElement;
  readonly root: HTMLElement;
  size: SurfaceSize = { width: 0, height: 0, ratio: 1 };

  readonly #back: HTMLCanvasElement;
  readonly #tooltip: HTMLElement;
  readonly #live: HTMLElement;
  readonly #rows: HTMLElement;
  readonly #resize: ResizeObserver;
  readonly #theme: MutationObserver;

  constructor(host: HTMLElement, onSize: () => void, onTheme: () => void) {
    this.root = element(host, 'div', 'timeline');
    this.#back = element(this.root, 'canvas', 'timeline__layer');
    this.#back.setAttribute('aria-hidden', 'true');
    this.canvas = element(this.root, 'canvas', 'timeline__layer timeline__layer--input');
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-label', LABEL);
    this.#tooltip = element(this.root, 'div', 'timeline__tooltip');
    this.#tooltip.hidden = true;
    this.#live = element(this.root, 'div', 'visually-hidden');
    this.#live.setAttribute('aria-live', 'polite');
    this.#live.dataset['testid'] = 'timeline-announcement';
    this.#rows = element(this.root, 'ul', 'visually-hidden');
    this.#rows.setAttribute('aria-label', 'Rows of the timeline');
    this.statics = context(this.#back, false);
    this.overlay = context(this.canvas, true);
    this.#resize = new ResizeObserver(() => {
      if (this.#measure()) onSize();
    });
    this.#resize.observe(this.root);
    this.#theme = new MutationObserver(onTheme);
    this.#theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  }

  announce(text: string): void {
    this.#live.textContent = text;
  }

  /** The rows in words, which a canvas cannot tell. */
  listRows(texts: readonly string[]): void {
    const items = texts.map((text) => {
      const item = document.createElement('li');
      item.textContent = text;
      return item;
    });
    this.#rows.replaceChildren(...items);
  }

  /** Shows lines beside a point; the first stands out. */
  showTooltip(lines: readonly string[], x: number, y: number): void {
    const [first = '', ...rest] = lines;
    const title = document.createElement('strong');
    title.textContent = first;
    const others = rest.map((line) => {
      const made = document.createElement('span');
      made.textContent = line;
      return made;
    });
    this.#tooltip.replaceChildren(title, ...others);
    this.#tooltip.hidden = false;
    const { offsetWidth, offsetHeight } = this.#tooltip;
    const left = x + 14 + offsetWidth > this.size.width ? x - 14 - offsetWidth : x + 14;
    const top = Math.min(y + 16, this.size.height - offsetHeight - 4);
    this.#tooltip.style.transform = `translate(${Math.max(left, 4)}px, ${Math.max(top, 4)}px)`;
  }

  hideTooltip(): void {
    this.#tooltip.hidden = true;
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#theme.disconnect();
    this.root.remove();
  }

  #measure(): boolean {
    const { clientWidth: width, clientHeight: height } = this.root;
    const ratio = window.devicePixelRatio;
    const { size } = this;
    if (width === size.width && height === size.height && ratio === size.ratio) return false;
    this.size = { width, height, ratio };
    for (const canvas of [this.#back, this.canvas]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    return width > 0 && height > 0;
  }
}
