// SPDX-License-Identifier: Apache-2.0
import type { Track } from '#shared/contract/engine.ts';
import type { TimelineTrace } from './types.ts';

/**
 * The vertical order: rank by rank, GPUs before processes before the recorder's own rows; a header for
 * each, then its tracks.
 */

export const LANE_HEIGHT = 18;
export const LANE_STEP = 19;
export const HEADER_HEIGHT = 22;
const TRACK_PADDING = 3;

interface RowBase {
  readonly top: number;
  readonly height: number;
  readonly traceIndex: number;
  readonly label: string;
  /** The device whose GPU windows are this row's iteration bands; null for host rows. */
  readonly deviceId: number | null;
}

export interface HeaderRow extends RowBase {
  readonly type: 'header';
}

export interface TrackRow extends RowBase {
  readonly type: 'track';
  readonly track: Track;
}

export type Row = HeaderRow | TrackRow;

export interface RowLayout {
  readonly rows: readonly Row[];
  readonly height: number;
}

interface Group {
  readonly label: string;
  readonly deviceId: number | null;
  readonly tracks: Track[];
}

const isGpu = (track: Track): boolean => track.type === 'gpu-stream';

// Kineto files what the recorder itself did under no process: its span under a name, its overhead under -1.
const SPAN_PID = 'Spans';
const isOverhead = (track: Track): boolean => track.type === 'other' && Number(track.pid) < 0;
const isRecorder = (track: Track): boolean =>
  track.type === 'other' && (track.pid === SPAN_PID || isOverhead(track));

const place = (track: Track): number => (isGpu(track) ? 0 : isRecorder(track) ? 2 : 1);

function compareTracks(a: Track, b: Track): number {
  return place(a) - place(b) || a.sortIndex - b.sortIndex || a.id - b.id;
}

function groupLabel(track: Track, deviceNames: ReadonlyMap<number, string>): string {
  if (isGpu(track)) {
    const device = track.deviceId === null ? 'GPU' : `GPU ${track.deviceId}`;
    const name = track.deviceId === null ? undefined : deviceNames.get(track.deviceId);
    return name === undefined ? device : `${device} · ${name}`;
  }
  if (isRecorder(track)) return 'Recorder';
  return track.processName === '' ? `Process ${track.pid}` : `${track.processName} · process ${track.pid}`;
}

function groupKey(track: Track): string {
  if (isGpu(track)) return `gpu ${track.deviceId ?? track.pid}`;
  return isRecorder(track) ? 'recorder' : `process ${track.pid}`;
}

function groupTracks({ tracks, deviceNames }: TimelineTrace): Group[] {
  const groups = new Map<string, Group>();
  for (const track of tracks.filter(({ sliceCount }) => sliceCount > 0).toSorted(compareTracks)) {
    const key = groupKey(track);
    const group = groups.get(key) ?? {
      label: groupLabel(track, deviceNames),
      deviceId: isGpu(track) ? track.deviceId : null,
      tracks: [],
    };
    group.tracks.push(track);
    groups.set(key, group);
  }
  return [...groups.values()];
}

export const trackHeight = (lanes: number): number => Math.max(1, lanes) * LANE_STEP + 2 * TRACK_PADDING;

/** Top of a lane within its row. */
export const laneTop = (lane: number): number => TRACK_PADDING + lane * LANE_STEP;

/** Lane under a height within a row. */
export const laneAt = (withinRow: number): number => Math.floor((withinRow - TRACK_PADDING) / LANE_STEP);

/** A track as people know it; the thread or stream number is kept, since names repeat. */
export function trackLabel(track: Track): string {
  if (isRecorder(track)) return isOverhead(track) ? 'recording overhead' : 'recorded span';
  const unnamed = isGpu(track) ? `stream ${track.tid}` : `thread ${track.tid}`;
  const name = track.name.trim() === '' ? unnamed : track.name.trim();
  return track.section === null ? name : `${name} · ${track.section}`;
}

/** All rows of the traces, top to bottom. Tracks without slices have no row. */
export function layoutRows(traces: readonly TimelineTrace[]): RowLayout {
  const rows: Row[] = [];
  let top = 0;
  const add = (row: Omit<HeaderRow, 'top'> | Omit<TrackRow, 'top'>): void => {
    rows.push({ ...row, top });
    top += row.height;
  };
  traces.forEach((trace, traceIndex) => {
    for (const group of groupTracks(trace)) {
      const { deviceId } = group;
      const label = `${trace.label} · ${group.label}`;
      add({ type: 'header', height: HEADER_HEIGHT, traceIndex, label, deviceId });
      for (const track of group.tracks) {
        const height = trackHeight(track.lanes);
        add({ type: 'track', height, traceIndex, label: trackLabel(track), deviceId, track });
      }
    }
  });
  return { rows, height: top };
}

/** Index range [from, to) of the rows that cross a span of heights. */
export function rowsBetween(layout: RowLayout, top: number, bottom: number): readonly [number, number] {
  let low = 0;
  let high = layout.rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = layout.rows[middle];
    if (row !== undefined && row.top + row.height <= top) low = middle + 1;
    else high = middle;
  }
  let to = low;
  for (let row = layout.rows[to]; row !== undefined && row.top < bottom; row = layout.rows[to]) to += 1;
  return [low, to];
}

/** The track row of a trace, by track id. */
export function findTrackRow(layout: RowLayout, traceIndex: number, trackId: number): TrackRow | undefined {
  return layout.rows.find(
    (row): row is TrackRow =>
      row.type === 'track' && row.traceIndex === traceIndex && row.track.id === trackId,
  );
}
