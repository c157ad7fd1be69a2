// SPDX-License-Identifier: Apache-2.0
import type { Track } from '#shared/contract/engine.ts';
import type { Arrangement } from './arrangement.ts';
import { groupBy } from './group-by.ts';
import type { TimelineTrace } from './types.ts';

/**
 * The tracks as people think of them: rank by rank (where there are several), GPUs before processes before
 * the recorder's own rows, then streams and threads, and below a thread its sections.
 */

export type NodeLevel = 'rank' | 'gpu' | 'process' | 'recorder' | 'thread' | 'track';

export interface TrackNode {
  /** The same in every trace of a kind. */
  readonly key: string;
  readonly parentKey: string;
  readonly level: NodeLevel;
  readonly label: string;
  readonly traceIndex: number;
  /** The device whose GPU windows are its iteration bands; null for host rows. */
  readonly deviceId: number | null;
  readonly track: Track | undefined;
  readonly children: readonly TrackNode[];
}

type Part = Pick<TrackNode, 'level' | 'label' | 'deviceId' | 'track'> & {
  readonly name: string;
  readonly parts: readonly Part[];
};

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

/** A track as people know it; the thread or stream number is kept, since names repeat. */
export function trackLabel(track: Track): string {
  if (isRecorder(track)) return isOverhead(track) ? 'recording overhead' : 'recorded span';
  const unnamed = isGpu(track) ? `stream ${track.tid}` : `thread ${track.tid}`;
  const name = track.name.trim() === '' ? unnamed : track.name.trim();
  return track.section === null ? name : `${name} · ${track.section}`;
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

const groupId = (track: Track): string =>
  isGpu(track)
    ? `gpu ${track.deviceId ?? track.pid}`
    : isRecorder(track)
      ? 'recorder'
      : `process ${track.pid}`;

/** What stays the same from trace to trace: process numbers do not. */
const groupName = (track: Track): string =>
  isGpu(track) || isRecorder(track) || track.processName === ''
    ? groupId(track)
    : `process ${track.processName}`;

function trackPart(track: Track): Part {
  const deviceId = isGpu(track) ? track.deviceId : null;
  const label = trackLabel(track);
  return { level: 'track', label, name: label, deviceId, track, parts: [] };
}

/** Tracks of one group; the sections of a thread stand below it. */
function partsOf(tracks: readonly Track[]): Part[] {
  const byThread = groupBy(tracks, ({ tid }) => tid);
  return [...byThread.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || own.length < 2 || isGpu(first)) return own.map(trackPart);
    const label = trackLabel({ ...first, section: null });
    const parts = own.map(trackPart);
    return [{ level: 'thread', label, name: label, deviceId: null, track: undefined, parts }];
  });
}

/** `prefix` tells whose groups they are where there are several traces. */
function groupsOf({ tracks, deviceNames }: TimelineTrace, prefix: string): Part[] {
  const used = tracks.filter(({ sliceCount }) => sliceCount > 0).toSorted(compareTracks);
  return [...groupBy(used, groupId).values()].flatMap((own): Part[] => {
    const [first] = own;
    if (first === undefined) return [];
    return [
      {
        level: isGpu(first) ? 'gpu' : isRecorder(first) ? 'recorder' : 'process',
        label: `${prefix}${groupLabel(first, deviceNames)}`,
        name: groupName(first),
        deviceId: isGpu(first) ? first.deviceId : null,
        track: undefined,
        parts: partsOf(own),
      },
    ];
  });
}

/** In the user's order where there is one; what that does not name follows. */
function ordered(nodes: readonly TrackNode[], order: readonly string[] | undefined): readonly TrackNode[] {
  if (order === undefined) return nodes;
  const rank = new Map(order.map((key, at) => [key, at]));
  const of = ({ key }: TrackNode): number => rank.get(key) ?? order.length;
  return nodes.toSorted((a, b) => of(a) - of(b));
}

function nodesOf(
  parts: readonly Part[],
  parentKey: string,
  traceIndex: number,
  order: Arrangement['order'],
): readonly TrackNode[] {
  const seen = new Map<string, number>();
  const nodes = parts.map(({ name, parts: below, ...part }): TrackNode => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const key = `${parentKey}/${name}${count > 1 ? `#${count}` : ''}`;
    return { ...part, key, parentKey, traceIndex, children: nodesOf(below, key, traceIndex, order) };
  });
  return ordered(nodes, order[parentKey]);
}

export function trackTree(
  traces: readonly TimelineTrace[],
  order: Arrangement['order'],
): readonly TrackNode[] {
  if (traces.length === 1) return traces.flatMap((trace) => nodesOf(groupsOf(trace, ''), '', 0, order));
  const ranks = traces.map((trace, traceIndex): TrackNode => {
    const key = `/${trace.label}`;
    const children = nodesOf(groupsOf(trace, `${trace.label} · `), key, traceIndex, order);
    const base = { key, parentKey: '', traceIndex, children, track: undefined, deviceId: null };
    return { ...base, level: 'rank', label: trace.label };
  });
  return ordered(
    ranks.filter(({ children }) => children.length > 0),
    order[''],
  );
}

/** All tracks at or below a node. */
export function tracksBelow(node: TrackNode): readonly Track[] {
  return node.track === undefined ? node.children.flatMap(tracksBelow) : [node.track];
}

/** The keys from the top down to a track; empty when there is none. */
export function pathTo(nodes: readonly TrackNode[], traceIndex: number, trackId: number): readonly string[] {
  for (const node of nodes) {
    if (node.traceIndex !== traceIndex) continue;
    if (node.track?.id === trackId) return [node.key];
    const below = pathTo(node.children, traceIndex, trackId);
    if (below.length > 0) return [node.key, ...below];
  }
  return [];
}
