// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { argumentRows } from '#renderer/features/trace/model/arguments.ts';
import { compositionBars, markBars } from '#renderer/features/trace/model/composition-data.ts';
import { median, setFigures } from '#renderer/features/trace/model/figures.ts';
import { iterationRows } from '#renderer/features/trace/model/iteration-rows.ts';
import { align, alignClocks } from '#renderer/features/trace/model/clocks.ts';
import { readySet } from '#renderer/features/trace/model/ready.ts';
import { iterationAt, timelineTrace } from '#renderer/features/trace/model/timeline-traces.ts';
import { makeIteration } from '../../../../builders/run.ts';
import { makeGpuIteration, makeOpened, makeReady, makeSession } from '../../../../builders/trace.ts';

const parts = (computeNs: number, idleNs: number) => ({ computeNs, communicationNs: 0, memoryNs: 0, idleNs });

describe('clocks of several traces', () => {
  const clock = (originNs: string, startNs = 0, endNs = 1000) => ({ originNs, startNs, endNs });

  test('keep every nanosecond although origins have more digits than a double', () => {
    const { offsets, sharedClock } = alignClocks([
      clock('1790857026000000350'),
      clock('1790857026000000001'),
    ]);
    expect(offsets).toEqual([349, 0]);
    expect(sharedClock).toBe(true);
  });

  test('put the earliest start at zero, wherever the origin is', () => {
    const { offsets } = alignClocks([clock('1000', 5_000, 6_000), clock('0', 6_500, 7_000)]);
    expect(offsets).toEqual([-5_000, -6_000]);
  });

  test('that are days apart are each put at zero', () => {
    const { offsets, sharedClock } = alignClocks([clock('0', 10, 1000), clock('86400000000000', 20, 1000)]);
    expect(sharedClock).toBe(false);
    expect(offsets).toEqual([-10, -20]);
    expect(alignClocks([])).toEqual({ offsets: [], sharedClock: true });
  });

  const rank = (originNs: string, firstStep: number, warnings: readonly string[] = []) => ({
    trace: makeOpened('x', {
      originNs,
      warnings: warnings.map((code) => ({ code, message: '', count: 1 })),
    }),
    iterations: [firstStep, firstStep + 1].map(makeIteration),
  });

  test('are the wall clock, or a step that all hold when that is wanted', () => {
    const ranks = [rank('1790857026000000350', 3), rank('1790857026000000000', 4)];
    expect(align(ranks, 'wall')).toEqual({ basis: 'wall', offsets: [350, 0], step: 4 });
    // Step 4 begins 4 ms after each trace's own origin.
    expect(align(ranks, 'step')).toEqual({ basis: 'step', offsets: [0, 0], step: 4 });
  });

  test('that say nothing fall back to a common step, and else to zero', () => {
    const mute = (firstStep: number) => rank('0', firstStep, ['no-wall-clock']);
    expect(align([mute(3), mute(4)], 'wall')).toMatchObject({ basis: 'step', step: 4 });
    expect(align([mute(3), mute(9)], 'wall')).toEqual({ basis: 'apart', offsets: [-0, -0], step: null });
    expect(align([mute(3)], 'wall').basis).toBe('single');
  });
});

describe('the open traces of a set', () => {
  test('stand in the order of their ranks; others wait or failed', () => {
    const sessions = ['b', 'a', 'c'].map((id, at) => makeSession(id, at));
    const open = (sourceId: string, rank: number) =>
      ({ phase: 'ready', trace: makeOpened(sourceId, { rank }), iterations: [] }) as const;
    const { traces } = readySet(
      {
        sessions,
        states: [open('b', 1), open('a', 0), { phase: 'opening', progress: null }],
      },
      'wall',
    );
    expect(traces.map(({ label }) => label)).toEqual(['Rank 0', 'Rank 1']);
  });

  test('of two arms stay together by arm, one above the other, aligned at a step', () => {
    const arms = ['learned', 'learned', 'perfect', 'perfect'];
    const sessions = arms.map((group, at) => {
      const session = makeSession(`${group}-${at}`, at % 2);
      return Object.assign(session, { source: { ...session.source, group } });
    });
    const states = sessions.map(({ source: { sourceId, rank = 0 } }) => ({
      phase: 'ready' as const,
      trace: makeOpened(sourceId, { rank }),
      iterations: [makeIteration(7)],
    }));
    const { traces, clock, commonStep } = readySet({ sessions, states }, 'wall');
    expect(traces.map(({ label }) => label)).toEqual([
      'learned · Rank 0',
      'learned · Rank 1',
      'perfect · Rank 0',
      'perfect · Rank 1',
    ]);
    expect([clock, commonStep]).toEqual(['step', 7]);
  });
});

describe('iteration rows', () => {
  const gpu = makeReady('gpu', [
    makeGpuIteration(20, parts(900, 100), 250),
    { ...makeGpuIteration(21, parts(400, 600), 150), contextRequests: 2 },
  ]);

  test('take their figures from the GPU window where there is one', () => {
    const [first, second] = iterationRows([gpu]);
    expect(first).toMatchObject({ index: 20, kind: 'generation', timeNs: 1e6, gpuBusyNs: 900, shiftNs: 250 });
    expect(second).toMatchObject({ kind: 'context', onHost: false });
  });

  test('fall back on the host where there is none, and say so', () => {
    const [row] = iterationRows([makeReady('cpu', [makeIteration(3)])]);
    expect(row).toMatchObject({ onHost: true, gpuBusyNs: null, shiftNs: null });
    expect(row?.composition?.computeNs).toBe(600_000);
  });

  test('of several ranks stand together by iteration', () => {
    const other = makeReady('other', [makeGpuIteration(20, parts(1, 1))], 'Rank 1');
    expect(iterationRows([gpu, other]).map(({ index, rankLabel }) => `${index} ${rankLabel}`)).toEqual([
      '20 Rank 0',
      '20 Rank 1',
      '21 Rank 0',
    ]);
  });
});

describe('figures of a set', () => {
  test('the median is the middle value, of an even number the mean of both', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNull();
  });

  test('the busy share is that of all windows together', () => {
    const rows = iterationRows([
      makeReady('gpu', [makeGpuIteration(20, parts(900, 100), 10), makeGpuIteration(21, parts(0, 3000), 30)]),
    ]);
    expect(setFigures(rows)).toMatchObject({
      iterationCount: 2,
      firstIteration: 20,
      lastIteration: 21,
      busyRatio: 0.225,
      medianIdleNs: 1550,
      medianShiftNs: 20,
      contextMedianNs: null,
      onHost: false,
    });
  });

  test('nothing captured has no figures, not zeros', () => {
    expect(setFigures([])).toMatchObject({
      medianNs: null,
      busyRatio: null,
      medianIdleNs: null,
      onHost: false,
    });
  });
});

describe('the composition chart’s data', () => {
  test('has a hole where a rank lacks an iteration', () => {
    const rows = iterationRows([
      makeReady('a', [makeGpuIteration(1, parts(1, 0)), makeGpuIteration(2, parts(2, 0))]),
      makeReady('b', [makeGpuIteration(2, parts(3, 0))], 'Rank 1'),
    ]);
    const data = markBars(compositionBars(rows), 2);
    expect(data.spans).toEqual([
      { first: 1, last: 1 },
      { first: 2, last: 2 },
    ]);
    expect(data.ranks[1]?.parts).toEqual([null, parts(3, 0)]);
    expect(data.selected).toBe(1);
    expect(markBars(compositionBars(rows), 7).selected).toBeNull();
  });

  test('of very many ranks is their mean, and says so', () => {
    const ranks = Array.from({ length: 9 }, (_, at) =>
      makeReady(`r${at}`, [makeGpuIteration(1, parts(at, 9))], `Rank ${at}`),
    );
    expect(compositionBars(iterationRows(ranks)).ranks).toEqual([
      { label: 'mean of 9 ranks', parts: [parts(4, 9)], longestNs: [null] },
    ]);
  });

  test('of very many iterations shows the median one of each bar whole, and the longest', () => {
    // Of each 125 iterations one is a hundred times as long, whatever bar it falls into.
    const many = Array.from({ length: 50_000 }, (_, index) => ({
      ...makeGpuIteration(index, parts(index % 125 === 0 ? 70_000 : 600 + (index % 125), 100)),
      gcNs: index === 777 ? 5000 : 0,
    }));
    const data = markBars(compositionBars(iterationRows([makeReady('a', many)])), 777, {
      first: 125,
      last: 249,
    });
    expect(data.perBar).toBe(125);
    expect(data.spans).toHaveLength(400);
    expect(data.ranks[0]?.parts[3]).toEqual(parts(663, 100));
    expect(new Set(data.ranks[0]?.longestNs)).toEqual(new Set([70_100]));
    expect(data.selected).toBe(6);
    expect(data.inWindow?.flatMap((inside, at) => (inside ? [at] : []))).toEqual([1]);
    expect(data.overlays).toHaveLength(1);
    expect(data.overlays[0]?.ns.flatMap((ns, at) => (ns > 0 ? [at, ns] : []))).toEqual([6, 5000]);
  });

  test('of five iterations has a bar for each', () => {
    const few = Array.from({ length: 5 }, (_, index) => makeGpuIteration(index, parts(1, 1)));
    expect(markBars(compositionBars(iterationRows([makeReady('a', few)])), null)).toMatchObject({
      perBar: 1,
      overlays: [],
    });
  });
});

describe('arguments of a slice', () => {
  test('are lines of name and value; nested ones stay JSON', () => {
    expect(argumentRows('{"grid":[1,2,3],"stream":7,"name":"x","none":""}')).toEqual([
      { name: 'grid', value: '[1,2,3]' },
      { name: 'stream', value: '7' },
      { name: 'name', value: 'x' },
      { name: 'none', value: '""' },
    ]);
  });

  test('that cannot be read are shown as they are', () => {
    expect(argumentRows('{"cut')).toEqual([{ name: 'arguments', value: '{"cut' }]);
    expect(argumentRows(null)).toEqual([]);
  });
});

describe('iterations on the timeline', () => {
  const ready = makeReady('gpu', [
    makeGpuIteration(20, parts(500_000, 0), 250),
    makeGpuIteration(21, parts(9, 0)),
  ]);

  test('are host windows for threads and GPU windows for streams', () => {
    const trace = timelineTrace(ready);
    expect(trace.hostBands[0]).toMatchObject({ index: 20, startNs: 20e6, endNs: 21e6 });
    expect(trace.gpuBands.get(0)?.[0]).toMatchObject({ index: 20, startNs: 20e6 + 250 });
  });

  test('a moment lies in the window of its own kind of track', () => {
    expect(iterationAt(ready.iterations, null, 20e6 + 100)).toMatchObject({ index: 20, onGpu: false });
    expect(iterationAt(ready.iterations, 0, 20e6 + 100)).toBeNull();
    expect(iterationAt(ready.iterations, 0, 20e6 + 300)).toMatchObject({ index: 20, onGpu: true });
  });
});
