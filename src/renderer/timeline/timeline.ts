// SPDX-License-Identifier: Apache-2.0
import './timeline.css';
import { formatDurationNs } from '#shared/base/units.ts';
import { Camera } from './camera.ts';
import { composeOverlay } from './compose-overlay.ts';
import { ROW_BUTTON_PX } from './frame.ts';
import { Hover } from './hover.ts';
import { Input, type Command, type InputTarget } from './input.ts';
import { iterationRange, iterationsRange, nextIteration } from './iterations.ts';
import { Marks } from './marks.ts';
import { minimapTime } from './minimap.ts';
import { Navigator } from './navigator.ts';
import { Painter } from './painter.ts';
import { isDeep, type Row, type RowLayout } from './rows.ts';
import { indentOf } from './draw-gutter.ts';
import { Selector } from './selector.ts';
import { Surface } from './surface.ts';
import { TraceLoaders } from './trace-loaders.ts';
import { describeRow, Tracks } from './tracks.ts';
import { spanOf } from './viewport.ts';
import type { Arrangement } from './arrangement.ts';
import type { TraceHits } from './hits.ts';
import type { SliceRef, TimelineCallbacks, TimelineTrace, TimeRange } from './types.ts';

/**
 * The timeline of several traces on two canvases. It owns what is visible (span, scroll, hover, selection)
 * and tells its owner what the user chose; it draws in one animation frame, and only when something changed.
 * It is longer than most files because it is where all of its parts meet; each part decides alone.
 */

const ZOOM_STEP = 0.75;
const PAN_STEP = 0.12;

export class Timeline implements InputTarget {
  readonly #callbacks: TimelineCallbacks;
  readonly #surface: Surface;
  readonly #camera: Camera;
  readonly #selector: Selector;
  readonly #tracks: Tracks;
  readonly #loaders: TraceLoaders;
  readonly #painter: Painter;
  readonly #marks: Marks;
  readonly #navigator: Navigator;
  readonly #hover: Hover;
  readonly #input: Input;
  #traces: readonly TimelineTrace[] = [];
  #drop: Row | undefined;
  #range: TimeRange | undefined;
  #iteration: number | undefined;
  #frame = 0;
  #staticDirty = false;
  #active = true;

  constructor(host: HTMLElement, callbacks: TimelineCallbacks) {
    this.#callbacks = callbacks;
    this.#surface = new Surface(
      host,
      () => this.#resized(),
      () => this.#themed(),
    );
    const announce = (text: string): void => this.#surface.announce(text);
    this.#camera = new Camera(
      () => this.#surface.size,
      () => this.invalidate(),
    );
    this.#loaders = new TraceLoaders(
      () => this.invalidate(),
      () => this.#selector.windowsCame(),
    );
    this.#navigator = new Navigator(this.#camera, announce);
    this.#painter = new Painter(this.#surface, this.#camera, this.#loaders);
    this.#hover = new Hover({
      camera: this.#camera,
      surface: this.#surface,
      loaders: this.#loaders,
      traces: () => this.#traces,
    });
    this.#tracks = new Tracks({
      camera: this.#camera,
      traces: () => this.#traces,
      onArrangement: (arrangement) => callbacks.onArrangement(arrangement),
      onLayout: (layout) => this.#laidOut(layout),
      announce,
    });
    this.#selector = new Selector({
      camera: this.#camera,
      traces: () => this.#traces,
      windowsOf: (at) => this.#loaders.windowsOf(at),
      onSelect: (ref) => callbacks.onSelect(ref),
      onChange: () => this.#schedule(),
      announce,
      uncover: (traceIndex, trackId, lane) => {
        this.#navigator.jumping();
        this.#tracks.uncover(traceIndex, trackId, lane);
      },
    });
    this.#marks = new Marks((said) => {
      announce(said);
      this.#schedule();
    });
    this.#input = new Input(this.#surface.canvas, this);
    void document.fonts.ready.then(() => this.#themed());
  }

  // --- what the owner says ---------------------------------------------------------------------------

  /** Shows these traces. Those that are already shown keep their windows; the first ones set the view. */
  setTraces(traces: readonly TimelineTrace[]): void {
    const before = this.#traces;
    this.#traces = traces;
    this.#loaders.setTraces(traces);
    this.#hover.hit = undefined;
    this.#tracks.relayout(before.length === 0);
    this.#selector.tracesChanged(before);
    this.invalidate();
  }

  /** Arranges the tracks as they were kept, and shows only those whose name holds a text. */
  setArrangement(arrangement: Arrangement, filter: string): void {
    this.#tracks.set(arrangement, filter);
  }

  /** Dims all but what a search found; nothing found nor searched is no hits at all. */
  setHits(hits: readonly TraceHits[]): void {
    this.#painter.setHits(hits);
    this.invalidate();
  }

  /** World time that is shown. */
  get view(): TimeRange {
    return this.#camera.view;
  }

  /** Something that is drawn changed elsewhere: names came. */
  invalidate(): void {
    this.#staticDirty = true;
    this.#schedule();
  }

  /** A hidden timeline neither draws nor asks. */
  setActive(active: boolean): void {
    this.#active = active;
    if (active) this.#schedule();
    else this.leave();
  }

  focus(): void {
    this.#surface.canvas.focus({ preventScroll: true });
  }

  /** Selects a slice and moves to it. */
  goToSlice(ref: SliceRef): void {
    this.#selector.goTo(ref);
  }

  /** Marks an iteration and zooms to it; null only takes the mark away. */
  showIteration(index: number | null): void {
    this.#iteration = index ?? undefined;
    const range = index === null ? undefined : iterationRange(this.#traces, index);
    if (range !== undefined) this.#navigator.fit(range, 0.02);
    this.#schedule();
  }

  /** Selects the time of several iterations as a range and zooms to it; null shows everything again. */
  showIterations(window: { readonly first: number; readonly last: number } | null): void {
    this.#range = window === null ? undefined : iterationsRange(this.#traces, window.first, window.last);
    this.command(window === null ? 'all' : 'fit');
    this.endRange();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#active = false;
    this.#input.dispose();
    this.#loaders.dispose();
    this.#surface.dispose();
  }

  // --- what the user does (InputTarget) ----------------------------------------------------------------

  get width(): number {
    return this.#camera.width;
  }

  get gutter(): number {
    return this.#camera.gutter;
  }

  command(command: Command): void {
    const camera = this.#camera;
    const { pointer } = this.#hover;
    const anchor = pointer === undefined ? camera.centreNs : camera.timeAt(pointer.x);
    switch (command) {
      case 'zoom-in':
      case 'zoom-out':
        return this.#navigator.zoom(anchor, command === 'zoom-in' ? ZOOM_STEP : 1 / ZOOM_STEP);
      case 'pan-left':
        return this.#navigator.pan(-spanOf(camera.view) * PAN_STEP);
      case 'pan-right':
        return this.#navigator.pan(spanOf(camera.view) * PAN_STEP);
      case 'fit':
        return this.#fit();
      case 'all':
        return this.#navigator.fit(camera.world, 0);
      case 'page-up':
      case 'page-down':
        return camera.scrollBy((command === 'page-up' ? -0.8 : 0.8) * camera.plotHeight);
      case 'next-iteration':
      case 'previous-iteration':
        return this.#stepIteration(command === 'next-iteration' ? 1 : -1);
      case 'mark':
        return this.#marks.add(this.#hover.moment ?? this.#selector.selected?.startNs ?? camera.centreNs);
      case 'clear-marks':
        return this.#marks.clear();
      case 'range':
        return this.#selectRange();
      case 'back':
      case 'forward':
        return this.#navigator.travel(command);
      case 'search':
        return this.#callbacks.onSearch();
      case 'clear':
        return this.#clear();
      case 'next':
      case 'previous':
      case 'up':
      case 'down':
        return this.#selector.step(command);
      default:
        return this.#tracks.command(command);
    }
  }

  zoomAtX(x: number, factor: number): void {
    this.#navigator.zoom(this.#camera.timeAt(Math.max(x, this.gutter)), factor);
  }

  panPx(px: number): void {
    this.#navigator.pan(px * this.#camera.nsPerPx);
  }

  scrollBy(px: number): void {
    this.#camera.scrollBy(px);
  }

  dragThumb(px: number): void {
    this.#camera.scrollBy((px * this.#camera.layout.height) / Math.max(this.#camera.plotHeight, 1));
  }

  hover(x: number, y: number): void {
    if (this.#hover.moveTo(x, y)) this.#staticDirty = true;
    this.#schedule();
  }

  leave(): void {
    if (this.#hover.rowKey !== undefined) this.#staticDirty = true;
    this.#hover.leave();
    this.#schedule();
  }

  click(x: number, y: number): void {
    const row = this.#hover.rowAt(y);
    const hit = this.#hover.hitAt(x, y);
    if (hit !== undefined) this.#selector.choose(hit, false);
    else if (row?.type === 'header' && row.collapsed) this.#tracks.toggle(row);
    else this.#selector.clear();
  }

  clickGutter(x: number, y: number): void {
    const row = this.#hover.rowAt(y);
    if (row === undefined) return;
    const fromRight = this.gutter - x;
    if (fromRight < ROW_BUTTON_PX) this.#tracks.hide(row);
    else if (row.type === 'track' && fromRight < 2 * ROW_BUTTON_PX) this.#tracks.pin(row);
    else if (row.type === 'header' || (isDeep(row.track) && x < indentOf(row))) this.#tracks.toggle(row);
    else this.#tracks.activate(row);
    this.invalidate();
  }

  dragRow(fromY: number, toY: number, done: boolean): void {
    const row = this.#hover.rowAt(fromY);
    const target = this.#hover.rowAt(toY);
    this.#drop = done ? undefined : target;
    if (done && row !== undefined && target !== undefined) this.#tracks.dropOn(row, target);
    this.#schedule();
  }

  minimapTo(x: number, begins: boolean): void {
    const camera = this.#camera;
    if (begins) this.#navigator.jumping();
    const atNs = minimapTime(camera.world, x - this.gutter, camera.plotWidth);
    camera.pan(atNs - camera.centreNs);
  }

  dragRange(fromX: number, toX: number): void {
    const within = (x: number): number => Math.min(Math.max(x, this.gutter), this.width);
    const from = this.#camera.timeAt(within(fromX));
    const to = this.#camera.timeAt(within(toX));
    this.#range = { startNs: Math.min(from, to), endNs: Math.max(from, to) };
    this.#surface.hideTooltip();
    this.#schedule();
  }

  endRange(): void {
    if (this.#range === undefined) return this.#callbacks.onRange(null);
    this.#surface.announce(`Range of ${formatDurationNs(spanOf(this.#range))} selected`);
    this.#callbacks.onRange(this.#range);
  }

  #fit(): void {
    const target = this.#range ?? this.#selector.selected;
    if (target === undefined) this.#navigator.fit(this.#camera.world, 0);
    else this.#navigator.fit(target, 0.1);
  }

  /** Between the marks; without two of them, the selected slice. */
  #selectRange(): void {
    const range = this.#marks.range ?? this.#selector.selected;
    if (range === undefined) return this.#surface.announce('Set two marks, or select a slice, for a range');
    this.#range = { startNs: range.startNs, endNs: range.endNs };
    this.endRange();
    this.#schedule();
  }

  #clear(): void {
    this.#selector.clear();
    if (this.#range !== undefined) this.#callbacks.onRange(null);
    this.#range = undefined;
    this.#tracks.activeKey = undefined;
    this.#surface.announce('Selection cleared');
    this.invalidate();
  }

  #stepIteration(direction: 1 | -1): void {
    const index = nextIteration(this.#traces, this.#iteration, this.#camera.centreNs, direction);
    if (index === undefined) return;
    this.showIteration(index);
    this.#surface.announce(`Iteration ${index}`);
    this.#callbacks.onIteration(index);
  }

  #laidOut(layout: RowLayout): void {
    const rows = [...layout.pinned, ...layout.rows];
    this.#surface.listRows(rows.map(describeRow));
    this.#callbacks.onRows({ shown: rows.length, hidden: layout.hiddenCount });
    this.invalidate();
  }

  #resized(): void {
    this.#camera.scrollBy(0);
    // A resized canvas is empty until it is drawn: not waiting for a frame avoids a flash.
    this.#staticDirty = true;
    if (this.#active) this.#draw();
  }

  #themed(): void {
    this.#painter.themed();
    this.invalidate();
  }

  #schedule(): void {
    if (this.#frame !== 0 || !this.#active) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const { width, height } = this.#surface.size;
    if (width === 0 || height === 0) return;
    const frame = this.#painter.frame({
      traces: this.#traces,
      activeKey: this.#tracks.activeKey,
      hoverKey: this.#hover.rowKey,
    });
    if (this.#staticDirty) {
      this.#staticDirty = false;
      this.#loaders.want(this.#camera);
      this.#painter.drawStatic(frame);
      this.#hover.update();
    }
    const { overlay, label } = composeOverlay({
      camera: this.#camera,
      hover: this.#hover,
      selector: this.#selector,
      traces: this.#traces,
      range: this.#range,
      iteration: this.#iteration,
      marks: this.#marks.moments,
      drop: this.#drop,
    });
    this.#painter.drawOverlay(frame, overlay, label);
  }
}
