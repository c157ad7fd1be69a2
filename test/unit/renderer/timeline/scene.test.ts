// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { NO_ARRANGEMENT, withCollapsed } from '#renderer/timeline/arrangement.ts';
import { layoutRows } from '#renderer/timeline/rows.ts';
import { collectScene, MAX_RECTANGLES, patchesFor, Scene } from '#renderer/timeline/scene.ts';
import { loadWindow, makeTimelineTrace, makeTrack } from '../../../builders/timeline.ts';

/** The rectangles of one track, one pixel for each nanosecond, as `left+width`. */
function rectangles(lanes: readonly string[], view = { startNs: 0, endNs: lanes[0]?.length ?? 0 }): string[] {
  const trace = makeTimelineTrace({ tracks: [makeTrack(0, { lanes: lanes.length })] });
  const scene = new Scene();
  const current = loadWindow({ 0: lanes });
  collectScene(scene, {
    rows: layoutRows([trace]).rows,
    view,
    widthPx: view.endNs - view.startNs,
    scrollTop: 0,
    windows: [{ current, overview: undefined }],
  });
  return Array.from({ length: scene.count }, (_, at) => `${scene.x[at] ?? NaN}+${scene.width[at] ?? NaN}`);
}

describe('rectangles of a frame', () => {
  test('are the slices, cut to the view', () => {
    expect(rectangles(['AAAA..BBB.'])).toEqual(['0+4', '6+3']);
    expect(rectangles(['AAAA..BBB.'], { startNs: 2, endNs: 7 })).toEqual(['0+2', '4+1']);
  });

  test('neighbours of one kind that are folded become one; others stay apart', () => {
    expect(rectangles(['aabbAA..'])).toEqual(['0+2', '2+2', '4+2']);
    expect(rectangles(['aaa.aa'])).toEqual(['0+3', '4+2']);
  });

  test('never exceed the limit: then the pixel grows until they fit', () => {
    const lanes = Array.from({ length: 30 }, () => 'A.'.repeat(600));
    const trace = makeTimelineTrace({ tracks: [makeTrack(0, { lanes: lanes.length })] });
    const scene = new Scene();
    const opened = withCollapsed(NO_ARRANGEMENT, '/process python/thread 0', false);
    const joined = collectScene(scene, {
      rows: layoutRows([trace], opened).rows,
      view: { startNs: 0, endNs: 1200 },
      widthPx: 1200,
      scrollTop: 0,
      windows: [{ current: loadWindow({ 0: lanes }), overview: undefined }],
    });
    expect(joined).toBeGreaterThan(1);
    expect(scene.count).toBeLessThanOrEqual(MAX_RECTANGLES);
    expect(scene.count).toBeGreaterThan(0);
  });

  test('names are placed only where letters fit, and never on folded slices', () => {
    const trace = makeTimelineTrace({ tracks: [makeTrack(0)] });
    const scene = new Scene();
    collectScene(scene, {
      rows: layoutRows([trace]).rows,
      view: { startNs: 0, endNs: 10 },
      widthPx: 200,
      scrollTop: 0,
      windows: [{ current: loadWindow({ 0: ['AAA.Bcccc.'] }), overview: undefined }],
    });
    expect(scene.texts.map(({ name, width }) => ({ name, width }))).toEqual([{ name: 0, width: 60 }]);
  });
});

describe('which window fills which part of the view', () => {
  const view = { startNs: 0, endNs: 100 };
  const overview = loadWindow({ 0: ['A'.repeat(10)] }, { nsPerUnit: 10 });
  const fine = loadWindow({ 0: ['A'.repeat(40)] }, { startNs: 30 });

  test('the fine one where it is, the coarse one around it', () => {
    const patches = patchesFor(0, view, { current: fine, overview });
    expect(patches.map(({ window, range }) => [window === fine, range.startNs, range.endNs])).toEqual([
      [true, 0, 100],
      [false, 0, 30],
      [false, 70, 100],
    ]);
  });

  test('the coarse one alone before another is there or when the fine one is elsewhere', () => {
    expect(patchesFor(0, view, { current: undefined, overview })).toEqual([
      { window: overview, range: view },
    ]);
    const away = { startNs: 80, endNs: 90 };
    expect(patchesFor(0, away, { current: fine, overview })[0]?.window).toBe(overview);
    expect(patchesFor(9, view, { current: fine, overview })).toEqual([]);
  });
});
