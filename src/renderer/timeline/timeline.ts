// SPDX-License-Identifier: Apache-2.0
import './timeline.css';
import { Controls } from './controls.ts';
import { Input, type Command } from './input.ts';
import { iterationsRange } from './iterations.ts';
import { makeParts, type Parts } from './parts.ts';
import { pictureCanvas, pictureSvg, type PictureHeading } from './picture.ts';
import type { Arrangement } from './arrangement.ts';
import type { Bookmark } from './bookmarks.ts';
import type { TraceHits } from './hits.ts';
import type { SliceRef, TimelineCallbacks, TimelineTrace, TimeRange } from './types.ts';

/**
 * The timeline of several traces on two canvases, as its owner sees it. What is visible (span, scroll, hover,
 * selection) belongs to its parts (parts.ts); what the user does goes to its controls (controls.ts), and what the
 * user chose is told to the owner.
 */
export class Timeline {
  readonly #parts: Parts;
  readonly #controls: Controls;
  readonly #input: Input;

  constructor(host: HTMLElement, callbacks: TimelineCallbacks) {
    this.#parts = makeParts(host, callbacks);
    this.#controls = new Controls(this.#parts);
    this.#input = new Input(this.#parts.surface.canvas, this.#controls);
  }

  /** Shows these traces. Those that are already shown keep their windows; the first ones set the view. */
  setTraces(traces: readonly TimelineTrace[]): void {
    const { state, loaders, hover, tracks, selector, instants, loop } = this.#parts;
    const before = state.traces;
    state.traces = traces;
    loaders.setTraces(traces);
    hover.hit = undefined;
    tracks.relayout(before.length === 0);
    selector.tracesChanged(before);
    instants.tracesChanged();
    loop.invalidate();
  }

  /** Arranges the tracks as they were kept, and shows only those whose name holds a text. */
  setArrangement(arrangement: Arrangement, filter: string): void {
    this.#parts.tracks.set(arrangement, filter);
  }

  /** Dims all but what a search found; nothing found nor searched is no hits at all. */
  setHits(hits: readonly TraceHits[]): void {
    this.#parts.painter.setHits(hits);
    this.invalidate();
  }

  setBookmarks(bookmarks: readonly Bookmark[]): void {
    this.#parts.state.bookmarks = bookmarks;
    this.#parts.loop.schedule();
  }

  /** World time that is shown. */
  get view(): TimeRange {
    return this.#parts.camera.view;
  }

  /** Something that is drawn changed elsewhere: names came. */
  invalidate(): void {
    this.#parts.loop.invalidate();
  }

  /** A hidden timeline neither draws nor asks. */
  setActive(active: boolean): void {
    this.#parts.loop.setActive(active);
    if (!active) this.#controls.leave();
  }

  focus(): void {
    this.#parts.surface.canvas.focus({ preventScroll: true });
  }

  command(command: Command): void {
    this.#controls.command(command);
  }

  /** Selects a slice and moves to it. */
  goToSlice(ref: SliceRef): void {
    this.#parts.selector.goTo(ref);
  }

  /** Marks an iteration and zooms to it; null only takes the mark away. */
  showIteration(index: number | null): void {
    this.#controls.showIteration(index);
  }

  /** Selects the time of several iterations as a range and zooms to it; null shows everything again. */
  showIterations(window: { readonly first: number; readonly last: number } | null): void {
    const { state } = this.#parts;
    state.range = window === null ? undefined : iterationsRange(state.traces, window.first, window.last);
    this.command(window === null ? 'all' : 'fit');
    this.#controls.endRange();
  }

  /** Shows exactly this span of world time, with or without a range selected. */
  showView(view: TimeRange, range: TimeRange | null): void {
    const { state, navigator } = this.#parts;
    state.range = range ?? undefined;
    navigator.fit(view, 0);
  }

  /** Selects a slice and uncovers its track; the time that is shown stays. */
  showSlice(ref: SliceRef, view: TimeRange): void {
    this.#parts.selector.goTo(ref, view);
  }

  /** Leads to a moment, or fits a range of world time. */
  showTime(startNs: number, endNs: number | null): void {
    this.#controls.showTime(startNs, endNs);
  }

  /** The view as pixels, with heading and legend. */
  picture(heading: PictureHeading): HTMLCanvasElement {
    return pictureCanvas(this.#parts, heading);
  }

  /** The view as the text of an SVG, with heading and legend. */
  svg(heading: PictureHeading): string {
    return pictureSvg(this.#parts, heading);
  }

  dispose(): void {
    const { loop, loaders, surface } = this.#parts;
    loop.dispose();
    this.#input.dispose();
    loaders.dispose();
    surface.dispose();
  }
}
