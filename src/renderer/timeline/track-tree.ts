// SPDX-License-Identifier: Apache-2.0
import type { Track } from '#shared/contract/engine.ts';
import type { Counter } from '#shared/contract/points.ts';
import type { Arrangement } from './arrangement.ts';
import { groupBy } from './group-by.ts';
import type { TimelineTrace } from './types.ts';

/**
 * The tracks as people think of them: rank by rank (where there are several), GPUs before processes before
 * the recorder's own rows, then streams and threads, below a thread its sections, and counters last.
 */

export type NodeLevel = GroupLevel | 'rank' | 'thread' | 'counters' | 'track' | 'counter';
type GroupLevel = 'gpu' | 'process' | 'recorder';

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
  readonly counter: Counter | undefined;
  readonly children: readonly TrackNode[];
}

type Part = Pick<TrackNode, 'level' | 'label' | 'deviceId' | 'track' | 'counter'> & {
  readonly name: string;
  readonly parts: readonly Part[];
};

/** What holds others is neither. */
const GROUP = { track: undefined, counter: undefined, deviceId: null } as const;

const isGpu = (track: Track): boolean => track.type === 'gpu-stream';

// Kineto files what the recorder itself did under no process: its span under a name, its overhead under -1, and
// moments of the whole trace under none.
const SPAN_PID = 'Spans';
const isOverhead = (track: Track): boolean => track.type === 'other' && Number(track.pid) < 0;
const isRecorder = (track: Track): boolean =>
  track.type === 'other' && (track.pid === SPAN_PID || track.pid === '' || isOverhead(track));

const place = (track: Track): number => (isGpu(track) ? 0 : isRecorder(track) ? 2 : 1);

function compareTracks(a: Track, b: Track): number {
  return place(a) - place(b) || a.sortIndex - b.sortIndex || a.id - b.id;
}

/** A track as people know it; the thread or stream number is kept, since names repeat. */
export function trackLabel(track: Track): string {
  if (isRecorder(track) && track.pid !== '') {
    return isOverhead(track) ? 'recording overhead' : 'recorded span';
  }
  const unnamed = isGpu(track) ? `stream ${track.tid}` : `thread ${track.tid}`;
  const name = track.name.trim() === '' ? unnamed : track.name.trim();
  return track.section === null ? name : `${name} · ${track.section}`;
}

/** What tracks and counters share a group by. */
interface Group {
  readonly level: GroupLevel;
  readonly deviceId: number | null;
  readonly pid: string;
  readonly processName: string;
}

function groupOfTrack(track: Track): Group {
  const { pid, processName } = track;
  if (isGpu(track)) return { level: 'gpu', deviceId: track.deviceId, pid, processName };
  return { level: isRecorder(track) ? 'recorder' : 'process', deviceId: null, pid, processName };
}

const groupOfCounter = ({ deviceId, pid, processName }: Counter): Group => ({
  level: deviceId === null ? 'process' : 'gpu',
  deviceId,
  pid,
  processName,
});

const LEVELS: readonly GroupLevel[] = ['gpu', 'process', 'recorder'];

function groupLabel(
  { level, deviceId, pid, processName }: Group,
  names: ReadonlyMap<number, string>,
): string {
  if (level === 'recorder') return 'Recorder';
  if (level === 'process') return processName === '' ? `Process ${pid}` : `${processName} · process ${pid}`;
  const device = deviceId === null ? 'GPU' : `GPU ${deviceId}`;
  const name = deviceId === null ? undefined : names.get(deviceId);
  return name === undefined ? device : `${device} · ${name}`;
}

const groupId = ({ level, deviceId, pid }: Group): string =>
  level === 'recorder' ? level : `${level} ${level === 'gpu' ? (deviceId ?? pid) : pid}`;

/** What stays the same from trace to trace: process numbers do not. */
const groupName = (group: Group): string =>
  group.level === 'process' && group.processName !== '' ? `process ${group.processName}` : groupId(group);

function trackPart(track: Track): Part {
  const deviceId = isGpu(track) ? track.deviceId : null;
  const label = trackLabel(track);
  return { level: 'track', label, name: label, deviceId, track, counter: undefined, parts: [] };
}

/** Tracks of one group; the sections of a thread stand below it. */
function partsOf(tracks: readonly Track[]): Part[] {
  const byThread = groupBy(tracks, ({ tid }) => tid);
  return [...byThread.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || own.length < 2 || isGpu(first)) return own.map(trackPart);
    const label = trackLabel({ ...first, section: null });
    const parts = own.map(trackPart);
    return [{ ...GROUP, level: 'thread', label, name: label, parts }];
  });
}

/** From as many on, the counters of a group are a group of their own. */
const MANY_COUNTERS = 5;

function counterParts(counters: readonly Counter[]): Part[] {
  const parts = counters.map((counter): Part => ({
    level: 'counter',
    label: counter.name,
    name: `counter ${counter.name}`,
    deviceId: counter.deviceId,
    track: undefined,
    counter,
    parts: [],
  }));
  if (parts.length < MANY_COUNTERS) return parts;
  const deviceId = counters[0]?.deviceId ?? null;
  return [{ ...GROUP, level: 'counters', label: 'Counters', name: 'counters', deviceId, parts }];
}

/** `prefix` tells whose groups they are where there are several traces. */
function groupsOf({ tracks, counters, deviceNames }: TimelineTrace, prefix: string): Part[] {
  const used = tracks.filter(({ sliceCount, instantCount }) => sliceCount + instantCount > 0);
  const byTrack = groupBy(used.toSorted(compareTracks), (track) => groupId(groupOfTrack(track)));
  const byCounter = groupBy(counters, (counter) => groupId(groupOfCounter(counter)));
  const ids = [...new Set([...byTrack.keys(), ...byCounter.keys()])];
  const groups = ids.flatMap((id): (Part & { readonly level: GroupLevel })[] => {
    const own = byTrack.get(id) ?? [];
    const values = byCounter.get(id) ?? [];
    const [group] = [...own.map(groupOfTrack), ...values.map(groupOfCounter)];
    if (group === undefined) return [];
    const { level, deviceId } = group;
    const label = `${prefix}${groupLabel(group, deviceNames)}`;
    const parts = [...partsOf(own), ...counterParts(values)];
    return [{ ...GROUP, level, label, name: groupName(group), deviceId, parts }];
  });
  return groups.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
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
    const base = { ...GROUP, key, parentKey: '', traceIndex, children };
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

/** How many counters are at or below a node. */
export function countersBelow({ counter, children }: TrackNode): number {
  return children.reduce((sum, child) => sum + countersBelow(child), counter === undefined ? 0 : 1);
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
