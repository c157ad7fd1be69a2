// SPDX-License-Identifier: Apache-2.0
import { SCROLLBAR_WIDTH } from './draw-overlay.ts';
import { MINIMAP_HEIGHT, TOP_HEIGHT } from './frame.ts';
import type { RowCommand } from './tracks.ts';

/** From pointer, wheel and keys to what the timeline does. Coordinates are CSS pixels of the canvas. */

export type Command =
  | 'zoom-in'
  | 'zoom-out'
  | 'pan-left'
  | 'pan-right'
  | 'fit'
  | 'all'
  | 'next'
  | 'previous'
  | 'up'
  | 'down'
  | 'next-of-name'
  | 'previous-of-name'
  | 'next-instant'
  | 'previous-instant'
  | 'next-iteration'
  | 'previous-iteration'
  | 'page-up'
  | 'page-down'
  | 'mark'
  | 'clear-marks'
  | 'bookmark'
  | 'range'
  | 'back'
  | 'forward'
  | 'search'
  | 'filter'
  | 'clear'
  | RowCommand;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['w', 'zoom-in'],
  ['+', 'zoom-in'],
  ['=', 'zoom-in'],
  ['s', 'zoom-out'],
  ['-', 'zoom-out'],
  ['a', 'pan-left'],
  ['d', 'pan-right'],
  ['f', 'fit'],
  ['home', 'all'],
  ['arrowright', 'next'],
  ['arrowleft', 'previous'],
  ['arrowup', 'up'],
  ['arrowdown', 'down'],
  ['.', 'next-of-name'],
  [',', 'previous-of-name'],
  ['i', 'next-instant'],
  ['shift+i', 'previous-instant'],
  [']', 'next-iteration'],
  ['[', 'previous-iteration'],
  ['pageup', 'page-up'],
  ['pagedown', 'page-down'],
  ['m', 'mark'],
  ['shift+m', 'clear-marks'],
  ['b', 'bookmark'],
  ['x', 'range'],
  ['alt+arrowleft', 'back'],
  ['alt+arrowright', 'forward'],
  ['/', 'search'],
  ['t', 'filter'],
  ['shift+arrowup', 'row-up'],
  ['shift+arrowdown', 'row-down'],
  ['enter', 'toggle'],
  ['p', 'pin'],
  ['h', 'hide'],
  ['shift+h', 'show-all'],
  ['alt+arrowup', 'move-up'],
  ['alt+arrowdown', 'move-down'],
  ['r', 'height'],
  ['escape', 'clear'],
]);

/** Commands that a shifted key has of its own; with others Shift says nothing. */
const SHIFTED = /^(m|h|i|arrowup|arrowdown)$/;

/** The command of a key; undefined for others and for shortcuts of the application. */
export function commandOf(event: {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey?: boolean;
}): Command | undefined {
  if (event.ctrlKey || event.metaKey) return undefined;
  const key = event.key.toLowerCase();
  if (event.altKey) return COMMANDS.get(`alt+${key}`);
  return COMMANDS.get(event.shiftKey === true && SHIFTED.test(key) ? `shift+${key}` : key);
}

/** Zoom factor of a wheel movement; a pinch sends small deltas, a wheel notch about 100. */
export function wheelFactor(delta: number, lines: boolean): number {
  const pixels = lines ? delta * 16 : delta;
  return Math.exp(Math.min(Math.max(pixels, -300), 300) * 0.0025);
}

export interface InputTarget {
  readonly gutter: number;
  readonly width: number;
  command(command: Command): void;
  zoomAtX(x: number, factor: number): void;
  panPx(px: number): void;
  scrollBy(px: number): void;
  /** Moves the scrollbar's thumb by pixels of its track. */
  dragThumb(px: number): void;
  hover(x: number, y: number): void;
  leave(): void;
  click(x: number, y: number): void;
  /** A range is being drawn between two places. */
  dragRange(fromX: number, toX: number): void;
  endRange(): void;
  /** The view's middle goes to a place of the minimap. */
  minimapTo(x: number, begins: boolean): void;
  clickGutter(x: number, y: number): void;
  /** A row is dragged from one height to another; `done` lets it go. */
  dragRow(fromY: number, toY: number, done: boolean): void;
}

type Drag = 'pending' | 'pan' | 'range' | 'scroll' | 'minimap' | 'gutter' | 'row';
const CLICK_PX = 3;

/** Listens on the canvas until disposed. */
export class Input {
  readonly #canvas: HTMLCanvasElement;
  readonly #target: InputTarget;
  readonly #abort = new AbortController();
  #drag: Drag | undefined;
  #startX = 0;
  #startY = 0;
  #lastX = 0;
  #lastY = 0;

  constructor(canvas: HTMLCanvasElement, target: InputTarget) {
    this.#canvas = canvas;
    this.#target = target;
    const { signal } = this.#abort;
    canvas.addEventListener('wheel', this.#onWheel, { passive: false, signal });
    canvas.addEventListener('pointerdown', this.#onDown, { signal });
    canvas.addEventListener('pointermove', this.#onMove, { signal });
    canvas.addEventListener('pointerup', this.#onUp, { signal });
    canvas.addEventListener('pointercancel', this.#onCancel, { signal });
    canvas.addEventListener('pointerleave', () => target.leave(), { signal });
    canvas.addEventListener('keydown', this.#onKey, { signal });
  }

  dispose(): void {
    this.#abort.abort();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const command = commandOf(event);
    if (command === undefined) return;
    event.preventDefault();
    this.#target.command(command);
  };

  readonly #onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE;
    const scale = lines ? 16 : 1;
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      // With shift, some platforms turn the wheel into a horizontal one.
      const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
      this.#target.zoomAtX(event.offsetX, wheelFactor(delta, lines));
      return;
    }
    if (event.deltaY !== 0) this.#target.scrollBy(event.deltaY * scale);
    if (event.deltaX !== 0) this.#target.panPx(event.deltaX * scale);
  };

  readonly #onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.#canvas.focus({ preventScroll: true });
    this.#canvas.setPointerCapture(event.pointerId);
    this.#startX = event.offsetX;
    this.#startY = event.offsetY;
    this.#lastX = event.offsetX;
    this.#lastY = event.offsetY;
    if (event.offsetX > this.#target.width - SCROLLBAR_WIDTH && event.offsetY > TOP_HEIGHT) {
      this.#drag = 'scroll';
    } else if (event.offsetX < this.#target.gutter) {
      this.#drag = event.offsetY > TOP_HEIGHT ? 'gutter' : undefined;
    } else if (event.offsetY < MINIMAP_HEIGHT) {
      this.#drag = 'minimap';
      this.#target.minimapTo(event.offsetX, true);
    } else this.#drag = event.shiftKey ? 'range' : 'pending';
  };

  readonly #onMove = (event: PointerEvent): void => {
    const { offsetX, offsetY } = event;
    if (this.#drag === undefined) {
      this.#target.hover(offsetX, offsetY);
      return;
    }
    const moved = Math.hypot(offsetX - this.#startX, offsetY - this.#startY) > CLICK_PX;
    if (this.#drag === 'pending' && moved) this.#drag = 'pan';
    if (this.#drag === 'gutter' && moved) this.#drag = 'row';
    if (this.#drag === 'row') this.#target.dragRow(this.#startY, offsetY, false);
    else if (this.#drag === 'minimap') this.#target.minimapTo(offsetX, false);
    else if (this.#drag === 'pan') {
      this.#target.panPx(this.#lastX - offsetX);
      this.#target.scrollBy(this.#lastY - offsetY);
    } else if (this.#drag === 'scroll') this.#target.dragThumb(offsetY - this.#lastY);
    else if (this.#drag === 'range') this.#target.dragRange(this.#startX, offsetX);
    if (this.#drag !== 'pending') {
      this.#lastX = offsetX;
      this.#lastY = offsetY;
    }
  };

  readonly #onUp = (event: PointerEvent): void => {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag === 'pending') this.#target.click(event.offsetX, event.offsetY);
    if (drag === 'gutter') this.#target.clickGutter(event.offsetX, event.offsetY);
    if (drag === 'row') this.#target.dragRow(this.#startY, event.offsetY, true);
    if (drag === 'range') this.#target.endRange();
    this.#target.hover(event.offsetX, event.offsetY);
  };

  readonly #onCancel = (): void => {
    this.#drag = undefined;
    this.#target.leave();
  };
}
