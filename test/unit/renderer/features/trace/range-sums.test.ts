// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { deviceShares, rangeRows } from '#renderer/features/trace/model/range-sums.ts';
import { makeTrack } from '../../../../builders/timeline.ts';

const durations = { count: 4, totalNs: 100, minNs: 10, medianNs: 20, p95Ns: 50, maxNs: 50 };
const group = { name: null, kind: null, trackId: null, durations, insideNs: 90, ownNs: 90, longestRow: 0 };

test('rows carry the label of what they sum up, and the rank where there are several', () => {
  const tracks = [makeTrack(7, { name: 'main', section: 'NVTX' })];
  const groups = [
    { ...group, trackId: 7 },
    { ...group, kind: 'GEMM' },
    { ...group, kind: 'GEMM', name: 'sm90' },
  ];
  const one = { label: 'Rank 0', tracks, groups };
  expect(rangeRows([one]).map(({ rank, label }) => `${rank}|${label}`)).toEqual([
    '|main · NVTX',
    '|GEMM',
    '|sm90',
  ]);
  const both = rangeRows([one, { ...one, label: 'Rank 1' }]);
  expect(both[0]).toMatchObject({ rank: 'Rank 0', insideNs: 90, meanNs: 25, count: 4 });
  expect(new Set(both.map(({ key }) => key)).size).toBe(6);
});

test('a device is busy with whatever runs; exposed is the communication that nothing hides', () => {
  const device = {
    deviceId: 1,
    startNs: 0,
    endNs: 100,
    composition: { computeNs: 40, communicationNs: 10, memoryNs: 10, idleNs: 40 },
    communicationNs: 30,
    idle: { hostNs: 40, kernelGapNs: 0, dependencyNs: 0, noWorkNs: 0, unknownNs: 0 },
    gapCount: 1,
    longestGaps: [],
  };
  const shares = { label: 'Rank 2 · GPU 1', busyNs: 60, idleNs: 40, exposedNs: 10, busyRatio: 0.6 };
  expect(deviceShares('Rank 2', device)).toEqual(shares);
  expect(deviceShares('', device).label).toBe('GPU 1');
});
