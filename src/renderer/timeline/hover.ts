// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import { kindName } from '#shared/trace/kinds.ts';
import { RULER_BOTTOM, TOP_HEIGHT } from './frame.ts';
import { counterLines } from './draw-points.ts';
import { hitAt, type Hit } from './hit.ts';
import { describeIteration, stripBandAt } from './strip.ts';
import { describeRow } from './tracks.ts';
import type { Camera } from './camera.ts';
import type { InstantHit, Instants } from './instants.ts';
import type { Row } from './rows.ts';
import type { Surface } from './surface.ts';
import type { TraceLoaders } from './trace-loaders.ts';
import type { TimelineTrace } from './types.ts';

/** What is under the pointer: a slice, or the name of a row; it says so beside it. Coordinates are CSS pixels. */

const HIT_REACH_PX = 3;

interface HoverHost {
  readonly camera: Camera;
  readonly surface: Surface;
  readonly loaders: TraceLoaders;
  readonly instants: Instants;
  readonly traces: () => readonly TimelineTrace[];
}

export class Hover {
  pointer: { readonly x: number; readonly y: number } | undefined;
  hit: Hit | undefined;
  /** The row whose name is under the pointer. */
  rowKey: string | undefined;
  readonly #host: HoverHost;

  constructor(host: HoverHost) {
    this.#host = host;
  }

  /** The moment under the pointer; undefined outside of the plot. */
  get moment(): number | undefined {
    const { camera } = this.#host;
    if (this.pointer === undefined || this.pointer.x < camera.gutter) return undefined;
    return camera.timeAt(this.pointer.x);
  }

  /** Whether another row's name is under the pointer now. */
  moveTo(x: number, y: number): boolean {
    const before = this.rowKey;
    this.pointer = { x, y };
    this.rowKey = x < this.#host.camera.gutter ? this.rowAt(y)?.key : undefined;
    this.update();
    return this.rowKey !== before;
  }

  leave(): void {
    this.pointer = undefined;
    this.hit = undefined;
    this.rowKey = undefined;
    this.#host.surface.hideTooltip();
  }

  /** Looks again: what lies under the pointer moved. */
  update(): void {
    const { surface } = this.#host;
    const { pointer } = this;
    const instant = pointer === undefined ? undefined : this.#host.instants.at(pointer.x, pointer.y);
    this.hit = pointer === undefined || instant !== undefined ? undefined : this.hitAt(pointer.x, pointer.y);
    if (pointer === undefined) return surface.hideTooltip();
    const lines = instant === undefined ? this.#linesAt(pointer) : this.#instantLines(instant);
    if (lines === undefined) surface.hideTooltip();
    else surface.showTooltip(lines, pointer.x, pointer.y);
  }

  rowAt(y: number): Row | undefined {
    const { camera } = this.#host;
    return y < TOP_HEIGHT ? undefined : camera.rowAt(y - TOP_HEIGHT + camera.scrollTop);
  }

  /** The number of the iteration under a point of the strip above the rows. */
  iterationAt(x: number, y: number): number | undefined {
    const { camera, traces } = this.#host;
    if (x < camera.gutter || y < RULER_BOTTOM || y >= TOP_HEIGHT) return undefined;
    return stripBandAt(traces(), y, camera.timeAt(x))?.index;
  }

  hitAt(x: number, y: number): Hit | undefined {
    const { camera, loaders } = this.#host;
    if (x < camera.gutter || y < TOP_HEIGHT) return undefined;
    const reachNs = HIT_REACH_PX * camera.nsPerPx;
    const contentY = y - TOP_HEIGHT + camera.scrollTop;
    return hitAt(camera.rowAt(contentY), contentY, camera.timeAt(x), reachNs, camera.view, (at) =>
      loaders.windowsOf(at),
    );
  }

  /** What is there in words: a slice, the name of a row, or a counter's value. */
  #linesAt({ x, y }: { readonly x: number; readonly y: number }): readonly string[] | undefined {
    if (this.hit !== undefined) return this.#lines(this.hit);
    const iteration = this.iterationAt(x, y);
    if (iteration !== undefined) return describeIteration(this.#host.traces(), iteration);
    const row = this.rowAt(y);
    if (row === undefined) return undefined;
    if (this.rowKey !== undefined) return [row.label, describeRow(row)];
    if (row.type !== 'counter') return undefined;
    const { loaders, camera } = this.#host;
    return counterLines(row, loaders.countersOf(row.traceIndex), camera.timeAt(x));
  }

  #instantLines({ traceIndex, name, count }: InstantHit): readonly string[] {
    const text = this.#host.traces()[traceIndex]?.source.name(name) ?? '…';
    return count === 1 ? [text, 'moment'] : [`${formatCount(count)} moments`, `first: ${text}`];
  }

  #lines(hit: Hit): string[] {
    const name = this.#host.traces()[hit.traceIndex]?.source.name(hit.name) ?? '…';
    const length = formatDurationNs(hit.endNs - hit.startNs);
    if (!hit.folded) return [name, `${kindName(hit.kind)} · about ${length}`];
    const count = formatCount(hit.slices);
    return [`${count} slices`, `folded into about ${length}: zoom in to tell them apart`, `longest: ${name}`];
  }
}
