// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { Hits, type TraceHits } from '#renderer/timeline/hits.ts';
import { layoutRows } from '#renderer/timeline/rows.ts';
import { collectScene, Scene } from '#renderer/timeline/scene.ts';
import {
  drawWindow,
  loadWindow,
  makeSource,
  makeTimelineTrace,
  makeTrack,
} from '../../../builders/timeline.ts';

const hitsOf = (isHit: TraceHits['isHit'], traceKey = 'trace'): TraceHits => ({
  traceKey,
  startNs: 0,
  endNs: 10,
  bins: new Uint32Array(2),
  isHit,
});

/** Rectangles of one lane as `left+width`, dimmed ones in brackets. */
function rectangles(lane: string, isHit: TraceHits['isHit'], widthPx = lane.length): string[] {
  const trace = makeTimelineTrace({ tracks: [makeTrack(0)] });
  const hits = new Hits();
  hits.set([hitsOf(isHit)]);
  const scene = new Scene();
  collectScene(scene, {
    rows: layoutRows([trace]).rows,
    view: { startNs: 0, endNs: lane.length },
    widthPx,
    scrollTop: 0,
    windows: [{ current: loadWindow({ 0: [lane] }), overview: undefined }],
    hits: hits.testsOf([trace]),
  });
  return Array.from({ length: scene.count }, (_, at) => {
    const place = `${scene.x[at] ?? NaN}+${scene.width[at] ?? NaN}`;
    return scene.dim[at] === 1 ? `(${place})` : place;
  });
}

describe('a search on the tracks', () => {
  test('dims what has another name or kind', () => {
    expect(rectangles('AAA.BBB.CCC', (name) => name === 'name 1')).toEqual(['(0+3)', '4+3', '(8+3)']);
    expect(rectangles('AAA.BBB', (_, kind) => kind === 0)).toEqual(['0+3', '(4+3)']);
  });

  test('loses no hit where several slices share a pixel', () => {
    expect(rectangles('A.A.A.', (name) => name === 'name 1', 1)).toEqual(['0+1']);
    expect(rectangles('A.A.A.', () => false, 1)).toEqual(['(0+1)']);
  });

  test('keeps folded slices apart by what they show', () => {
    expect(rectangles('aa.aa', (name) => name === 'name 1')).toEqual(['(0+2)', '3+2']);
  });
});

describe('hits', () => {
  test('are asked about once for each name, and anew for another search', () => {
    const trace = makeTimelineTrace();
    const hits = new Hits();
    const asked: string[] = [];
    const ask = (): boolean | undefined => hits.testsOf([trace])[0]?.(3, 1, 0);
    hits.set([hitsOf((name) => asked.push(name) > 1)]);
    expect([ask(), ask()]).toEqual([false, false]);
    expect(asked).toEqual(['name 3']);
    hits.set([hitsOf(() => true)]);
    expect(ask()).toBe(true);
    hits.set([]);
    expect(ask()).toBeUndefined();
  });

  test('stay bright until their name is known', () => {
    const names = new Map<number, string>();
    const source = { ...makeSource(drawWindow({})), name: (id: number) => names.get(id) };
    const hits = new Hits();
    hits.set([hitsOf(() => false)]);
    const [isHit] = hits.testsOf([makeTimelineTrace({ source })]);
    expect(isHit?.(1, 0, 0)).toBe(true);
    names.set(1, 'late');
    expect(isHit?.(1, 0, 0)).toBe(false);
  });

  test('are told by row where slices of one name differ', () => {
    const hits = new Hits();
    hits.set([{ ...hitsOf(() => false), rows: new Set([5]) }]);
    const [isHit] = hits.testsOf([makeTimelineTrace()]);
    expect([isHit?.(0, 0, 5), isHit?.(0, 0, 4)]).toEqual([true, false]);
  });

  test('are told by trace', () => {
    const traces = [makeTimelineTrace({ key: 'a' }), makeTimelineTrace({ key: 'b' })];
    const hits = new Hits();
    hits.set([hitsOf(() => true, 'b')]);
    expect(hits.binsOf(traces).map((each) => each?.traceKey)).toEqual([undefined, 'b']);
    expect(hits.testsOf(traces).map((each) => each?.(0, 0, 0))).toEqual([undefined, true]);
  });
});
