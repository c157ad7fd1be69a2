// SPDX-License-Identifier: Apache-2.0
import { formatDurationNs } from '#shared/base/units.ts';
import { hitAt, type Hit } from './hit.ts';
import { findTrackRow } from './rows.ts';
import {
  linksOf,
  selectedFromDetails,
  selectedFromHit,
  stepSelection,
  type Linked,
  type Selected,
} from './selection.ts';
import { spanOf } from './viewport.ts';
import { shortName } from './text.ts';
import { trackLabel } from './track-tree.ts';
import type { Camera } from './camera.ts';
import type { TraceWindows } from './scene.ts';
import type { SliceRef, TimelineTrace, TimeRange } from './types.ts';

/**
 * The selected slice and what it is joined to. It answers clicks and arrow keys from the windows at hand, and
 * replaces what they say by the engine's exact details when those come.
 */

const MAX_LINKS = 64;
/** Windows that an arrow key looks through before it gives up. */
const MAX_TRIES = 8;

type Step = 'next' | 'previous' | 'up' | 'down';

interface SelectorHost {
  readonly camera: Camera;
  readonly traces: () => readonly TimelineTrace[];
  readonly windowsOf: (traceIndex: number) => TraceWindows;
  readonly onSelect: (ref: SliceRef | null) => void;
  /** What is drawn over the slices changed. */
  readonly onChange: () => void;
  readonly announce: (text: string) => void;
  /** Opens what hides a level of a track. */
  readonly uncover: (traceIndex: number, trackId: number, lane: number) => void;
}

export class Selector {
  selected: Selected | undefined;
  links: readonly Linked[] = [];

  readonly #host: SelectorHost;
  /** An arrow key that waits for the window which holds its slice. */
  #waiting: { readonly command: 'next' | 'previous'; readonly tries: number } | undefined;
  /** Steps along a name, one after the other: keys may come faster than answers. */
  #steps: Promise<void> = Promise.resolve();

  constructor(host: SelectorHost) {
    this.#host = host;
  }

  /** Follows a trace to its new place among the traces; a slice of one that is gone is dropped. */
  tracesChanged(before: readonly TimelineTrace[]): void {
    const key = this.selected === undefined ? undefined : before[this.selected.traceIndex]?.key;
    if (this.selected === undefined || key === undefined) return;
    const traceIndex = this.#host.traces().findIndex((trace) => trace.key === key);
    if (traceIndex < 0) this.clear();
    else if (this.selected.details === undefined) this.selected = { ...this.selected, traceIndex };
    else void this.#load(traceIndex, this.selected.row, false);
  }

  clear(): void {
    this.#waiting = undefined;
    if (this.selected !== undefined) this.#host.onSelect(null);
    this.#set(undefined);
  }

  /** Selects what is under the pointer. */
  choose(hit: Hit, reveal: boolean): void {
    const trace = this.#host.traces()[hit.traceIndex];
    if (trace === undefined) return;
    this.#waiting = undefined;
    this.#set(selectedFromHit(hit));
    this.#host.onSelect({ traceKey: trace.key, row: hit.row });
    void this.#load(hit.traceIndex, hit.row, reveal);
  }

  /** Selects a slice that the owner names, and moves to it; to a span of time where one is given. */
  goTo(ref: SliceRef, view?: TimeRange): void {
    const traceIndex = this.#host.traces().findIndex(({ key }) => key === ref.traceKey);
    if (traceIndex < 0) return;
    void this.#load(traceIndex, ref.row, true).then(() => {
      if (view !== undefined) this.#host.camera.look(view);
    });
  }

  step(command: Step): void {
    const { camera, windowsOf } = this.#host;
    if (this.selected === undefined) {
      this.#stepIn();
      return;
    }
    const input = { rows: camera.allRows(), selected: this.selected, view: camera.view, windowsOf };
    const hit = stepSelection(input, command);
    if (hit !== undefined) this.choose(hit, true);
    else if (command === 'next' || command === 'previous') this.#lookFurther(command);
  }

  /** Selects the first slice in view; one whose window is still on its way, when that arrives. */
  #stepIn(): void {
    const tries = (this.#waiting?.tries ?? 0) + 1;
    this.#waiting = tries <= MAX_TRIES ? { command: 'next', tries } : undefined;
    const first = this.#firstVisible();
    if (first !== undefined) this.choose(first, true);
  }

  /** Leads to the slice of the same name before or after the selected one, on whatever track. */
  stepName(way: 'next' | 'previous'): void {
    this.#steps = this.#steps.then(() => this.#stepName(way)).catch(() => undefined);
  }

  async #stepName(way: 'next' | 'previous'): Promise<void> {
    const { selected } = this;
    const trace = selected === undefined ? undefined : this.#host.traces()[selected.traceIndex];
    if (selected === undefined || trace === undefined) {
      this.#host.announce('Select a slice: then the next of its name is a key away');
      return;
    }
    const found = (await trace.source.neighbours(selected.row))[way];
    if (this.selected?.row !== selected.row) return;
    if (found === null) {
      this.#host.announce(`No ${way} slice of this name`);
      return;
    }
    this.#host.onSelect({ traceKey: trace.key, row: found.row });
    await this.#load(selected.traceIndex, found.row, true);
  }

  /** New windows are there: an arrow key that waited for them goes on. */
  windowsCame(): void {
    if (this.#waiting !== undefined) this.step(this.#waiting.command);
  }

  /** Nothing more in the windows at hand: moves the view that way and tries again when one has arrived. */
  #lookFurther(command: 'next' | 'previous'): void {
    const { camera } = this.#host;
    const tries = (this.#waiting?.tries ?? 0) + 1;
    const { startNs } = camera.view;
    this.#waiting = { command, tries };
    if (tries <= MAX_TRIES) camera.pan(spanOf(camera.view) * (command === 'next' ? 1 : -1));
    if (camera.view.startNs !== startNs) return;
    this.#waiting = undefined;
    this.#host.announce(`No ${command} slice on this track`);
  }

  #firstVisible(): Hit | undefined {
    const { camera, windowsOf } = this.#host;
    for (const row of [...camera.pinnedRows(), ...camera.visibleRows()]) {
      if (row.type !== 'track') continue;
      const firstLane = row.top + row.height / 2 / row.lanes;
      const hit = hitAt(row, firstLane, camera.centreNs, spanOf(camera.view), camera.view, windowsOf);
      if (hit !== undefined) return hit;
    }
    return undefined;
  }

  #set(selected: Selected | undefined): void {
    this.selected = selected;
    this.links = [];
    this.#host.onChange();
  }

  async #load(traceIndex: number, row: number, reveal: boolean): Promise<void> {
    const trace = this.#host.traces()[traceIndex];
    const before = this.selected;
    if (trace === undefined) return;
    const details = await trace.source.slice(row).catch(() => undefined);
    // Whoever selected something else meanwhile wants that.
    if (details === undefined || this.selected !== before) return;
    const selected = selectedFromDetails(trace, traceIndex, details);
    this.#set(selected);
    if (reveal) this.#host.uncover(traceIndex, selected.trackId, selected.lane);
    const place = findTrackRow(this.#host.camera.allRows(), traceIndex, selected.trackId);
    if (reveal && place !== undefined) this.#host.camera.reveal(place, selected.lane, selected);
    this.#announce(trace, selected);
    void this.#loadLinks(trace, selected);
  }

  async #loadLinks(trace: TimelineTrace, selected: Selected): Promise<void> {
    const wanted = selected.details === undefined ? [] : linksOf(selected.details).slice(0, MAX_LINKS);
    const found = await Promise.all(wanted.map(({ row }) => trace.source.slice(row).catch(() => undefined)));
    if (this.selected !== selected) return;
    this.links = wanted.flatMap(({ category, way }, at) => {
      const details = found[at];
      if (details === undefined) return [];
      const slice = selectedFromDetails(trace, selected.traceIndex, details);
      // A launch call is before its work, whichever of both is selected.
      const isOut = way === 'launch' ? slice.startNs >= selected.startNs : way === 'out';
      return [{ slice, category, isOut }];
    });
    this.#host.onChange();
  }

  #announce(trace: TimelineTrace, { details, trackId }: Selected): void {
    if (details === undefined) return;
    const track = trace.tracks.find(({ id }) => id === trackId);
    const where = track === undefined ? trace.label : `${trace.label}, ${trackLabel(track)}`;
    const length = formatDurationNs(details.durNs);
    this.#host.announce(`${shortName(details.name)}, ${details.kind}, ${length}, ${where}`);
  }
}
