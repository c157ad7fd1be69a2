// SPDX-License-Identifier: Apache-2.0
import type { Track } from '#shared/contract/engine.ts';
import type { Counter } from '#shared/contract/points.ts';
import { NO_ARRANGEMENT, type Arrangement, type RowHeight } from './arrangement.ts';
import { countersBelow, tracksBelow, trackTree, type NodeLevel, type TrackNode } from './track-tree.ts';
import type { TimelineTrace } from './types.ts';

/**
 * The tree of tracks as rows, top to bottom, as the user arranged and filtered them. Heights count from the
 * top of the content; pinned rows lie before the others and do not scroll.
 */

export const HEADER_HEIGHT = 22;
const COLLAPSED_HEIGHT = 40;
const TRACK_PADDING = 3;
const LANE_STEPS: Readonly<Record<RowHeight, number>> = { compact: 13, normal: 19, tall: 27 };
const COUNTER_HEIGHTS: Readonly<Record<RowHeight, number>> = { compact: 26, normal: 40, tall: 64 };
/** A track with more levels than this shows only the first few until it is opened. */
const MANY_LANES = 16;
const FEW_LANES = 6;
/** From so many traces on, processes of all but the first are closed at first. */
const MANY_TRACES = 4;
/** From so many on, all but the first are one row each. */
const TRACES_AS_ROWS = 16;

interface RowBase {
  readonly key: string;
  readonly parentKey: string;
  readonly level: NodeLevel;
  readonly depth: number;
  readonly top: number;
  readonly height: number;
  readonly traceIndex: number;
  readonly label: string;
  /** The device whose GPU windows are this row's iteration bands; null for host rows. */
  readonly deviceId: number | null;
  /** Closed: a group shows how busy its tracks are, a deep track its first levels. */
  readonly collapsed: boolean;
  readonly pinned: boolean;
}

export interface HeaderRow extends RowBase {
  readonly type: 'header';
  /** Tracks at or below it that are not hidden. */
  readonly trackIds: readonly number[];
  /** Those whose work it shows while it is closed: of a rank its devices, if it has any. */
  readonly workIds: readonly number[];
  /** Counters at or below it that are not hidden. */
  readonly counterCount: number;
}

export interface TrackRow extends RowBase {
  readonly type: 'track';
  readonly track: Track;
  /** Levels that are shown. */
  readonly lanes: number;
  /** Height of one level with its gap. */
  readonly laneStep: number;
}

/** Values over time as an area. */
export interface CounterRow extends RowBase {
  readonly type: 'counter';
  readonly counter: Counter;
}

export type Row = HeaderRow | TrackRow | CounterRow;

export interface RowLayout {
  readonly tree: readonly TrackNode[];
  /** What scrolls; the first row's top is `pinnedHeight`. */
  readonly rows: readonly Row[];
  readonly pinned: readonly Row[];
  readonly pinnedHeight: number;
  readonly height: number;
  /** Tracks that no filter, but the user hid. */
  readonly hiddenCount: number;
}

export const NO_LAYOUT: RowLayout = {
  tree: [],
  rows: [],
  pinned: [],
  pinnedHeight: 0,
  height: 0,
  hiddenCount: 0,
};

/** Top of a lane within its row. */
export const laneTop = (row: Pick<TrackRow, 'laneStep'>, lane: number): number =>
  TRACK_PADDING + lane * row.laneStep;

/** Lane under a height within a row. */
export const laneAt = (row: Pick<TrackRow, 'laneStep'>, withinRow: number): number =>
  Math.floor((withinRow - TRACK_PADDING) / row.laneStep);

/** Whether a track has more levels than it shows at first. */
const isDeep = (track: Track): boolean => track.lanes > MANY_LANES;

/** Whether a row can be closed and opened: a group, or a track with more levels than it shows at first. */
export const opens = (row: Row): boolean =>
  row.type === 'header' || (row.type === 'track' && isDeep(row.track));

interface LayoutContext {
  readonly arrangement: Arrangement;
  readonly filter: string;
  readonly traceCount: number;
  readonly hidden: ReadonlySet<string>;
  readonly pinned: ReadonlySet<string>;
}

function isCollapsed(node: TrackNode, { arrangement, traceCount }: LayoutContext): boolean {
  const chosen = arrangement.collapsed[node.key];
  if (chosen !== undefined) return chosen;
  if (node.track !== undefined) return isDeep(node.track);
  if (node.level === 'counters') return true;
  if (node.traceIndex === 0) return false;
  return (
    traceCount >= (node.level === 'rank' ? TRACES_AS_ROWS : node.level === 'process' ? MANY_TRACES : Infinity)
  );
}

const matches = (node: TrackNode, filter: string): boolean => node.label.toLowerCase().includes(filter);

const holdsMatch = (node: TrackNode, filter: string): boolean =>
  matches(node, filter) || node.children.some((child) => holdsMatch(child, filter));

class Rows {
  readonly rows: Row[] = [];
  readonly pinned: Row[] = [];
  hiddenCount = 0;
  readonly #context: LayoutContext;

  constructor(context: LayoutContext) {
    this.#context = context;
  }

  /** `filter` is empty below a group that matches: all of it is shown. Of a closed group only pinned tracks are. */
  visit(node: TrackNode, depth: number, filter: string, closed = false): void {
    const { hidden } = this.#context;
    if (hidden.has(node.key)) {
      this.hiddenCount += 1;
      return;
    }
    if (!holdsMatch(node, filter)) return;
    const below = matches(node, filter) ? '' : filter;
    if (node.track !== undefined) this.#addTrack(node, node.track, depth, closed);
    else if (node.counter !== undefined) this.#addCounter(node, node.counter, depth, closed);
    else if (closed) for (const child of node.children) this.visit(child, depth + 1, below, true);
    else this.#addGroup(node, depth, below);
  }

  #addTrack(node: TrackNode, track: Track, depth: number, closed: boolean): void {
    const { arrangement, pinned } = this.#context;
    if (closed && !pinned.has(node.key)) return;
    const collapsed = isCollapsed(node, this.#context);
    const laneStep = LANE_STEPS[arrangement.rowHeight];
    const lanes = Math.max(1, collapsed ? Math.min(track.lanes, FEW_LANES) : track.lanes);
    const isPinned = pinned.has(node.key);
    const list = isPinned ? this.pinned : this.rows;
    list.push({
      ...this.#base(node, depth),
      type: 'track',
      height: lanes * laneStep + 2 * TRACK_PADDING,
      collapsed,
      pinned: isPinned,
      track,
      lanes,
      laneStep,
    });
  }

  #addCounter(node: TrackNode, counter: Counter, depth: number, closed: boolean): void {
    const pinned = this.#context.pinned.has(node.key);
    if (closed && !pinned) return;
    const height = COUNTER_HEIGHTS[this.#context.arrangement.rowHeight];
    const row = { ...this.#base(node, depth), type: 'counter' as const, height, pinned, counter };
    (pinned ? this.pinned : this.rows).push({ ...row, collapsed: false });
  }

  #addGroup(node: TrackNode, depth: number, filter: string): void {
    const collapsed = filter === '' && this.#context.filter === '' && isCollapsed(node, this.#context);
    const shown = this.#withoutHidden(node);
    const tracks = tracksBelow(shown);
    const devices = node.level === 'rank' ? tracks.filter(({ type }) => type === 'gpu-stream') : [];
    const row: HeaderRow = {
      ...this.#base(node, depth),
      type: 'header',
      height: collapsed ? COLLAPSED_HEIGHT : HEADER_HEIGHT,
      collapsed,
      pinned: false,
      trackIds: tracks.map(({ id }) => id),
      workIds: (devices.length > 0 ? devices : tracks).map(({ id }) => id),
      counterCount: countersBelow(shown),
    };
    this.rows.push(row);
    for (const child of node.children) this.visit(child, depth + 1, filter, collapsed);
  }

  #withoutHidden(node: TrackNode): TrackNode {
    const children = node.children.filter(({ key }) => !this.#context.hidden.has(key));
    return { ...node, children: children.map((child) => this.#withoutHidden(child)) };
  }

  #base({ key, parentKey, level, label, traceIndex, deviceId }: TrackNode, depth: number) {
    return { key, parentKey, level, label, traceIndex, deviceId, depth, top: 0 };
  }
}

/** The rows one below the other from a height on, and where they end. */
function stacked(rows: readonly Row[], from: number): readonly [Row[], number] {
  let top = from;
  const placed = rows.map((row) => {
    const here = { ...row, top };
    top += row.height;
    return here;
  });
  return [placed, top];
}

/** All rows of the traces. Tracks that hold nothing have no row. */
export function layoutRows(
  traces: readonly TimelineTrace[],
  arrangement: Arrangement = NO_ARRANGEMENT,
  filter = '',
): RowLayout {
  const tree = trackTree(traces, arrangement.order);
  const wanted = filter.trim().toLowerCase();
  const made = new Rows({
    arrangement,
    filter: wanted,
    traceCount: traces.length,
    hidden: new Set(arrangement.hidden),
    pinned: new Set(arrangement.pinned),
  });
  for (const node of tree) made.visit(node, 0, wanted);
  const rank = (row: Row): number => arrangement.pinned.indexOf(row.key);
  const [pinned, pinnedHeight] = stacked(
    made.pinned.toSorted((a, b) => rank(a) - rank(b)),
    0,
  );
  const [rows, height] = stacked(made.rows, pinnedHeight);
  return { tree, rows, pinned, pinnedHeight, height, hiddenCount: made.hiddenCount };
}

/** Index range [from, to) of the rows that cross a span of heights. */
export function rowsBetween(
  { rows }: Pick<RowLayout, 'rows'>,
  top: number,
  bottom: number,
): readonly [number, number] {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && row.top + row.height <= top) low = middle + 1;
    else high = middle;
  }
  let to = low;
  for (let row = rows[to]; row !== undefined && row.top < bottom; row = rows[to]) to += 1;
  return [low, to];
}

/** The track row of a trace, by track id. */
export function findTrackRow(
  rows: readonly Row[],
  traceIndex: number,
  trackId: number,
): TrackRow | undefined {
  return rows.find(
    (row): row is TrackRow =>
      row.type === 'track' && row.traceIndex === traceIndex && row.track.id === trackId,
  );
}
