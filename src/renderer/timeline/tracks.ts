// SPDX-License-Identifier: Apache-2.0
import {
  NO_ARRANGEMENT,
  withAllShown,
  withCollapsed,
  withHidden,
  withMoved,
  withNextHeight,
  withPinToggled,
  withRevealed,
  type Arrangement,
} from './arrangement.ts';
import { findTrackRow, layoutRows, opens, type HeaderRow, type Row, type RowLayout } from './rows.ts';
import { plural } from '#renderer/base/format.ts';
import { counterSpan } from './counter-text.ts';
import { pathTo } from './track-tree.ts';
import type { Camera } from './camera.ts';
import type { TimelineTrace } from './types.ts';

/**
 * The rows as the user arranges them: one row is the active one, which keys open, pin, hide and move. Every
 * change makes a new arrangement and a new layout, and is told to the owner, who keeps it.
 */

interface TracksHost {
  readonly camera: Camera;
  readonly traces: () => readonly TimelineTrace[];
  readonly onArrangement: (arrangement: Arrangement) => void;
  /** The rows are others now. */
  readonly onLayout: (layout: RowLayout) => void;
  readonly announce: (text: string) => void;
}

/** What can be done with the active row. */
export type RowCommand =
  'row-up' | 'row-down' | 'toggle' | 'pin' | 'hide' | 'show-all' | 'move-up' | 'move-down' | 'height';

export class Tracks {
  arrangement: Arrangement = NO_ARRANGEMENT;
  activeKey: string | undefined;
  #filter = '';
  readonly #host: TracksHost;

  constructor(host: TracksHost) {
    this.#host = host;
  }

  get filter(): string {
    return this.#filter;
  }

  /** The row that keys act on, where it is now. */
  get active(): Row | undefined {
    return this.#host.camera.allRows().find(({ key }) => key === this.activeKey);
  }

  /** Takes what the owner kept; it is not told back. */
  set(arrangement: Arrangement, filter: string): void {
    if (arrangement === this.arrangement && filter === this.#filter) return;
    this.arrangement = arrangement;
    this.#filter = filter;
    this.relayout(false);
  }

  relayout(first: boolean): void {
    const { camera, traces, onLayout } = this.#host;
    const layout = layoutRows(traces(), this.arrangement, this.#filter);
    camera.setContent(traces(), layout, first);
    onLayout(layout);
  }

  command(command: RowCommand): void {
    const row = this.active;
    if (command === 'row-up' || command === 'row-down') return this.#step(command === 'row-up' ? -1 : 1);
    if (command === 'show-all') return this.#change(withAllShown(this.arrangement), 'All tracks are shown');
    if (command === 'height') return this.#nextHeight();
    if (row === undefined) return this.#host.announce('No row is chosen: Shift and an arrow key choose one');
    if (command === 'toggle') return this.toggle(row);
    if (command === 'pin') return this.pin(row);
    if (command === 'hide') return this.hide(row);
    return this.#move(row, command === 'move-up' ? -1 : 1);
  }

  activate(row: Row): void {
    this.activeKey = row.key;
    this.#host.announce(describeRow(row));
  }

  toggle(row: Row): void {
    this.activeKey = row.key;
    if (!opens(row)) return this.#host.announce(`${row.label} has no more levels`);
    const said = `${row.label} ${row.collapsed ? 'expanded' : 'collapsed'}`;
    this.#change(withCollapsed(this.arrangement, row.key, !row.collapsed), said);
  }

  pin(row: Row): void {
    this.activeKey = row.key;
    if (row.type === 'header') return this.#host.announce('Groups stay where they are: pin their tracks');
    const said = `${row.label} ${row.pinned ? 'is back in its group' : 'pinned to the top'}`;
    this.#change(withPinToggled(this.arrangement, row.key), said);
  }

  hide(row: Row): void {
    const rows = this.#host.camera.allRows();
    const at = rows.findIndex(({ key }) => key === row.key);
    const next = rows.slice(at + 1).find(({ depth }) => depth <= row.depth) ?? rows[at - 1];
    this.activeKey = next?.key;
    this.#change(withHidden(this.arrangement, row.key), `${row.label} hidden`);
  }

  /** Puts a row where another of its group is. */
  dropOn(row: Row, target: Row): void {
    const siblings = this.#siblings(row);
    const to = siblings.findIndex(({ key }) => key === target.key);
    if (to < 0) return this.#host.announce('A row moves within its own group');
    this.#moveTo(row, siblings, to);
  }

  /** Opens the groups and levels that hide a slice. */
  uncover(traceIndex: number, trackId: number, lane: number): void {
    const row = findTrackRow(this.#host.camera.allRows(), traceIndex, trackId);
    if (row !== undefined && lane < row.lanes) return;
    const path = pathTo(this.#host.camera.layout.tree, traceIndex, trackId);
    if (path.length === 0) return;
    // Of a row that is there only its levels are missing.
    this.#filter = row === undefined ? '' : this.#filter;
    const keys = row === undefined && lane === 0 ? path.slice(0, -1) : path;
    const hidden = this.arrangement.hidden.filter((key) => key !== path.at(-1));
    this.#change(withRevealed({ ...this.arrangement, hidden }, keys), '');
  }

  #step(direction: 1 | -1): void {
    const rows = this.#host.camera.allRows();
    const from = rows.findIndex(({ key }) => key === this.activeKey);
    const next = rows[from < 0 ? 0 : Math.min(Math.max(from + direction, 0), rows.length - 1)];
    if (next === undefined) return;
    this.#host.camera.revealRow(next);
    this.activate(next);
  }

  #siblings(row: Row): readonly Row[] {
    const { camera } = this.#host;
    if (row.pinned) return camera.pinnedRows();
    return camera.layout.rows.filter(({ parentKey }) => parentKey === row.parentKey);
  }

  #move(row: Row, direction: 1 | -1): void {
    const siblings = this.#siblings(row);
    const to = siblings.findIndex(({ key }) => key === row.key) + direction;
    if (to < 0 || to >= siblings.length) {
      return this.#host.announce(`${row.label} is the ${direction < 0 ? 'first' : 'last'} of its group`);
    }
    this.#moveTo(row, siblings, to);
  }

  #moveTo(row: Row, siblings: readonly Row[], to: number): void {
    this.activeKey = row.key;
    const keys = siblings.map(({ key }) => key);
    const said = `${row.label} is now ${to + 1} of ${siblings.length}`;
    this.#change(withMoved(this.arrangement, row.key, row.parentKey, keys, to), said);
  }

  #nextHeight(): void {
    const next = withNextHeight(this.arrangement);
    this.#change(next, `Rows are ${next.rowHeight}`);
  }

  #change(arrangement: Arrangement, said: string): void {
    this.arrangement = arrangement;
    this.relayout(false);
    const { active } = this;
    if (active !== undefined) this.#host.camera.revealRow(active);
    if (said !== '') this.#host.announce(said);
    this.#host.onArrangement(arrangement);
  }
}

/** What a group holds, in words. */
export function describeContents({ trackIds, counterCount }: HeaderRow): string {
  const tracks = plural(trackIds.length, 'track');
  if (counterCount === 0) return tracks;
  const counters = plural(counterCount, 'counter');
  return trackIds.length === 0 ? counters : `${tracks}, ${counters}`;
}

/** A row in words, for those who cannot see it. */
export function describeRow(row: Row): string {
  const pinned = row.pinned ? ', pinned' : '';
  if (row.type === 'track') {
    const levels = row.track.lanes > 1 ? `, ${row.lanes} of ${row.track.lanes} levels` : '';
    return `${row.label}${levels}${pinned}`;
  }
  if (row.type === 'counter') return `${row.label}, ${counterSpan(row.counter)}${pinned}`;
  return `${row.label}, ${describeContents(row)}, ${row.collapsed ? 'collapsed' : 'expanded'}`;
}
