// SPDX-License-Identifier: Apache-2.0
import { formatDurationNs } from '#shared/base/units.ts';
import { INSTANT_HEIGHT, INSTANT_PX } from './draw-points.ts';
import { TOP_HEIGHT } from './frame.ts';
import type { Camera } from './camera.ts';
import type { Row, TrackRow } from './rows.ts';
import type { TraceLoaders } from './trace-loaders.ts';
import type { LoadedWindow } from './window-loader.ts';
import type { InstantRef, TimelineTrace } from './types.ts';

/** Moments on the tracks: which one is under the pointer, and which is selected. */

export interface InstantHit {
  readonly index: number;
  readonly traceIndex: number;
  readonly trackId: number;
  readonly kind: number;
  readonly name: number;
  /** Instants that this mark stands for; it is the first of them. */
  readonly count: number;
  /** World time, as coarse as the window. */
  readonly atNs: number;
}

const REACH_PX = INSTANT_PX + 1;

interface InstantsHost {
  readonly camera: Camera;
  readonly loaders: Pick<TraceLoaders, 'instantsOf'>;
  readonly traces: () => readonly TimelineTrace[];
  readonly onSelect: (ref: InstantRef | null) => void;
  readonly onChange: () => void;
  readonly announce: (text: string) => void;
}

function hitsOf(row: TrackRow, loaded: LoadedWindow | undefined): InstantHit[] {
  const own = loaded?.tracks.get(row.track.id);
  if (loaded === undefined || own === undefined) return [];
  const { view } = loaded;
  return Array.from({ length: own.count }, (_, offset) => {
    const at = own.first + offset;
    return {
      index: view.row[at] ?? 0,
      traceIndex: row.traceIndex,
      trackId: row.track.id,
      kind: view.kind[at] ?? 0,
      name: view.name[at] ?? 0,
      count: view.slices[at] ?? 1,
      atNs: loaded.startNs + (view.x0[at] ?? 0) * loaded.nsPerUnit,
    };
  });
}

const hasInstants = (row: Row | undefined): row is TrackRow =>
  row?.type === 'track' && row.track.instantCount > 0;

export class Instants {
  selected: InstantHit | undefined;
  readonly #host: InstantsHost;

  constructor(host: InstantsHost) {
    this.#host = host;
  }

  /** The mark under a point of the canvas: at the upper edge of a row, or anywhere where no slices are. */
  at(x: number, y: number): InstantHit | undefined {
    const { camera, loaders } = this.#host;
    const contentY = y - TOP_HEIGHT + camera.scrollTop;
    const row = y < TOP_HEIGHT || x < camera.gutter ? undefined : camera.rowAt(contentY);
    if (!hasInstants(row)) return undefined;
    if (row.track.sliceCount > 0 && contentY - row.top > INSTANT_HEIGHT + 1) return undefined;
    const reachNs = REACH_PX * camera.nsPerPx;
    const away = ({ atNs }: InstantHit): number => Math.abs(atNs - camera.timeAt(x));
    const near = hitsOf(row, loaders.instantsOf(row.traceIndex)).filter((hit) => away(hit) <= reachNs);
    return near.toSorted((a, b) => away(a) - away(b))[0];
  }

  choose(hit: InstantHit): void {
    const trace = this.#host.traces()[hit.traceIndex];
    if (trace === undefined) return;
    this.selected = hit;
    this.#host.onSelect({ traceKey: trace.key, index: hit.index });
    this.#host.onChange();
    void this.#say(trace, hit);
  }

  /** Its exact moment takes the place of the window's coarse one. */
  async #say(trace: TimelineTrace, hit: InstantHit): Promise<void> {
    const details = await trace.source.instant(hit.index).catch(() => undefined);
    if (details === undefined || this.selected !== hit) return;
    const atNs = details.timeNs + trace.offsetNs;
    this.selected = { ...hit, atNs };
    this.#host.announce(`${details.name}, moment at ${formatDurationNs(atNs)}, ${trace.label}`);
    this.#host.onChange();
  }

  clear(): void {
    if (this.selected === undefined) return;
    this.selected = undefined;
    this.#host.onSelect(null);
    this.#host.onChange();
  }

  /** To the nearest one before or after, on whatever row is in sight; from the selected one or the middle of the view. */
  step(direction: 1 | -1): void {
    const { camera, loaders, announce } = this.#host;
    const rows = [...camera.pinnedRows(), ...camera.visibleRows()].filter(hasInstants);
    const fromNs = this.selected?.atNs ?? camera.centreNs;
    const beyond = rows
      .flatMap((row) => hitsOf(row, loaders.instantsOf(row.traceIndex)))
      .filter((hit) => hit.index !== this.selected?.index && (hit.atNs - fromNs) * direction > 0)
      .toSorted((a, b) => (a.atNs - b.atNs) * direction);
    const [next] = beyond;
    if (next === undefined) return announce('No moment that way on the rows in sight');
    this.choose(next);
    if (next.atNs < camera.view.startNs || next.atNs > camera.view.endNs) {
      camera.pan(next.atNs - camera.centreNs);
    }
  }

  /** A trace that is gone, or at another place, takes its moment with it. */
  tracesChanged(): void {
    this.clear();
  }
}
