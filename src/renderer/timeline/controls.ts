// SPDX-License-Identifier: Apache-2.0
import { formatDurationNs } from '#shared/base/units.ts';
import { indentOf } from './draw-gutter.ts';
import { ROW_BUTTON_PX } from './frame.ts';
import { iterationRange, nextIteration } from './iterations.ts';
import { minimapTime } from './minimap.ts';
import { opens } from './rows.ts';
import { describeIteration } from './strip.ts';
import { spanOf } from './viewport.ts';
import type { Command, InputTarget } from './input.ts';
import type { Parts } from './parts.ts';

/** What the user does, by pointer and by command, told to the part that it concerns. */

const ZOOM_STEP = 0.75;
const PAN_STEP = 0.12;

export class Controls implements InputTarget {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get width(): number {
    return this.#parts.camera.width;
  }

  get gutter(): number {
    return this.#parts.camera.gutter;
  }

  command(command: Command): void {
    const { camera, navigator, hover, marks, selector, instants, callbacks, tracks } = this.#parts;
    const { pointer } = hover;
    const anchor = pointer === undefined ? camera.centreNs : camera.timeAt(pointer.x);
    switch (command) {
      case 'zoom-in':
      case 'zoom-out':
        return navigator.zoom(anchor, command === 'zoom-in' ? ZOOM_STEP : 1 / ZOOM_STEP);
      case 'pan-left':
        return navigator.pan(-spanOf(camera.view) * PAN_STEP);
      case 'pan-right':
        return navigator.pan(spanOf(camera.view) * PAN_STEP);
      case 'fit':
        return this.#fit();
      case 'all':
        return navigator.fit(camera.world, 0);
      case 'page-up':
      case 'page-down':
        return camera.scrollBy((command === 'page-up' ? -0.8 : 0.8) * camera.plotHeight);
      case 'next-iteration':
      case 'previous-iteration':
        return this.#stepIteration(command === 'next-iteration' ? 1 : -1);
      case 'mark':
        return marks.add(hover.moment ?? selector.selected?.startNs ?? camera.centreNs);
      case 'clear-marks':
        return marks.clear();
      case 'bookmark':
        return this.#bookmark();
      case 'range':
        return this.#selectRange();
      case 'back':
      case 'forward':
        return navigator.travel(command);
      case 'search':
        return callbacks.onSearch();
      case 'filter':
        return callbacks.onFilter();
      case 'clear':
        return this.#clear();
      case 'next':
      case 'previous':
      case 'up':
      case 'down':
        return selector.step(command);
      case 'next-instant':
      case 'previous-instant':
        selector.clear();
        return instants.step(command === 'next-instant' ? 1 : -1);
      case 'next-of-name':
      case 'previous-of-name':
        return selector.stepName(command === 'next-of-name' ? 'next' : 'previous');
      default:
        return tracks.command(command);
    }
  }

  zoomAtX(x: number, factor: number): void {
    const { navigator, camera } = this.#parts;
    navigator.zoom(camera.timeAt(Math.max(x, this.gutter)), factor);
  }

  panPx(px: number): void {
    const { navigator, camera } = this.#parts;
    navigator.pan(px * camera.nsPerPx);
  }

  scrollBy(px: number): void {
    this.#parts.camera.scrollBy(px);
  }

  dragThumb(px: number): void {
    const { camera } = this.#parts;
    camera.scrollBy((px * camera.layout.height) / Math.max(camera.plotHeight, 1));
  }

  hover(x: number, y: number): void {
    const { hover, loop } = this.#parts;
    if (hover.moveTo(x, y)) loop.markStale();
    loop.schedule();
  }

  leave(): void {
    const { hover, loop } = this.#parts;
    if (hover.rowKey !== undefined) loop.markStale();
    hover.leave();
    loop.schedule();
  }

  click(x: number, y: number): void {
    const { hover, selector, instants, tracks } = this.#parts;
    const iteration = hover.iterationAt(x, y);
    if (iteration !== undefined) return this.#chooseIteration(iteration);
    const row = hover.rowAt(y);
    const instant = instants.at(x, y);
    const hit = hover.hitAt(x, y);
    instants.clear();
    if (instant !== undefined) {
      selector.clear();
      instants.choose(instant);
    } else if (hit !== undefined) selector.choose(hit, false);
    else if (row?.type === 'header' && row.collapsed) tracks.toggle(row);
    else selector.clear();
  }

  clickGutter(x: number, y: number): void {
    const { hover, tracks, loop } = this.#parts;
    const row = hover.rowAt(y);
    if (row === undefined) return;
    const fromRight = this.gutter - x;
    if (fromRight < ROW_BUTTON_PX) tracks.hide(row);
    else if (row.type !== 'header' && fromRight < 2 * ROW_BUTTON_PX) tracks.pin(row);
    else if (row.type === 'header' || (opens(row) && x < indentOf(row))) tracks.toggle(row);
    else tracks.activate(row);
    loop.invalidate();
  }

  dragRow(fromY: number, toY: number, done: boolean): void {
    const { hover, state, tracks, loop } = this.#parts;
    const row = hover.rowAt(fromY);
    const target = hover.rowAt(toY);
    state.drop = done ? undefined : target;
    if (done && row !== undefined && target !== undefined) tracks.dropOn(row, target);
    loop.schedule();
  }

  minimapTo(x: number, begins: boolean): void {
    const { camera, navigator } = this.#parts;
    if (begins) navigator.jumping();
    const atNs = minimapTime(camera.world, x - this.gutter, camera.plotWidth);
    camera.pan(atNs - camera.centreNs);
  }

  dragRange(fromX: number, toX: number): void {
    const { camera, state, surface, loop } = this.#parts;
    const within = (x: number): number => Math.min(Math.max(x, this.gutter), this.width);
    const from = camera.timeAt(within(fromX));
    const to = camera.timeAt(within(toX));
    state.range = { startNs: Math.min(from, to), endNs: Math.max(from, to) };
    surface.hideTooltip();
    loop.schedule();
  }

  endRange(): void {
    const { state, surface, callbacks } = this.#parts;
    if (state.range === undefined) return callbacks.onRange(null);
    surface.announce(`Range of ${formatDurationNs(spanOf(state.range))} selected`);
    callbacks.onRange(state.range);
  }

  /** Marks an iteration and zooms to it; null only takes the mark away. */
  showIteration(index: number | null): void {
    const { state, navigator, loop } = this.#parts;
    state.iteration = index ?? undefined;
    const range = index === null ? undefined : iterationRange(state.traces, index);
    if (range !== undefined) navigator.fit(range, 0.02);
    loop.schedule();
  }

  #fit(): void {
    const { state, selector, navigator, camera } = this.#parts;
    const target = state.range ?? selector.selected;
    if (target === undefined) navigator.fit(camera.world, 0);
    else navigator.fit(target, 0.1);
  }

  /** The range that is selected; else the moment under the pointer, of the selected slice, or in the middle. */
  #bookmark(): void {
    const { state, selector, hover, camera, callbacks } = this.#parts;
    const { selected } = selector;
    const traceKey = selected === undefined ? null : (state.traces[selected.traceIndex]?.key ?? null);
    const momentNs = hover.moment ?? selected?.startNs ?? camera.centreNs;
    const { startNs, endNs } = state.range ?? { startNs: momentNs, endNs: null };
    callbacks.onBookmark({ startNs, endNs, traceKey });
  }

  /** Leads to a moment without zooming, or fits a range. */
  showTime(startNs: number, endNs: number | null): void {
    const { navigator, camera } = this.#parts;
    if (endNs !== null) return navigator.fit({ startNs, endNs }, 0.1);
    navigator.jumping();
    camera.pan(startNs - camera.centreNs);
  }

  /** Between the marks; without two of them, the selected slice. */
  #selectRange(): void {
    const { marks, selector, surface, state, loop } = this.#parts;
    const range = marks.range ?? selector.selected;
    if (range === undefined) return surface.announce('Set two marks, or select a slice, for a range');
    state.range = { startNs: range.startNs, endNs: range.endNs };
    this.endRange();
    loop.schedule();
  }

  #clear(): void {
    const { selector, instants, state, callbacks, tracks, surface, loop } = this.#parts;
    selector.clear();
    instants.clear();
    if (state.range !== undefined) callbacks.onRange(null);
    state.range = undefined;
    tracks.activeKey = undefined;
    surface.announce('Selection cleared');
    loop.invalidate();
  }

  #stepIteration(direction: 1 | -1): void {
    const { state, camera } = this.#parts;
    const index = nextIteration(state.traces, state.iteration, camera.centreNs, direction);
    if (index !== undefined) this.#chooseIteration(index);
  }

  #chooseIteration(index: number): void {
    const { surface, callbacks, state } = this.#parts;
    this.showIteration(index);
    surface.announce(describeIteration(state.traces, index).join(', '));
    callbacks.onIteration(index);
  }
}
