// SPDX-License-Identifier: Apache-2.0
import type { SliceDetails, Track } from '#shared/contract/engine.ts';
import type { Counter, InstantDetails } from '#shared/contract/points.ts';
import type { CounterView } from '#shared/trace/counters.ts';
import type { WindowView } from '#shared/trace/window.ts';
import type { LoadedWindow } from '#renderer/timeline/window-loader.ts';
import type { IterationBand, TimelineSource, TimelineTrace } from '#renderer/timeline/types.ts';

/**
 * Windows drawn as text: one string for each lane, one character for each unit. A run of one letter is a
 * slice, small letters are folded ones (of two slices), dots are gaps. Rows and names count in the order
 * of drawing, track by track, lane by lane; the kind is the letter's place in the alphabet (A = 0).
 */

interface Drawn {
  readonly x0: number;
  readonly x1: number;
  readonly lane: number;
  readonly letter: string;
}

function slicesOfLane(text: string, lane: number): Drawn[] {
  return [...text.matchAll(/([A-Za-z])\1*/g)].map((match) => ({
    x0: match.index,
    x1: match.index + match[0].length,
    lane,
    letter: match[1] ?? '',
  }));
}

export function drawWindow(tracks: Readonly<Record<number, readonly string[]>>): WindowView {
  const drawn: Drawn[] = [];
  const table: WindowView['tracks'][number][] = [];
  let units = 0;
  for (const [id, lanes] of Object.entries(tracks)) {
    const first = drawn.length;
    lanes.forEach((text, lane) => drawn.push(...slicesOfLane(text, lane)));
    units = Math.max(units, ...lanes.map(({ length }) => length));
    table.push({ trackId: Number(id), first, count: drawn.length - first, lanes: lanes.length });
  }
  const folded = drawn.map(({ letter }) => letter !== letter.toUpperCase());
  return {
    units,
    tracks: table,
    count: drawn.length,
    x0: Uint16Array.from(drawn, ({ x0 }) => x0),
    x1: Uint16Array.from(drawn, ({ x1 }) => x1),
    lane: Uint16Array.from(drawn, ({ lane }) => lane),
    kind: Uint8Array.from(drawn, ({ letter }) => letter.toUpperCase().charCodeAt(0) - 65),
    flags: Uint8Array.from(folded, Number),
    name: Uint32Array.from(drawn, (_, at) => at),
    slices: Uint32Array.from(folded, (is) => (is ? 2 : 1)),
    row: Uint32Array.from(drawn, (_, at) => at),
  };
}

/** A drawn window in world time. */
export function loadWindow(
  tracks: Readonly<Record<number, readonly string[]>>,
  { startNs = 0, nsPerUnit = 1 } = {},
): LoadedWindow {
  const view = drawWindow(tracks);
  return {
    startNs,
    endNs: startNs + view.units * nsPerUnit,
    nsPerUnit,
    units: view.units,
    view,
    tracks: new Map(view.tracks.map((track) => [track.trackId, track])),
  };
}

export function makeTrack(id: number, changes: Partial<Track> = {}): Track {
  return {
    id,
    pid: '7',
    tid: id.toString(),
    processName: 'python',
    name: '',
    section: null,
    type: 'thread',
    deviceId: null,
    lanes: 1,
    sliceCount: 1,
    instantCount: 0,
    totalNs: 1,
    sortIndex: 0,
    ...changes,
  };
}

export function makeCounter(id: number, changes: Partial<Counter> = {}): Counter {
  return {
    id,
    pid: '7',
    processName: 'python',
    name: `counter ${id}`,
    unit: '',
    deviceId: null,
    sampleCount: 1,
    min: 0,
    max: 1,
    ...changes,
  };
}

export function makeInstant(index: number, changes: Partial<InstantDetails> = {}): InstantDetails {
  return {
    index,
    trackId: 0,
    name: 'moment',
    category: '',
    kind: 'other',
    timeNs: 0,
    argsJson: null,
    argsUnreadable: null,
    ...changes,
  };
}

/** Values by counter, each as [unit, value]. */
export function drawCounters(
  units: number,
  values: Readonly<Record<number, readonly (readonly [number, number])[]>>,
): CounterView {
  const all = Object.values(values).flat();
  let first = 0;
  const counters = Object.entries(values).map(([id, own]) => {
    const from = first;
    first += own.length;
    return { counterId: Number(id), first: from, count: own.length };
  });
  const of = (values: readonly number[]) => Float64Array.from(values);
  const value = of(all.map((sample) => sample[1]));
  return {
    units,
    counters,
    min: value,
    max: value,
    last: value,
    samples: Uint32Array.from(all, () => 1),
    x: Uint16Array.from(all, (sample) => sample[0]),
  };
}

export function makeBand(index: number, startNs: number, endNs: number): IterationBand {
  return { index, startNs, endNs, kind: 'generation', inferred: false };
}

export function makeDetails(row: number, changes: Partial<SliceDetails> = {}): SliceDetails {
  return {
    row,
    trackId: 0,
    name: 'slice',
    category: 'kernel',
    kind: 'GEMM',
    startNs: 0,
    durNs: 1,
    lane: 0,
    correlation: null,
    argsJson: null,
    argsUnreadable: null,
    parentRow: null,
    partnerRows: [],
    launchDelayNs: null,
    flowsIn: [],
    flowsOut: [],
    ...changes,
  };
}

/** A source that answers with one window, again and again. */
export function makeSource(view: WindowView): TimelineSource {
  return {
    window: () => Promise.resolve(view),
    instantWindow: () => Promise.resolve(drawWindow({})),
    counterWindow: () => Promise.resolve(drawCounters(1, {})),
    instant: (index) => Promise.resolve(makeInstant(index)),
    coverage: () => Promise.resolve({ units: 1, columns: [] }),
    name: (id) => `name ${id}`,
    slice: (row) => Promise.resolve(makeDetails(row)),
    neighbours: () => Promise.resolve({ previous: null, next: null }),
  };
}

export function makeTimelineTrace(changes: Partial<TimelineTrace> = {}): TimelineTrace {
  return {
    key: 'trace',
    label: 'Rank 0',
    offsetNs: 0,
    startNs: 0,
    endNs: 1000,
    tracks: [makeTrack(0)],
    counters: [],
    deviceNames: new Map(),
    hostBands: [],
    gpuBands: new Map(),
    source: makeSource(drawWindow({})),
    ...changes,
  };
}
