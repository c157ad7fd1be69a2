// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { findTrackRow, laneAt, laneTop, layoutRows, rowsBetween } from '#renderer/timeline/rows.ts';
import { makeCounter, makeTimelineTrace, makeTrack } from '../../../builders/timeline.ts';

const stream = (id: number, tid: string, deviceId = 0) =>
  makeTrack(id, { type: 'gpu-stream', tid, deviceId });

describe('many ranks', () => {
  const job = (ranks: number) =>
    Array.from({ length: ranks }, (_, rank) =>
      makeTimelineTrace({
        key: `${rank}`,
        label: `Rank ${rank}`,
        tracks: [makeTrack(0, { name: 'main' }), stream(1, '7'), stream(2, '13')],
      }),
    );

  test('are one row each but for the first, and show the work of their devices', () => {
    const { rows } = layoutRows(job(16));
    const closed = rows.filter(({ collapsed }) => collapsed);
    expect(closed.map(({ label }) => label)).toEqual(
      job(16)
        .slice(1)
        .map(({ label }) => label),
    );
    expect(closed.every((row) => row.type === 'header' && row.workIds.join() === '1,2')).toBe(true);
    expect(rows[0]).toMatchObject({ label: 'Rank 0', collapsed: false });
  });

  test('are open as long as they are few', () => {
    const { rows } = layoutRows(job(3));
    expect(rows.some(({ collapsed }) => collapsed)).toBe(false);
    const withoutDevice = layoutRows(job(3).map((trace) => ({ ...trace, tracks: trace.tracks.slice(0, 1) })));
    expect(withoutDevice.rows[0]).toMatchObject({ level: 'rank', trackIds: [0], workIds: [0] });
  });
});

describe('the order of tracks', () => {
  const trace = makeTimelineTrace({
    deviceNames: new Map([[0, 'NVIDIA H100']]),
    tracks: [
      makeTrack(0, { name: 'main', lanes: 3 }),
      makeTrack(1, { sliceCount: 0 }),
      stream(2, '7'),
      stream(3, '13'),
    ],
  });

  test('is GPUs first, a header before each group, and nothing for empty tracks', () => {
    const layout = layoutRows([trace]);
    expect(layout.rows.map(({ type, label }) => `${type}: ${label}`)).toEqual([
      'header: GPU 0 · NVIDIA H100',
      'track: stream 7',
      'track: stream 13',
      'header: python · process 7',
      'track: main',
    ]);
  });

  test('puts what the recorder did itself last, under names that people know', () => {
    const recorder = { type: 'other', processName: '' } as const;
    const { rows } = layoutRows([
      makeTimelineTrace({
        tracks: [
          makeTrack(0, { ...recorder, pid: '-1', tid: '0', name: '0' }),
          makeTrack(1, { name: 'main' }),
          makeTrack(2, { ...recorder, pid: 'Spans', tid: 'PyTorch Profiler', name: 'PyTorch Profiler' }),
          makeTrack(3, { ...recorder, pid: 'Scheduler', tid: 'queue', name: 'queue' }),
        ],
      }),
    ]);
    expect(rows.map(({ type, label }) => `${type}: ${label}`)).toEqual([
      'header: python · process 7',
      'track: main',
      'header: Process Scheduler',
      'track: queue',
      'header: Recorder',
      'track: recording overhead',
      'track: recorded span',
    ]);
  });

  test('counters come last in their group, many of them closed in one of their own', () => {
    const counters = [
      makeCounter(0, { name: 'queue', pid: '7' }),
      ...[1, 2, 3, 4, 5].map((id) => makeCounter(id, { name: `metric ${id}`, deviceId: 0, pid: '' })),
      makeCounter(6, { name: 'clock', deviceId: 1, pid: '' }),
    ];
    const { rows } = layoutRows([makeTimelineTrace({ ...trace, counters })]);
    expect(rows.map(({ type, label }) => `${type}: ${label}`)).toEqual([
      'header: GPU 0 · NVIDIA H100',
      'track: stream 7',
      'track: stream 13',
      'header: Counters',
      'header: GPU 1',
      'counter: clock',
      'header: python · process 7',
      'track: main',
      'counter: queue',
    ]);
    const group = rows.find(({ label }) => label === 'Counters');
    expect(group).toMatchObject({ collapsed: true, counterCount: 5, trackIds: [] });
  });

  test('a track with moments and no slices has a row', () => {
    const tracks = [makeTrack(0, { name: 'main', sliceCount: 0, instantCount: 2, lanes: 0 })];
    expect(layoutRows([makeTimelineTrace({ tracks })]).rows[1]).toMatchObject({ label: 'main', lanes: 1 });
  });

  test('rows lie under each other without gaps and a deep track is taller', () => {
    const { rows, height } = layoutRows([trace, makeTimelineTrace({ key: 'other', label: 'Rank 1' })]);
    let top = 0;
    for (const row of rows) {
      expect(row.top).toBe(top);
      top += row.height;
    }
    expect(height).toBe(top);
    expect(rows.map(({ label }) => label)).toContain('Rank 1');
    expect(rows.find(({ label }) => label === 'main')?.height).toBeGreaterThan(
      rows.find(({ label }) => label === 'stream 7')?.height ?? Infinity,
    );
    expect(rows.at(-1)?.traceIndex).toBe(1);
  });

  test('only the rows that cross a span of heights are visible', () => {
    const layout = layoutRows([trace]);
    const second = layout.rows[1];
    expect(rowsBetween(layout, 0, 1)).toEqual([0, 1]);
    expect(rowsBetween(layout, second?.top ?? 0, (second?.top ?? 0) + 1)).toEqual([1, 2]);
    expect(rowsBetween(layout, 0, layout.height)).toEqual([0, 5]);
    expect(rowsBetween(layout, layout.height, layout.height + 100)).toEqual([5, 5]);
  });

  test('a height within a row and its lane agree', () => {
    const { rows } = layoutRows([trace]);
    for (const laneStep of [13, 27]) {
      for (const lane of [0, 1, 5]) expect(laneAt({ laneStep }, laneTop({ laneStep }, lane) + 1)).toBe(lane);
    }
    expect(findTrackRow(rows, 0, 3)?.label).toBe('stream 13');
    expect(findTrackRow(rows, 1, 3)).toBeUndefined();
  });
});
