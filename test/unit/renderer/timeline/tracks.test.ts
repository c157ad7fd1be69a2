// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { NO_ARRANGEMENT, parseArrangement, type Arrangement } from '#renderer/timeline/arrangement.ts';
import { Camera } from '#renderer/timeline/camera.ts';
import { Tracks, type RowCommand } from '#renderer/timeline/tracks.ts';
import type { TimelineTrace } from '#renderer/timeline/types.ts';
import { makeTimelineTrace, makeTrack } from '../../../builders/timeline.ts';

const stream = (id: number, tid: string) => makeTrack(id, { type: 'gpu-stream', tid, deviceId: 0 });
const trace = makeTimelineTrace({
  tracks: [stream(0, '7'), stream(1, '13'), stream(2, '20'), makeTrack(3, { name: 'main', lanes: 40 })],
});

function stage(traces: readonly TimelineTrace[] = [trace]) {
  const camera = new Camera(
    () => ({ width: 1000, height: 300 }),
    () => undefined,
  );
  const said: string[] = [];
  const kept: Arrangement[] = [];
  const tracks = new Tracks({
    camera,
    traces: () => traces,
    onArrangement: (arrangement) => kept.push(arrangement),
    onLayout: () => undefined,
    announce: (text) => said.push(text),
  });
  tracks.relayout(true);
  const labels = (): string[] => camera.allRows().map(({ label }) => label);
  const choose = (label: string): void => {
    tracks.activeKey = camera.allRows().find((row) => row.label === label)?.key;
  };
  const act = (label: string, ...commands: readonly RowCommand[]): string[] => {
    choose(label);
    for (const command of commands) tracks.command(command);
    return labels();
  };
  return { tracks, camera, said, kept, labels, act };
}

const GPU = 'GPU 0';
const PYTHON = 'python · process 7';

describe('rows as the user arranges them', () => {
  test('a group closes and opens', () => {
    const { act, said, kept } = stage();
    expect(act(GPU, 'toggle')).toEqual([GPU, PYTHON, 'main']);
    expect(said.at(-1)).toBe(`${GPU} collapsed`);
    expect(act(GPU, 'toggle')).toContain('stream 7');
    expect(kept).toHaveLength(2);
  });

  test('a hidden row is gone until all are shown, and the next one is active', () => {
    const { act, camera, tracks } = stage();
    expect(act('stream 13', 'hide')).not.toContain('stream 13');
    expect(tracks.active?.label).toBe('stream 20');
    expect(camera.layout.hiddenCount).toBe(1);
    expect(act(GPU, 'show-all')).toContain('stream 13');
  });

  test('a pinned track stands at the top, stays there while the rest scrolls, and outlives its closed group', () => {
    const { act, camera } = stage();
    expect(act('stream 20', 'pin')).toEqual(['stream 20', GPU, 'stream 7', 'stream 13', PYTHON, 'main']);
    expect(act(GPU, 'toggle')[0]).toBe('stream 20');
    act('main', 'toggle');
    camera.scrollBy(100);
    expect(camera.scrollTop).toBe(100);
    expect(camera.pinnedRows()[0]?.top).toBe(100);
    expect(camera.rowAt(101)?.label).toBe('stream 20');
    expect(act('stream 20', 'pin', 'pin', 'pin')).not.toContain('stream 20');
  });

  test('a row moves among its siblings only, and the order is kept', () => {
    const { act, said } = stage();
    expect(act('stream 20', 'move-up')).toEqual([GPU, 'stream 7', 'stream 20', 'stream 13', PYTHON, 'main']);
    expect(said.at(-1)).toBe('stream 20 is now 2 of 3');
    act('stream 20', 'move-up', 'move-up');
    expect(said.at(-1)).toBe('stream 20 is the first of its group');
    expect(act(PYTHON, 'move-up').slice(0, 2)).toEqual([PYTHON, 'main']);
  });

  test('a row is dropped where another of its group is', () => {
    const { tracks, camera, labels, said } = stage();
    const [, first, , third, python] = camera.allRows();
    if (first === undefined || third === undefined || python === undefined) throw new Error('no rows');
    tracks.dropOn(first, third);
    expect(labels()).toEqual([GPU, 'stream 13', 'stream 20', 'stream 7', PYTHON, 'main']);
    tracks.dropOn(first, python);
    expect(said.at(-1)).toBe('A row moves within its own group');
  });

  test('a track of many levels shows a few until it is opened, or until a slice needs it', () => {
    const { camera, tracks } = stage();
    const lanes = (): unknown => camera.allRows().map((row) => (row.type === 'track' ? row.lanes : '-'));
    expect(lanes()).toEqual(['-', 1, 1, 1, '-', 6]);
    tracks.uncover(0, 3, 5);
    expect(lanes()).toEqual(['-', 1, 1, 1, '-', 6]);
    tracks.uncover(0, 3, 30);
    expect(lanes()).toEqual(['-', 1, 1, 1, '-', 40]);
  });

  test('a slice to be shown opens what hides its track', () => {
    const { act, tracks, labels } = stage();
    act('stream 7', 'hide');
    act(GPU, 'toggle');
    tracks.set(tracks.arrangement, 'main');
    tracks.uncover(0, 0, 0);
    expect(labels()).toContain('stream 7');
  });

  test('keys choose rows one after the other and stop at the ends', () => {
    const { tracks, said } = stage();
    for (const command of ['row-down', 'row-down', 'row-up', 'row-up'] as const) tracks.command(command);
    expect(said).toEqual([
      `${GPU}, 3 tracks, expanded`,
      'stream 7',
      `${GPU}, 3 tracks, expanded`,
      `${GPU}, 3 tracks, expanded`,
    ]);
  });

  test('the filter keeps groups of what matches, and all of a group that matches', () => {
    const { tracks, labels } = stage();
    tracks.set(NO_ARRANGEMENT, 'STREAM 1');
    expect(labels()).toEqual([GPU, 'stream 13']);
    tracks.set(NO_ARRANGEMENT, 'python');
    expect(labels()).toEqual([PYTHON, 'main']);
    tracks.set(NO_ARRANGEMENT, 'nowhere');
    expect(labels()).toEqual([]);
  });

  test('row heights go round', () => {
    const { camera, tracks, said } = stage();
    const heights = (['height', 'height', 'height'] as const).map((command) => {
      tracks.command(command);
      return camera.allRows()[1]?.height;
    });
    expect(heights).toEqual([33, 19, 25]);
    expect(said).toEqual(['Rows are tall', 'Rows are compact', 'Rows are normal']);
  });
});

describe('rows of several traces', () => {
  const traces = [0, 1].map((rank) =>
    makeTimelineTrace({
      key: `${rank}`,
      label: `Rank ${rank}`,
      tracks: [
        makeTrack(0, { pid: `${rank}7`, name: 'main', section: 'NVTX' }),
        makeTrack(1, { pid: `${rank}7`, tid: '0', name: 'main', section: 'GIL' }),
      ],
    }),
  );

  test('stand below their rank, and sections below their thread', () => {
    const { act, labels } = stage(traces);
    expect(labels().slice(0, 5)).toEqual([
      'Rank 0',
      'Rank 0 · python · process 07',
      'main',
      'main · NVTX',
      'main · GIL',
    ]);
    expect(act('Rank 0', 'toggle')[1]).toBe('Rank 1');
  });
});

describe('a kept arrangement', () => {
  test('is read back as it was written', () => {
    const { act, tracks } = stage();
    act('stream 20', 'move-up', 'pin');
    act('stream 7', 'hide', 'height');
    act(GPU, 'toggle');
    expect(parseArrangement(JSON.stringify(tracks.arrangement))).toEqual(tracks.arrangement);
  });

  test.each([
    null,
    '',
    'no json',
    '[]',
    '7',
    'null',
    '{"hidden":7,"pinned":[7],"order":{"a":"b"},"rowHeight":"huge"}',
  ])('that is %s is none', (text) => {
    expect(parseArrangement(text)).toEqual({
      ...NO_ARRANGEMENT,
      order: text?.includes('order') === true ? { a: [] } : {},
    });
  });
});
