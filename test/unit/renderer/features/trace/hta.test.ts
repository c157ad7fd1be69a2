// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { DeviceRange, HtaFigures } from '#shared/contract/analysis.ts';
import { comparedFigures, meanQueue, type OwnFigures } from '#renderer/features/trace/model/hta.ts';

const stream = {
  stream: 7,
  hostWaitNs: 3_000,
  kernelWaitNs: -500,
  otherNs: 40_000,
  queueChanges: 4,
  queueMax: 2,
  queueSum: 5,
};

const hta: HtaFigures = {
  startNs: 1_000,
  kernelNs: 100_000,
  idleNs: 40_000,
  computeNs: 50_000,
  nonComputeNs: 10_000,
  communicationNs: 20_000,
  overlapNs: 15_000,
  launchCount: 4,
  launchDelayNs: 8_000,
  maxLaunchDelayNs: 5_000,
  immediateLaunches: 1,
  streams: [stream, { ...stream, stream: 13, queueMax: 6 }],
  untilNs: null,
};

const device: DeviceRange = {
  deviceId: 0,
  startNs: 1_000,
  endNs: 101_000,
  composition: { computeNs: 50_000, communicationNs: 5_000, memoryNs: 3_000, idleNs: 42_000 },
  communicationNs: 25_000,
  idle: { hostNs: 2_000, kernelGapNs: 20_000, dependencyNs: 10_000, noWorkNs: 4_000, unknownNs: 6_000 },
  gapCount: 9,
  longestGaps: [],
};

const delay = { count: 2, totalNs: 12_000, minNs: 4_000, medianNs: 4_000, p95Ns: 8_000, maxNs: 8_000 };
const own: OwnFigures = {
  devices: [device],
  queues: [{ trackId: 1, deviceId: 0, activities: 9, unknown: 0, max: 11, queuedNs: 1, longest: [11] }],
  iterations: [{ launchDelay: delay }, { launchDelay: null }],
};

const figuresOf = (of: OwnFigures, said: HtaFigures = hta) =>
  Object.fromEntries(comparedFigures(said, of).map(({ title, hta: its, ours }) => [title, [its, ours]]));

describe('HolisticTraceAnalysis beside Iterscope', () => {
  test('every figure stands once by its own definition and once by ours', () => {
    expect(figuresOf(own)).toEqual({
      'Time looked at': ['100.0 µs', '100.0 µs'],
      Idle: ['40.00 µs · 40.0 %', '42.00 µs · 42.0 %'],
      Computation: ['50.00 µs · 50.0 %', '50.00 µs · 50.0 %'],
      'No computation': ['10.00 µs · 10.0 %', '8.000 µs · 8.0 %'],
      Communication: ['20.00 µs · 20.0 %', '25.00 µs · 25.0 %'],
      'Communication hidden': ['75.0 %', '80.0 %'],
      Launches: ['4', '2'],
      'Launch delay, mean': ['2.000 µs', '6.000 µs'],
      'Launch delay, max': ['5.000 µs', '8.000 µs'],
      'Host wait': ['6.000 µs', '2.000 µs'],
      'Kernel wait': ['-1.000 µs', '20.00 µs'],
      'Other wait': ['80.00 µs', '20.00 µs'],
      'Longest queue': ['6', '11'],
    });
    expect(meanQueue(stream)).toBe('1.250');
  });

  test('what one of them cannot say is no zero', () => {
    const silent = figuresOf(
      { devices: [], queues: [], iterations: [] },
      { ...hta, communicationNs: 0, overlapNs: 0, launchCount: 0, streams: [] },
    );
    expect(silent['Idle']).toEqual(['40.00 µs · 40.0 %', null]);
    expect(silent['Communication hidden']).toEqual(['no communication', 'no communication']);
    expect(silent['Launch delay, mean']).toEqual(['—', null]);
    expect(silent['Longest queue']).toEqual(['0', null]);
    expect(meanQueue({ ...stream, queueChanges: 0, queueSum: 0 })).toBeNull();
  });

  test('of several devices ours is their sum', () => {
    const both = figuresOf({ ...own, devices: [device, { ...device, deviceId: 1 }] });
    expect(both['Time looked at']).toEqual(['100.0 µs', '200.0 µs']);
    expect(both['Idle']).toEqual(['40.00 µs · 40.0 %', '84.00 µs · 42.0 %']);
  });
});
