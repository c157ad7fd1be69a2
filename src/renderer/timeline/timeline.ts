// SPDX-License-Identifier: Apache-2.0
import './timeline.css';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { kindName } from '#shared/trace/kinds.ts';
import { Camera } from './camera.ts';
import { drawOverlay, scrollbarOf, type Outline } from './draw-overlay.ts';
import { drawStatic, TOP_HEIGHT, type Frame } from './draw-static.ts';
import { hitAt, type Hit } from './hit.ts';
import { Input, type Command, type InputTarget } from './input.ts';
import { iterationRange, nextIteration } from './iterations.ts';
import { readPalette, type Palette } from './palette.ts';
import { formatTick, tickStepNs } from './ruler.ts';
import { findTrackRow, layoutRows } from './rows.ts';
import { collectScene, Scene, type TraceWindows } from './scene.ts';
import { Selector } from './selector.ts';
import { Surface } from './surface.ts';
import { TextFitter } from './text.ts';
import { spanOf } from './viewport.ts';
import { WindowLoader } from './window-loader.ts';
import { planWindow } from './window-plan.ts';
import type { Selected } from './selection.ts';
import type { SliceRef, TimelineCallbacks, TimelineTrace, TimeRange } from './types.ts';

/**
 * The timeline of several traces on two canvases. It owns what is visible (span, scroll, hover, selection)
 * and tells its owner what the user chose; it draws in one animation frame, and only when something changed.
 */

const ZOOM_STEP = 0.75;
const PAN_STEP = 0.12;
const HIT_REACH_PX = 3;
const NOTHING: TraceWindows = { current: undefined, overview: undefined };

export class Timeline implements InputTarget {
  readonly #callbacks: TimelineCallbacks;
  readonly #surface: Surface;
  readonly #camera: Camera;
  readonly #selector: Selector;
  readonly #input: Input;
  readonly #scene = new Scene();
  readonly #fitter: TextFitter;
  #palette: Palette;
  #traces: readonly TimelineTrace[] = [];
  #loaders: readonly WindowLoader[] = [];
  #pointer: { readonly x: number; readonly y: number } | undefined;
  #hover: Hit | undefined;
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
    this.#camera = new Camera(
      () => this.#surface.size,
      () => this.invalidate(),
    );
    this.#selector = new Selector({
      camera: this.#camera,
      traces: () => this.#traces,
      windowsOf: (at) => this.#windowsOf(at),
      onSelect: (ref) => callbacks.onSelect(ref),
      onChange: () => this.#schedule(),
      announce: (text) => this.#surface.announce(text),
    });
    this.#fitter = new TextFitter(this.#surface.statics);
    this.#palette = readPalette(this.#surface.root);
    this.#input = new Input(this.#surface.canvas, this);
    void document.fonts.ready.then(() => this.#themed());
  }

  // --- what the owner says ---------------------------------------------------------------------------

  /** Shows these traces. Those that are already shown keep their windows; the first ones set the view. */
  setTraces(traces: readonly TimelineTrace[]): void {
    const before = this.#traces;
    const loaders = this.#loaders;
    const kept = traces.map((trace) => loaders.find((loader) => loader.servesTrace(trace)));
    for (const loader of loaders) if (!kept.includes(loader)) loader.dispose();
    this.#traces = traces;
    this.#loaders = traces.map((trace, at) => kept[at] ?? this.#makeLoader(trace));
    this.#hover = undefined;
    this.#camera.setContent(traces, layoutRows(traces), before.length === 0);
    this.#selector.tracesChanged(before);
    this.invalidate();
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

  /** Selects a slice and moves to it. */
  goToSlice(ref: SliceRef): void {
    this.#selector.goTo(ref);
  }

  /** Marks an iteration and zooms to it; null only takes the mark away. */
  showIteration(index: number | null): void {
    this.#iteration = index ?? undefined;
    const range = index === null ? undefined : iterationRange(this.#traces, index);
    if (range !== undefined) this.#camera.fit(range, 0.02);
    this.#schedule();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#active = false;
    this.#input.dispose();
    for (const loader of this.#loaders) loader.dispose();
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
    const anchor = this.#pointer === undefined ? camera.centreNs : camera.timeAt(this.#pointer.x);
    switch (command) {
      case 'zoom-in':
        return camera.zoom(anchor, ZOOM_STEP);
      case 'zoom-out':
        return camera.zoom(anchor, 1 / ZOOM_STEP);
      case 'pan-left':
        return camera.pan(-spanOf(camera.view) * PAN_STEP);
      case 'pan-right':
        return camera.pan(spanOf(camera.view) * PAN_STEP);
      case 'fit':
        return this.#fit();
      case 'all':
        return camera.look(camera.world);
      case 'page-up':
        return camera.scrollBy(-camera.plotHeight * 0.8);
      case 'page-down':
        return camera.scrollBy(camera.plotHeight * 0.8);
      case 'next-iteration':
        return this.#stepIteration(1);
      case 'previous-iteration':
        return this.#stepIteration(-1);
      case 'clear':
        return this.#clear();
      case 'next':
      case 'previous':
      case 'up':
      case 'down':
        return this.#selector.step(command);
    }
  }

  zoomAtX(x: number, factor: number): void {
    this.#camera.zoom(this.#camera.timeAt(Math.max(x, this.gutter)), factor);
  }

  panPx(px: number): void {
    this.#camera.pan(px * this.#camera.nsPerPx);
  }

  scrollBy(px: number): void {
    this.#camera.scrollBy(px);
  }

  dragThumb(px: number): void {
    this.#camera.scrollBy((px * this.#camera.layout.height) / Math.max(this.#camera.plotHeight, 1));
  }

  hover(x: number, y: number): void {
    this.#pointer = { x, y };
    this.#updateHover();
    this.#schedule();
  }

  leave(): void {
    this.#pointer = undefined;
    this.#hover = undefined;
    this.#surface.hideTooltip();
    this.#schedule();
  }

  click(x: number, y: number): void {
    const hit = this.#hitAt(x, y);
    if (hit === undefined) this.#selector.clear();
    else this.#selector.choose(hit, false);
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
    if (this.#range === undefined) return;
    this.#surface.announce(`Range of ${formatDurationNs(spanOf(this.#range))} selected`);
    this.#callbacks.onRange(this.#range);
  }

  #fit(): void {
    const target = this.#range ?? this.#selector.selected;
    if (target === undefined) this.#camera.look(this.#camera.world);
    else this.#camera.fit(target, 0.1);
  }

  #clear(): void {
    this.#selector.clear();
    if (this.#range !== undefined) this.#callbacks.onRange(null);
    this.#range = undefined;
    this.#surface.announce('Selection cleared');
    this.#schedule();
  }

  #stepIteration(direction: 1 | -1): void {
    const index = nextIteration(this.#traces, this.#iteration, this.#camera.centreNs, direction);
    if (index === undefined) return;
    this.showIteration(index);
    this.#surface.announce(`Iteration ${index}`);
    this.#callbacks.onIteration(index);
  }

  // --- hover -------------------------------------------------------------------------------------------

  #hitAt(x: number, y: number): Hit | undefined {
    if (x < this.gutter || y < TOP_HEIGHT) return undefined;
    const camera = this.#camera;
    const reachNs = HIT_REACH_PX * camera.nsPerPx;
    const contentY = y - TOP_HEIGHT + camera.scrollTop;
    return hitAt(camera.visibleRows(), contentY, camera.timeAt(x), reachNs, camera.view, (at) =>
      this.#windowsOf(at),
    );
  }

  #updateHover(): void {
    const pointer = this.#pointer;
    this.#hover = pointer === undefined ? undefined : this.#hitAt(pointer.x, pointer.y);
    if (pointer === undefined || this.#hover === undefined) this.#surface.hideTooltip();
    else this.#surface.showTooltip(this.#hoverLines(this.#hover), pointer.x, pointer.y);
  }

  #hoverLines(hit: Hit): string[] {
    const name = this.#traces[hit.traceIndex]?.source.name(hit.name) ?? '…';
    const length = formatDurationNs(hit.endNs - hit.startNs);
    if (!hit.folded) return [name, `${kindName(hit.kind)} · about ${length}`];
    const count = formatCount(hit.slices);
    return [`${count} slices`, `folded into about ${length}: zoom in to tell them apart`, `longest: ${name}`];
  }

  // --- drawing -----------------------------------------------------------------------------------------

  #makeLoader(trace: TimelineTrace): WindowLoader {
    const loader = new WindowLoader(trace, () => this.#windowCame());
    loader.loadOverview();
    return loader;
  }

  #windowCame(): void {
    this.invalidate();
    if (!this.#loaders.some(({ busy }) => busy)) this.#selector.windowsCame();
  }

  #windowsOf(traceIndex: number): TraceWindows {
    return this.#loaders[traceIndex] ?? NOTHING;
  }

  #resized(): void {
    this.#camera.scrollBy(0);
    // A resized canvas is empty until it is drawn: not waiting for a frame avoids a flash.
    this.#staticDirty = true;
    if (this.#active) this.#draw();
  }

  #themed(): void {
    this.#palette = readPalette(this.#surface.root);
    this.#fitter.clear();
    this.invalidate();
  }

  #schedule(): void {
    if (this.#frame !== 0 || !this.#active) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #askWindows(): void {
    const camera = this.#camera;
    const plan = planWindow(camera.view, camera.plotWidth);
    const tracks = this.#traces.map((): number[] => []);
    for (const row of camera.visibleRows(camera.plotHeight / 2)) {
      if (row.type === 'track') tracks[row.traceIndex]?.push(row.track.id);
    }
    this.#loaders.forEach((loader, at) => loader.want(camera.view, plan, tracks[at] ?? []));
  }

  #draw(): void {
    const { width, height, ratio } = this.#surface.size;
    if (width === 0 || height === 0) return;
    const { gutter, view, scrollTop, plotWidth } = this.#camera;
    const rows = this.#camera.visibleRows();
    const frame: Frame = {
      width,
      height,
      gutter,
      view,
      scrollTop,
      rows,
      traces: this.#traces,
      palette: this.#palette,
    };
    if (this.#staticDirty) {
      this.#staticDirty = false;
      this.#askWindows();
      collectScene(this.#scene, { rows, view, scrollTop, widthPx: plotWidth, windows: this.#loaders });
      drawStatic(this.#surface.statics, frame, this.#scene, this.#fitter, ratio);
      this.#updateHover();
    }
    this.#drawOverlay(frame, ratio);
  }

  #drawOverlay(frame: Frame, ratio: number): void {
    const camera = this.#camera;
    const pointerX = this.#pointer?.x ?? -1;
    const cursorNs = pointerX < frame.gutter ? undefined : camera.timeAt(pointerX);
    const step = tickStepNs(camera.nsPerPx);
    const label = cursorNs === undefined ? '' : formatTick(cursorNs, step, camera.view.endNs);
    const iteration =
      this.#iteration === undefined ? undefined : iterationRange(this.#traces.slice(0, 1), this.#iteration);
    const { selected, partners } = this.#selector;
    const overlay = {
      hover: this.#outline(this.#hover),
      selection: this.#outline(selected),
      partners: partners.map((each) => this.#outline(each)).filter((each) => each !== undefined),
      range: this.#range,
      cursorNs,
      iteration,
      scrollbar: scrollbarOf(camera.layout.height, camera.plotHeight, camera.scrollTop),
    };
    drawOverlay(this.#surface.overlay, frame, overlay, ratio, label);
  }

  #outline(of: Hit | Selected | undefined): Outline | undefined {
    if (of === undefined) return undefined;
    const row = findTrackRow(this.#camera.layout, of.traceIndex, of.trackId);
    return row === undefined ? undefined : { row, lane: of.lane, startNs: of.startNs, endNs: of.endNs };
  }
}
