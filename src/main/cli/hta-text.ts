// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDurationNs, formatPercent, formatRatio } from '#shared/base/units.ts';
import type { HtaFigures } from '#shared/contract/analysis.ts';
import { columns } from './columns.ts';

/** The figures of HolisticTraceAnalysis for a terminal, under its name. */
export function htaLines(hta: HtaFigures | null): readonly string[] {
  const title = 'By the definitions of HolisticTraceAnalysis 0.5.0';
  if (hta === null) return [title, '  no work of devices'];
  const { kernelNs, communicationNs, launchCount, launchDelayNs } = hta;
  const part = (ns: number): string => `${formatDurationNs(ns)} (${formatPercent(ns / kernelNs)})`;
  const mean = launchCount === 0 ? 0 : launchDelayNs / launchCount;
  const overlap = communicationNs === 0 ? 'no communication' : formatPercent(hta.overlapNs / communicationNs);
  const streams = hta.streams.map(({ stream, hostWaitNs, kernelWaitNs, otherNs, ...queue }) => [
    stream.toString(),
    ...[hostWaitNs, kernelWaitNs, otherNs].map(formatDurationNs),
    queue.queueMax.toString(),
    queue.queueChanges === 0 ? '-' : formatRatio(queue.queueSum / queue.queueChanges),
  ]);
  return [
    title,
    ...columns([
      ['Idle', part(hta.idleNs)],
      ['Compute', part(hta.computeNs)],
      ['Non-compute', part(hta.nonComputeNs)],
      ['Overlap', overlap],
      [
        'Launch delay',
        `mean ${formatDurationNs(mean)}, max ${formatDurationNs(hta.maxLaunchDelayNs)}, ${formatCount(launchCount)} launches`,
      ],
    ]),
    ...columns([['Stream', 'Host wait', 'Kernel wait', 'Other', 'Queue max', 'mean'], ...streams]),
  ];
}
