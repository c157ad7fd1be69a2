// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { Iteration } from '#shared/contract/engine.ts';
import { toCsv } from '#renderer/features/trace/model/csv.ts';
import { iterationColumns } from '#renderer/features/trace/model/iteration-columns.ts';
import { iterationRows } from '#renderer/features/trace/model/iteration-rows.ts';
import { loggedSteps } from '#renderer/features/trace/model/logged-steps.ts';
import { findOutliers } from '#renderer/features/trace/model/outliers.ts';
import { threadTimes } from '#renderer/features/trace/model/thread-times.ts';
import { makeIteration } from '../../../../builders/run.ts';
import { makeGpuIteration, makeReady } from '../../../../builders/trace.ts';

const usualParts = { computeNs: 700_000, communicationNs: 100_000, memoryNs: 0, idleNs: 200_000 };

/** Twenty usual iterations, of which the one numbered 7 is longer by 1 ms and changed. */
function withSlow(change: (slow: Iteration) => Partial<Iteration>, make = makeGpuIteration): Iteration[] {
  return Array.from({ length: 20 }, (_, index) => {
    const usual = make(index, usualParts);
    if (index !== 7) return usual;
    const slow = { ...usual, endNs: usual.endNs + 1_000_000 };
    return { ...slow, ...change(slow) };
  });
}

/** The window's parts with one of them longer. */
function longer(slow: Iteration, part: keyof typeof usualParts, byNs: number): Partial<Iteration> {
  return {
    gpuWindows: slow.gpuWindows.map((window) => ({
      ...window,
      endNs: window.endNs + byNs,
      composition: { ...window.composition, [part]: window.composition[part] + byNs },
    })),
  };
}

function idleLonger(slow: Iteration, cause: keyof Iteration['gpuWindows'][number]['idle'], byNs: number) {
  const { gpuWindows = [] } = longer(slow, 'idleNs', byNs);
  return {
    gpuWindows: gpuWindows.map((window) => ({
      ...window,
      idle: { ...window.idle, [cause]: window.idle[cause] + byNs },
    })),
  };
}

function causes(iterations: readonly Iteration[]): Record<string, string | null> {
  const found = findOutliers(iterationRows([makeReady('r', iterations)]));
  return Object.fromEntries([...found].map(([key, { cause }]) => [key, cause]));
}

describe('outliers', () => {
  test.each<readonly [string, (slow: Iteration) => Partial<Iteration>]>([
    ['compute', (slow) => longer(slow, 'computeNs', 900_000)],
    ['communication', (slow) => longer(slow, 'communicationNs', 900_000)],
    ['memory', (slow) => longer(slow, 'memoryNs', 900_000)],
    ['idle: host', (slow) => idleLonger(slow, 'hostNs', 900_000)],
    ['idle: kernel gaps', (slow) => idleLonger(slow, 'kernelGapNs', 900_000)],
    ['idle: dependency', (slow) => idleLonger(slow, 'dependencyNs', 900_000)],
    ['idle: no work', (slow) => idleLonger(slow, 'noWorkNs', 900_000)],
    ['garbage collection', () => ({ gcNs: 900_000 })],
    ['garbage collection', (slow) => ({ ...idleLonger(slow, 'hostNs', 950_000), gcNs: 900_000 })],
    ['idle: host', (slow) => ({ ...idleLonger(slow, 'hostNs', 950_000), gcNs: 400_000 })],
  ])('name the planted cause: %s', (cause, change) => {
    expect(causes(withSlow(change))).toEqual({ 'r 7': cause });
  });

  test('name waiting for the GIL where the trace records it', () => {
    const iterations = withSlow(() => ({ gilWaitingNs: 900_000 })).map((iteration) => ({
      ...iteration,
      gilWaitingNs: iteration.gilWaitingNs ?? 0,
    }));
    expect(causes(iterations)).toEqual({ 'r 7': 'waiting for the GIL' });
  });

  test('are unexplained when no part explains half of the excess', () => {
    expect(causes(withSlow((slow) => longer(slow, 'computeNs', 400_000)))).toEqual({ 'r 7': null });
    expect(causes(withSlow((slow) => longer(slow, 'computeNs', 500_000)))).toEqual({ 'r 7': 'compute' });
  });

  test('are found by the GPU window alone, when the host ran ahead', () => {
    const iterations = withSlow((slow) => ({
      ...longer(slow, 'computeNs', 900_000),
      endNs: slow.startNs + 1e6,
    }));
    expect(causes(iterations)).toEqual({ 'r 7': 'compute' });
  });

  test('are not what is long only because of its kind or batch, or was partly captured', () => {
    const doubled = (index: number): Partial<Iteration> => ({ endNs: (index + 2) * 1e6 });
    const contexts = Array.from({ length: 40 }, (_, index) => ({
      ...makeIteration(index),
      ...(index % 8 === 0 ? { contextRequests: 2, ...doubled(index) } : {}),
    }));
    expect(causes(contexts)).toEqual({});
    const batches = Array.from({ length: 40 }, (_, index) => ({
      ...makeIteration(index),
      ...(index % 8 === 0 ? { generationRequests: 64, ...doubled(index) } : {}),
    }));
    expect(causes(batches)).toEqual({});
    expect(causes(withSlow(() => ({ captured: 'partial' })))).toEqual({});
  });

  test('of a batch that is rare are judged by their kind; a handful of iterations is not judged', () => {
    expect(causes(withSlow(() => ({ generationRequests: 3, gcNs: 900_000 })))).toEqual({
      'r 7': 'garbage collection',
    });
    expect(causes(withSlow(() => ({ gcNs: 900_000 })).slice(5, 9))).toEqual({});
  });
});

describe('what the log says of steps', () => {
  test('stands at the step that the line describes; the device’s figure one line later', () => {
    const steps = loggedSteps(
      [
        { iteration: 7, hostStepMs: 3.5, previousDeviceStepMs: 2, generationTokens: 4 },
        { iteration: 8, hostStepMs: 3, previousDeviceStepMs: 2.5 },
      ],
      0,
    );
    expect(steps.get(7)).toEqual({
      hostStepNs: 3.5e6,
      deviceStepNs: 2.5e6,
      contextRequests: null,
      contextTokens: null,
      generationTokens: 4,
      scheduledRequests: null,
      cacheRatio: null,
    });
    expect(steps.get(6)).toMatchObject({ hostStepNs: null, deviceStepNs: 2e6 });
  });

  test('is of the rank that printed it', () => {
    const lines = [
      { iteration: 7, hostStepMs: 1, rank: 0 },
      { iteration: 7, hostStepMs: 2, rank: 1 },
    ];
    expect(loggedSteps(lines, 1).get(7)?.hostStepNs).toBe(2e6);
    expect(loggedSteps(lines, 2).size).toBe(0);
  });

  test('is part of the rows', () => {
    const ready = makeReady('r', [makeIteration(7), makeIteration(8)]);
    const rows = iterationRows([ready], () => ({
      log: loggedSteps([{ iteration: 8, hostStepMs: 3 }], 0),
      records: new Map(),
    }));
    expect(rows.map(({ logged }) => logged?.hostStepNs ?? null)).toEqual([null, 3e6]);
  });
});

test('what threads did is told one by one, the most first', () => {
  const thread = (name: string, gcNs: number) => ({
    ...{ pid: '1', tid: '42', name, gcNs },
    ...{ gilHeldNs: 2_000, gilWaitingNs: null },
  });
  const threads = [thread('worker', 1_000), thread('', 3_000), thread('idle', 0)];
  expect(threadTimes(threads, 'gcNs')).toBe('thread 42: 3.000 µs\nworker: 1.000 µs');
  expect(threadTimes(threads, 'gilHeldNs').split('\n')).toHaveLength(3);
  expect(threadTimes(threads, 'gilWaitingNs')).toBe('');
});

describe('the table of iterations', () => {
  const columnsOf = (iterations: readonly Iteration[]) => {
    const rows = iterationRows([makeReady('r', iterations)]);
    return { rows, columns: iterationColumns(rows, findOutliers(rows)) };
  };

  test('has a column for everything that the traces tell, and none for what they do not', () => {
    const keys = (iterations: readonly Iteration[]) => columnsOf(iterations).columns.map(({ key }) => key);
    const gpu = keys([makeGpuIteration(1, usualParts)]);
    expect(gpu).toEqual(
      expect.arrayContaining(['time', 'busy', 'idleHost', 'shift', 'kernelTime', 'commAll']),
    );
    expect(gpu).not.toContain('gilHeld');
    expect(gpu).not.toContain('rank');
    const host = keys([makeIteration(1)]);
    expect(host).not.toContain('busy');
    expect(host).not.toContain('kernels');
  });

  test('tells which share of the communication computing hides', () => {
    const usual = makeGpuIteration(1, usualParts);
    const gpuWindows = usual.gpuWindows.map((window) => ({ ...window, communicationNs: 400_000 }));
    const { rows, columns } = columnsOf([{ ...usual, gpuWindows }]);
    const hidden = columns.find(({ key }) => key === 'overlap');
    expect(rows.map((row) => hidden?.value(row))).toEqual([0.75]);
  });

  test('gives every column a name of its own and a definition', () => {
    const delay = { count: 1, totalNs: 5, minNs: 5, medianNs: 5, p95Ns: 5, maxNs: 5 };
    const { columns } = columnsOf(
      withSlow(() => ({ gcNs: 9e5 })).map((iteration) => ({
        ...iteration,
        launchDelay: delay,
        gilHeldNs: 1,
        gilWaitingNs: 1,
        contextTokens: 1,
      })),
    );
    expect(new Set(columns.map(({ key }) => key)).size).toBe(columns.length);
    for (const { definition, title } of columns) expect(definition.length, title).toBeGreaterThan(20);
    expect(columns.find(({ key }) => key === 'commAll')?.usual).toBe(false);
    expect(columns.find(({ key }) => key === 'cause')?.usual).toBe(true);
  });

  test('leaves as CSV: durations in nanoseconds, nothing for what is missing', () => {
    const { rows, columns } = columnsOf([makeGpuIteration(20, usualParts, 250)]);
    const some = columns.filter(({ key }) => ['iteration', 'kind', 'time', 'shift'].includes(key));
    const csv = toCsv(
      some.map(({ title, type, value }) => ({ title, value, unit: type === 'duration' ? 'ns' : undefined })),
      rows,
    );
    expect(csv).toBe('Iteration,Kind,Time [ns],GPU shift [ns]\r\n20,generation,1000000,250\r\n');
  });

  test('quotes in CSV what would break it, or a spreadsheet', () => {
    const value = (text: string | null) => text;
    const rows = ['a,"b"', '=1+1', null];
    expect(toCsv([{ title: 'Name', value }], rows)).toBe('Name\r\n"a,""b"""\r\n\'=1+1\r\n\r\n');
  });
});
