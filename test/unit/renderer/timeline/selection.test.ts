// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { hitAt } from '#renderer/timeline/hit.ts';
import { laneTop, layoutRows } from '#renderer/timeline/rows.ts';
import { selectedFromDetails, selectedFromHit, stepSelection } from '#renderer/timeline/selection.ts';
import { loadWindow, makeDetails, makeTimelineTrace, makeTrack } from '../../../builders/timeline.ts';

// Rows: 0 A, 1 B (lane 0); 2 C, 3 D (lane 1); 4 E (second track).
const window = loadWindow({ 0: ['AAAAA.BBB.', '.CC.DD....'], 1: ['..EE......'] });
const windows = { current: window, overview: undefined };
const trace = makeTimelineTrace({ tracks: [makeTrack(0, { lanes: 2 }), makeTrack(1)] });
const layout = layoutRows([trace]);
const view = { startNs: 0, endNs: 10 };

/** The slice under a moment of a lane of a track. */
function at(trackId: number, lane: number, ns: number, reachNs = 0) {
  const row = layout.rows.find((each) => each.type === 'track' && each.track.id === trackId);
  if (row?.type !== 'track') throw new Error(`no track ${trackId}`);
  return hitAt(row, row.top + laneTop(row, lane) + 1, ns, reachNs, view, () => windows);
}

function step(row: number, command: 'next' | 'previous' | 'up' | 'down'): number | undefined {
  const places: readonly [number, number, number][] = [
    [0, 0, 1],
    [0, 0, 7],
    [0, 1, 1.5],
    [0, 1, 5],
    [1, 0, 3],
  ];
  const [track, lane, ns] = places[row] ?? [0, 0, 0];
  const hit = at(track, lane, ns);
  if (hit === undefined) throw new Error(`no slice ${row}`);
  const input = { rows: layout.rows, selected: selectedFromHit(hit), view, windowsOf: () => windows };
  return stepSelection(input, command)?.row;
}

describe('what is under the pointer', () => {
  test('is the slice of that lane and moment', () => {
    expect(at(0, 0, 2)?.row).toBe(0);
    expect(at(0, 1, 2)).toMatchObject({ row: 2, lane: 1, startNs: 1, endNs: 3 });
    expect(at(1, 0, 3)?.row).toBe(4);
  });

  test('is nothing in a gap, unless a slice is within reach', () => {
    expect(at(0, 0, 9.5)).toBeUndefined();
    expect(at(0, 0, 9.5, 1)?.row).toBe(1);
  });
});

describe('arrow keys', () => {
  test('left and right stay in the lane', () => {
    expect(step(0, 'next')).toBe(1);
    expect(step(1, 'previous')).toBe(0);
    expect(step(2, 'next')).toBe(3);
    expect(step(1, 'next')).toBeUndefined();
  });

  test('down leads into the stack, then to the next track; up leads back', () => {
    expect(step(0, 'down')).toBe(2);
    expect(step(2, 'down')).toBe(4);
    expect(step(2, 'up')).toBe(0);
    expect(step(4, 'up')).toBe(2);
    expect(step(0, 'up')).toBeUndefined();
  });
});

test('details make a selection exact, in world time', () => {
  const shifted = makeTimelineTrace({ offsetNs: 500 });
  const selected = selectedFromDetails(shifted, 0, makeDetails(9, { startNs: 20, durNs: 7, lane: 1 }));
  expect(selected).toMatchObject({ row: 9, lane: 1, startNs: 520, endNs: 527 });
});
