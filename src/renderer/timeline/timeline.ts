// SPDX-License-Identifier: Apache-2.0
import './timeline.css';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { kindName } from '#shared/trace/kinds.ts';
import { drawOverlay, scrollbarOf, type Outline } from './draw-overlay.ts';
import { drawStatic, TOP_HEIGHT, type Frame } from './draw-static.ts';
import { hitAt, type Hit } from './hit.ts';
import { Input, type Command, type InputTarget } from './input.ts';
import { iterationRange, nextIteration } from './iterations.ts';
import { readPalette, type Palette } from './palette.ts';
import { findTrackRow, layoutRows, rowsBetween, trackLabel, type RowLayout } from './rows.ts';
import { formatTick, tickStepNs } from './ruler.ts';
import { collectScene, Scene, type TraceWindows } from './scene.ts';
import { selectedFromDetails, selectedFromHit, stepSelection, type Selected } from './selection.ts';
import { Surface } from './surface.ts';
import { shortName, TextFitter } from './text.ts';
import { clampView, fitView, panBy, revealView, spanOf, zoomAt } from './viewport.ts';
import { WindowLoader } from './window-loader.ts';
import { planWindow } from './window-plan.ts';
import type { SliceRef, TimelineCallbacks, TimelineTrace, TimeRange } from './types.ts';

/**
 * The timeline of several traces on two canvases. It owns what is visible (span, scroll, hover, selection)
 * and tells its owner what the user chose; it draws in one animation frame, and only when something changed.
 */

const ZOOM_STEP = 0.75;
const PAN_STEP = 0.12;
const HIT_REACH_PX = 3;
const MAX_PARTNERS = 64;
const NOTHING: TraceWindows = { current: undefined, overview: undefined };

export class Timeline implements InputTarget {
  readonly #callbacks: TimelineCallbacks;
  readonly #surface: Surface;
  readonly #input: Input;
  readonly #scene = new Scene();
  readonly #fitter: TextFitter;
  #palette: Palette;
  #traces: readonly TimelineTrace[] = [];
  #loaders: readonly WindowLoader[] = [];
  #layout: RowLayout = { rows: [], height: 0 };
  #world: TimeRange = { startNs: 0, endNs: 1 };
  #view: TimeRange = { startNs: 0, endNs: 1 };
  #scrollTop = 0;
  #pointer: { readonly x: number; readonly y: number } | undefined;
  #hover: Hit | undefined;
  #selected: Selected | undefined;
  #partners: readonly Selected[] = [];
  #range: TimeRange | undefined;
  #iteration: number | undefined;
  /** An arrow key that waits for the window which holds its slice. */
  #pendingStep: { readonly command: 'next' | 'previous'; tries: number } | undefined;
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
    this.#fitter = new TextFitter(this.#surface.statics);
    this.#palette = readPalette(this.#surface.root);
    this.#input = new Input(this.#surface.canvas, this);
    void document.fonts.ready.then(() => this.#themed());
  }

  // --- what the owner says ---------------------------------------------------------------------------

  /** Shows these traces. Traces that are already shown keep their windows; the first ones set the view. */
  setTraces(traces: readonly TimelineTrace[]): void {
    const before = new Map(this.#traces.map((trace, at) => [trace, this.#loaders[at]]));
    const first = this.#traces.length === 0;
    this.#traces = traces;
    this.#loaders = traces.map((trace) => before.get(trace) ?? this.#makeLoader(trace));
    for (const [trace, loader] of before) if (!traces.includes(trace)) loader?.dispose();
    this.#layout = layoutRows(traces);
    this.#world = worldOf(traces);
    this.#view = first ? clampView(this.#world, this.#world) : clampView(this.#view, this.#world);
    this.#selected = undefined;
    this.#partners = [];
    this.scrollBy(0);
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

  /** Selects a slice; with `reveal` the view moves to it. Null clears. */
  select(ref: SliceRef | null, reveal: boolean): void {
    if (ref === null) {
      this.#setSelected(undefined);
      return;
    }
    const traceIndex = this.#traces.findIndex(({ key }) => key === ref.traceKey);
    const same = this.#selected?.traceIndex === traceIndex && this.#selected.row === ref.row;
    if (traceIndex < 0 || (same && !reveal)) return;
    void this.#loadSelected(traceIndex, ref.row, reveal);
  }

  /** Marks an iteration and zooms to it; null only takes the mark away. */
  showIteration(index: number | null): void {
    this.#iteration = index ?? undefined;
    const range = index === null ? undefined : iterationRange(this.#traces, index);
    if (range !== undefined) this.#setView(fitView(range, 0.02, this.#world));
    this.#schedule();
  }

  /** Zooms to a span of world time. */
  showRange(range: TimeRange): void {
    this.#setView(fitView(range, 0.02, this.#world));
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#input.dispose();
    for (const loader of this.#loaders) loader.dispose();
    this.#surface.dispose();
  }

  // --- what the user does (InputTarget) ----------------------------------------------------------------

  get width(): number {
    return this.#surface.size.width;
  }

  get gutter(): number {
    return Math.round(Math.min(Math.max(this.width * 0.16, 132), 216));
  }

  command(command: Command): void {
    const centre = (this.#view.startNs + this.#view.endNs) / 2;
    const span = spanOf(this.#view);
    const anchor = this.#pointer === undefined ? centre : this.#timeAt(this.#pointer.x);
    switch (command) {
      case 'zoom-in':
        return this.#setView(zoomAt(this.#view, anchor, ZOOM_STEP, this.#world));
      case 'zoom-out':
        return this.#setView(zoomAt(this.#view, anchor, 1 / ZOOM_STEP, this.#world));
      case 'pan-left':
        return this.#setView(panBy(this.#view, -span * PAN_STEP, this.#world));
      case 'pan-right':
        return this.#setView(panBy(this.#view, span * PAN_STEP, this.#world));
      case 'fit':
        return this.#fit();
      case 'all':
        return this.#setView(clampView(this.#world, this.#world));
      case 'page-up':
        return this.scrollBy(-this.#plotHeight * 0.8);
      case 'page-down':
        return this.scrollBy(this.#plotHeight * 0.8);
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
        return this.#step(command);
    }
  }

  zoomAtX(x: number, factor: number): void {
    this.#setView(zoomAt(this.#view, this.#timeAt(x), factor, this.#world));
  }

  panPx(px: number): void {
    this.#setView(panBy(this.#view, px * this.#nsPerPx, this.#world));
  }

  scrollBy(px: number): void {
    const limit = Math.max(this.#layout.height - this.#plotHeight, 0);
    const next = Math.min(Math.max(this.#scrollTop + px, 0), limit);
    if (next === this.#scrollTop) return;
    this.#scrollTop = next;
    this.invalidate();
  }

  dragThumb(px: number): void {
    this.scrollBy((px * this.#layout.height) / Math.max(this.#plotHeight, 1));
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
    if (hit === undefined) this.#setSelected(undefined);
    else this.#choose(hit, false);
  }

  dragRange(fromX: number, toX: number): void {
    const from = this.#timeAt(Math.max(fromX, this.gutter));
    const to = this.#timeAt(Math.min(Math.max(toX, this.gutter), this.width));
    this.#range = { startNs: Math.min(from, to), endNs: Math.max(from, to) };
    this.#surface.hideTooltip();
    this.#schedule();
  }

  endRange(): void {
    if (this.#range === undefined) return;
    this.#surface.announce(`Range of ${formatDurationNs(spanOf(this.#range))} selected`);
    this.#callbacks.onRange(this.#range);
  }

  // --- moving ------------------------------------------------------------------------------------------

  get #plotHeight(): number {
    return Math.max(this.#surface.size.height - TOP_HEIGHT, 0);
  }

  get #plotWidth(): number {
    return Math.max(this.width - this.gutter, 1);
  }

  get #nsPerPx(): number {
    return spanOf(this.#view) / this.#plotWidth;
  }

  #timeAt(x: number): number {
    return this.#view.startNs + (x - this.gutter) * this.#nsPerPx;
  }

  #setView(view: TimeRange): void {
    this.#view = view;
    this.invalidate();
  }

  #fit(): void {
    const target = this.#range ?? this.#selected;
    if (target === undefined) this.#setView(clampView(this.#world, this.#world));
    else this.#setView(fitView(target, 0.1, this.#world));
  }

  #clear(): void {
    this.#setSelected(undefined);
    if (this.#range !== undefined) this.#callbacks.onRange(null);
    this.#range = undefined;
    this.#surface.announce('Selection cleared');
    this.#schedule();
  }

  #stepIteration(direction: 1 | -1): void {
    const centre = (this.#view.startNs + this.#view.endNs) / 2;
    const index = nextIteration(this.#traces, this.#iteration, centre, direction);
    if (index === undefined) return;
    this.showIteration(index);
    this.#surface.announce(`Iteration ${index}`);
    this.#callbacks.onIteration(index);
  }

  // --- selection ---------------------------------------------------------------------------------------

  #step(command: 'next' | 'previous' | 'up' | 'down'): void {
    const selected = this.#selected;
    if (selected === undefined) {
      const first = this.#firstVisible();
      if (first !== undefined) this.#choose(first, true);
      return;
    }
    const input = {
      layout: this.#layout,
      selected,
      view: this.#view,
      windowsOf: (at: number) => this.#windowsOf(at),
    };
    const hit = stepSelection(input, command);
    if (hit !== undefined) this.#choose(hit, true);
    else if (command === 'next' || command === 'previous') this.#lookFurther(command);
  }

  /** Nothing more in the windows at hand: moves the view that way and tries again when it has arrived. */
  #lookFurther(command: 'next' | 'previous'): void {
    const direction = command === 'next' ? 1 : -1;
    const moved = panBy(this.#view, spanOf(this.#view) * direction, this.#world);
    if (moved.startNs === this.#view.startNs) return;
    this.#pendingStep = { command, tries: (this.#pendingStep?.tries ?? 0) + 1 };
    this.#setView(moved);
  }

  #firstVisible(): Hit | undefined {
    const centre = (this.#view.startNs + this.#view.endNs) / 2;
    const [from, to] = this.#visibleRows();
    for (const row of this.#layout.rows.slice(from, to)) {
      if (row.type !== 'track') continue;
      const y = row.top + row.height / 2 / Math.max(row.track.lanes, 1);
      const hit = hitAt([row], y, centre, Number.POSITIVE_INFINITY, this.#view, (at) => this.#windowsOf(at));
      if (hit !== undefined) return hit;
    }
    return undefined;
  }

  #choose(hit: Hit, reveal: boolean): void {
    const trace = this.#traces[hit.traceIndex];
    if (trace === undefined) return;
    this.#pendingStep = undefined;
    this.#setSelected(selectedFromHit(hit));
    this.#callbacks.onSelect({ traceKey: trace.key, row: hit.row });
    void this.#loadSelected(hit.traceIndex, hit.row, reveal);
  }

  #setSelected(selected: Selected | undefined): void {
    if (selected === undefined && this.#selected !== undefined) this.#callbacks.onSelect(null);
    this.#selected = selected;
    this.#partners = [];
    this.#schedule();
  }

  async #loadSelected(traceIndex: number, row: number, reveal: boolean): Promise<void> {
    const trace = this.#traces[traceIndex];
    if (trace === undefined) return;
    const details = await trace.source.slice(row).catch(() => undefined);
    if (details === undefined || this.#traces[traceIndex] !== trace) return;
    const expected = this.#selected?.traceIndex === traceIndex && this.#selected.row === row;
    if (!expected && !reveal) return;
    const selected = selectedFromDetails(trace, traceIndex, details);
    this.#selected = selected;
    if (reveal) this.#reveal(selected);
    this.#announceSelected(trace, selected);
    this.#schedule();
    await this.#loadPartners(trace, selected);
  }

  async #loadPartners(trace: TimelineTrace, selected: Selected): Promise<void> {
    const rows = selected.details?.partnerRows.slice(0, MAX_PARTNERS) ?? [];
    const found = await Promise.all(rows.map((row) => trace.source.slice(row).catch(() => undefined)));
    if (this.#selected !== selected) return;
    this.#partners = found
      .filter((details) => details !== undefined)
      .map((details) => selectedFromDetails(trace, selected.traceIndex, details));
    this.#schedule();
  }

  #reveal(selected: Selected): void {
    const row = findTrackRow(this.#layout, selected.traceIndex, selected.trackId);
    if (row === undefined) return;
    const outline = this.#outline(selected);
    if (outline === undefined) return;
    const top = row.top + selected.lane * 19;
    if (top < this.#scrollTop) this.scrollBy(top - this.#scrollTop - 24);
    const below = top + 28 - (this.#scrollTop + this.#plotHeight);
    if (below > 0) this.scrollBy(below + 24);
    this.#setView(revealView(this.#view, selected, this.#world));
  }

  #announceSelected(trace: TimelineTrace, { details, trackId }: Selected): void {
    if (details === undefined) return;
    const track = trace.tracks.find(({ id }) => id === trackId);
    const where = track === undefined ? trace.label : `${trace.label}, ${trackLabel(track)}`;
    this.#surface.announce(
      `${shortName(details.name)}, ${details.kind}, ${formatDurationNs(details.durNs)}, ${where}`,
    );
  }

  // --- hover -------------------------------------------------------------------------------------------

  #hitAt(x: number, y: number): Hit | undefined {
    if (x < this.gutter || y < TOP_HEIGHT) return undefined;
    const [from, to] = this.#visibleRows();
    const rows = this.#layout.rows.slice(from, to);
    const reach = HIT_REACH_PX * this.#nsPerPx;
    const at = this.#timeAt(x);
    return hitAt(rows, y - TOP_HEIGHT + this.#scrollTop, at, reach, this.#view, (trace) =>
      this.#windowsOf(trace),
    );
  }

  #updateHover(): void {
    const pointer = this.#pointer;
    this.#hover = pointer === undefined ? undefined : this.#hitAt(pointer.x, pointer.y);
    if (pointer === undefined || this.#hover === undefined) {
      this.#surface.hideTooltip();
      return;
    }
    this.#surface.showTooltip(this.#hoverLines(this.#hover), pointer.x, pointer.y);
  }

  #hoverLines(hit: Hit): string[] {
    const name = this.#traces[hit.traceIndex]?.source.name(hit.name) ?? '…';
    const length = formatDurationNs(hit.endNs - hit.startNs);
    const kind = kindName(hit.kind);
    if (!hit.folded) return [name, `${kind} · about ${length}`];
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
    const pending = this.#pendingStep;
    if (pending === undefined || this.#loaders.some(({ busy }) => busy)) return;
    if (pending.tries > 8) this.#pendingStep = undefined;
    else this.#step(pending.command);
  }

  #windowsOf(traceIndex: number): TraceWindows {
    return this.#loaders[traceIndex] ?? NOTHING;
  }

  #visibleRows(): readonly [number, number] {
    return rowsBetween(this.#layout, this.#scrollTop, this.#scrollTop + this.#plotHeight);
  }

  #resized(): void {
    this.scrollBy(0);
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
    const plan = planWindow(this.#view, this.#plotWidth);
    const margin = this.#plotHeight / 2;
    const [from, to] = rowsBetween(
      this.#layout,
      this.#scrollTop - margin,
      this.#scrollTop + this.#plotHeight + margin,
    );
    const tracks = this.#traces.map((): number[] => []);
    for (const row of this.#layout.rows.slice(from, to)) {
      if (row.type === 'track') tracks[row.traceIndex]?.push(row.track.id);
    }
    this.#loaders.forEach((loader, at) => loader.want(this.#view, plan, tracks[at] ?? []));
  }

  #draw(): void {
    const { width, height, ratio } = this.#surface.size;
    if (width === 0 || height === 0) return;
    const [from, to] = this.#visibleRows();
    const frame: Frame = {
      width,
      height,
      gutter: this.gutter,
      view: this.#view,
      scrollTop: this.#scrollTop,
      rows: this.#layout.rows.slice(from, to),
      traces: this.#traces,
      palette: this.#palette,
    };
    if (this.#staticDirty) {
      this.#staticDirty = false;
      this.#askWindows();
      collectScene(this.#scene, { ...frame, widthPx: this.#plotWidth, windows: this.#loaders });
      drawStatic(this.#surface.statics, frame, this.#scene, this.#fitter, ratio);
      this.#updateHover();
    }
    this.#drawOverlay(frame, ratio);
  }

  #drawOverlay(frame: Frame, ratio: number): void {
    const pointerX = this.#pointer?.x ?? -1;
    const cursorNs = pointerX < frame.gutter ? undefined : this.#timeAt(pointerX);
    const step = tickStepNs(this.#nsPerPx);
    const label = cursorNs === undefined ? '' : formatTick(cursorNs, step, this.#view.endNs);
    const iteration =
      this.#iteration === undefined ? undefined : iterationRange(this.#traces.slice(0, 1), this.#iteration);
    const overlay = {
      hover: this.#hover === undefined ? undefined : this.#outline(this.#hover),
      selection: this.#selected === undefined ? undefined : this.#outline(this.#selected),
      partners: this.#partners.map((each) => this.#outline(each)).filter((each) => each !== undefined),
      range: this.#range,
      cursorNs,
      iteration,
      scrollbar: scrollbarOf(this.#layout.height, this.#plotHeight, this.#scrollTop),
    };
    drawOverlay(this.#surface.overlay, frame, overlay, ratio, label);
  }

  #outline(of: Hit | Selected): Outline | undefined {
    const row = findTrackRow(this.#layout, of.traceIndex, of.trackId);
    return row === undefined ? undefined : { row, lane: of.lane, startNs: of.startNs, endNs: of.endNs };
  }
}

function worldOf(traces: readonly TimelineTrace[]): TimeRange {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const trace of traces) {
    startNs = Math.min(startNs, trace.startNs + trace.offsetNs);
    endNs = Math.max(endNs, trace.endNs + trace.offsetNs);
  }
  return traces.length === 0 ? { startNs: 0, endNs: 1 } : { startNs, endNs: Math.max(endNs, startNs + 1) };
}
