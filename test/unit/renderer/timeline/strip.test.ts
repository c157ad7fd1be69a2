// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { RULER_BOTTOM, STRIP_HEIGHT } from '#renderer/timeline/frame.ts';
import { describeIteration, stripBandAt, stripLines } from '#renderer/timeline/strip.ts';
import { makeBand, makeTimelineTrace } from '../../../builders/timeline.ts';

const trace = makeTimelineTrace({
  offsetNs: 1000,
  hostBands: [makeBand(4, 0, 100), { ...makeBand(5, 100, 200), kind: 'context' }],
  gpuBands: new Map([[0, [makeBand(4, 40, 150), makeBand(5, 150, 260)]]]),
});
const HOST_Y = RULER_BOTTOM + 2;
const GPU_Y = RULER_BOTTOM + STRIP_HEIGHT - 2;

describe('the strip of iterations', () => {
  test('has a line for the host and one for the GPU where it worked', () => {
    expect(stripLines([trace]).map(({ label }) => label)).toEqual(['host iterations', 'GPU 0 iterations']);
    expect(stripLines([makeTimelineTrace()]).map(({ label }) => label)).toEqual(['host iterations']);
  });

  test('is that of the first trace with iterations', () => {
    const labels = stripLines([makeTimelineTrace(), { ...trace, label: 'Rank 1' }]).map(({ label }) => label);
    expect(labels).toEqual(['host iterations of Rank 1', 'GPU 0 iterations of Rank 1']);
  });

  test('tells at one moment another iteration of the GPU than of the host when they shift', () => {
    expect(stripBandAt([trace], HOST_Y, 1120)?.index).toBe(5);
    expect(stripBandAt([trace], GPU_Y, 1120)?.index).toBe(4);
    expect(stripBandAt([trace], GPU_Y, 1020)).toBeUndefined();
  });

  test('says what an iteration does and how far the device runs behind', () => {
    expect(describeIteration([trace], 5)).toEqual([
      'Iteration 5',
      'context · host window 100 ns',
      'GPU 0 window 110 ns, 50 ns behind',
    ]);
    expect(describeIteration([trace], 77)).toEqual([]);
  });
});
