// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { NO_ARRANGEMENT, withCollapsed, withHidden } from '#renderer/timeline/arrangement.ts';
import { LabelPlaces, pointOf } from '#renderer/timeline/draw-arrows.ts';
import { arrowsOf } from '#renderer/timeline/flow-arrows.ts';
import { laneTop, layoutRows } from '#renderer/timeline/rows.ts';
import { linksOf, selectedFromDetails } from '#renderer/timeline/selection.ts';
import { TOP_HEIGHT, type Frame } from '#renderer/timeline/frame.ts';
import { makeDetails, makeTimelineTrace, makeTrack } from '../../../builders/timeline.ts';

const trace = makeTimelineTrace({
  tracks: [makeTrack(0, { name: 'host', lanes: 2 }), makeTrack(1, { type: 'gpu-stream', deviceId: 0 })],
});
const call = selectedFromDetails(trace, 0, makeDetails(0, { trackId: 0, lane: 1, startNs: 100 }));
const kernel = selectedFromDetails(trace, 0, makeDetails(1, { trackId: 1, startNs: 900, name: 'gemm' }));
const links = [{ slice: kernel, category: 'launch', isOut: true }];

test('labels at one edge stand below each other, and above where there is no room', () => {
  const places = new LabelPlaces(100);
  expect([places.place(0, 50, 70), places.place(40, 90, 75), places.place(60, 90, 95)]).toEqual([70, 93, 59]);
  // Beside the others there is room at once.
  expect(places.place(200, 250, 72)).toBe(72);
});

describe('arrows of the selected slice', () => {
  test('lead from cause to effect, whichever end is selected', () => {
    const { rows, tree } = layoutRows([trace]);
    const [out] = arrowsOf(rows, tree, call, links);
    const [into] = arrowsOf(rows, tree, kernel, [{ slice: call, category: 'launch', isOut: false }]);
    expect(out).toMatchObject({ isOut: true, from: { startNs: 100 }, to: { startNs: 900, name: 'gemm' } });
    expect(into).toMatchObject({ isOut: false, from: { startNs: 100 }, to: { startNs: 900 } });
    const host = rows.find((row) => row.type === 'track' && row.track.id === 0);
    if (host?.type !== 'track') throw new Error('no row');
    expect(out?.from.top).toBe(host.top + laneTop(host, 1));
  });

  test('end at the closed group that hides a slice, and nowhere when its track is hidden', () => {
    const gpu = layoutRows([trace]).rows[0];
    if (gpu === undefined) throw new Error('no row');
    const closed = layoutRows([trace], withCollapsed(NO_ARRANGEMENT, gpu.key, true));
    const [arrow] = arrowsOf(closed.rows, closed.tree, call, links);
    expect(arrow?.to).toMatchObject({ top: closed.rows[0]?.top, height: closed.rows[0]?.height });
    const hidden = layoutRows([trace], withHidden(NO_ARRANGEMENT, gpu.key));
    expect(arrowsOf(hidden.rows, hidden.tree, call, links)).toEqual([]);
  });

  test('an end outside of the view lies at its edge and tells the side', () => {
    const frame = {
      width: 1000,
      height: 500,
      gutter: 200,
      scrollTop: 0,
      view: { startNs: 0, endNs: 800 },
    } as Frame;
    const bounds = { left: 200, right: 1000, top: 70, bottom: 500 };
    const end = { startNs: 400, endNs: 500, top: 100, height: 20, name: '' };
    expect(pointOf(frame, bounds, end)).toEqual({ x: 600, y: TOP_HEIGHT + 110, beyondX: 0, beyondY: 0 });
    expect(pointOf(frame, bounds, { ...end, startNs: 900 })).toMatchObject({ x: 992, beyondX: 1 });
    expect(pointOf(frame, bounds, { ...end, startNs: -5 })).toMatchObject({ x: 208, beyondX: -1 });
    expect(pointOf(frame, bounds, { ...end, top: 900 })).toMatchObject({ y: 492, beyondY: 1 });
  });

  test('an arrow of the trace that repeats a launch is drawn once', () => {
    const arrows = [
      { row: 1, category: 'ac2g' },
      { row: 5, category: 'fwdbwd' },
    ];
    const details = makeDetails(0, {
      partnerRows: [1],
      flowsOut: arrows,
      flowsIn: [{ row: 7, category: 'async' }],
    });
    expect(linksOf(details)).toEqual([
      { row: 1, category: 'launch', way: 'launch' },
      { row: 7, category: 'async', way: 'in' },
      { row: 5, category: 'fwdbwd', way: 'out' },
    ]);
  });
});
