// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDurationNs, formatPercent, formatRatio } from '#shared/base/units.ts';
import type { DeviceRange, HtaFigures, IdleCauses, StreamQueue } from '#shared/contract/analysis.ts';
import type { Iteration } from '#shared/contract/engine.ts';
import { sumCompositions, sumParts } from './iteration-rows.ts';

/**
 * HolisticTraceAnalysis and Iterscope side by side: the same question over the same time, each by its own definition,
 * and why the answers may differ.
 */

export interface ComparedFigure {
  readonly title: string;
  /** Its definition. */
  readonly definition: string;
  readonly hta: string;
  /** By Iterscope's definition; null where it has no such figure. */
  readonly ours: string | null;
  readonly differs: string;
}

/** What Iterscope says of the time that HolisticTraceAnalysis looks at. */
export interface OwnFigures {
  readonly devices: readonly DeviceRange[];
  readonly queues: readonly StreamQueue[];
  readonly iterations: readonly Pick<Iteration, 'launchDelay'>[];
}

const partOf = (ns: number, wholeNs: number): string =>
  wholeNs === 0 ? formatDurationNs(ns) : `${formatDurationNs(ns)} · ${formatPercent(ns / wholeNs)}`;

const hiddenOf = (hiddenNs: number, wholeNs: number): string =>
  wholeNs === 0 ? 'no communication' : formatPercent(hiddenNs / wholeNs);

function breakdown(hta: HtaFigures, { devices }: OwnFigures): readonly ComparedFigure[] {
  const parts = sumCompositions(devices.map(({ composition }) => composition));
  const wholeNs = devices.reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0);
  const communicationNs = devices.reduce((sum, device) => sum + device.communicationNs, 0);
  const own = (ns: number | undefined): string | null => (ns === undefined ? null : partOf(ns, wholeNs));
  return [
    {
      title: 'Time looked at',
      definition: 'From the first start to the last end of everything that names a stream.',
      hta: formatDurationNs(hta.kernelNs),
      ours: formatDurationNs(wholeNs),
      differs:
        devices.length > 1
          ? `Iterscope looks at each of the ${formatCount(devices.length)} devices for as long: their sum.`
          : 'The same time: both columns are about it.',
    },
    {
      title: 'Idle',
      definition: 'Time in which nothing that names a stream ran (get_temporal_breakdown).',
      hta: partOf(hta.idleNs, hta.kernelNs),
      ours: own(parts?.idleNs),
      differs:
        'It counts synchronisations that name a stream as running; Iterscope counts kernels, copies and sets.',
    },
    {
      title: 'Computation',
      definition: 'Time in which a kernel ran that is neither communication nor memory by its name.',
      hta: partOf(hta.computeNs, hta.kernelNs),
      ours: own(parts?.computeNs),
      differs:
        'Iterscope takes kinds from its rule table: custom all-reduce, too, is communication and no compute.',
    },
    {
      title: 'No computation',
      definition: 'Time in which something ran, and no computation.',
      hta: partOf(hta.nonComputeNs, hta.kernelNs),
      ours: own(parts === null ? undefined : parts.communicationNs + parts.memoryNs),
      differs: 'Of Iterscope: exposed communication and memory together. It counts synchronisations here.',
    },
    {
      title: 'Communication',
      definition: 'Time in which a kernel named nccl…Kernel ran, whatever ran beside it.',
      hta: partOf(hta.communicationNs, hta.kernelNs),
      ours: own(communicationNs),
      differs: 'Iterscope also counts all-to-all and custom all-reduce kernels.',
    },
    {
      title: 'Communication hidden',
      definition: 'Share of the communication during which a computation ran (get_comm_comp_overlap).',
      hta: hiddenOf(hta.overlapNs, hta.communicationNs),
      ours: hiddenOf(communicationNs - (parts?.communicationNs ?? 0), communicationNs),
      differs: 'The same but for what counts as communication and as compute.',
    },
  ];
}

function launches(hta: HtaFigures, { iterations }: OwnFigures): readonly ComparedFigure[] {
  const delays = iterations.flatMap(({ launchDelay }) => launchDelay ?? []);
  const count = delays.reduce((sum, delay) => sum + delay.count, 0);
  const totalNs = delays.reduce((sum, delay) => sum + delay.totalNs, 0);
  const maxNs = delays.reduce((most, delay) => Math.max(most, delay.maxNs), 0);
  const of = (ns: number, among: number): string | null => (among === 0 ? null : formatDurationNs(ns));
  const differs =
    'It measures from the end of the call, and not below 0; Iterscope from its start, over the calls of all iterations, those of graphs included.';
  return [
    {
      title: 'Launches',
      definition: `Calls whose work is known (get_cuda_kernel_launch_stats). Work of ${formatCount(hta.immediateLaunches)} began before its call had ended.`,
      hta: formatCount(hta.launchCount),
      ours: count === 0 ? null : formatCount(count),
      differs:
        'It does not know graph launches and cuLaunchKernelEx, and counts what lies outside of iterations.',
    },
    {
      title: 'Launch delay, mean',
      definition: 'From the end of the launch call to the start of its work.',
      hta: of(hta.launchDelayNs / Math.max(hta.launchCount, 1), hta.launchCount) ?? '—',
      ours: of(totalNs / Math.max(count, 1), count),
      differs,
    },
    {
      title: 'Launch delay, max',
      definition: 'The longest of them.',
      hta: of(hta.maxLaunchDelayNs, hta.launchCount) ?? '—',
      ours: of(maxNs, count),
      differs,
    },
  ];
}

function waits(hta: HtaFigures, { devices, queues }: OwnFigures): readonly ComparedFigure[] {
  const idle = sumParts<keyof IdleCauses>(devices.map((device) => device.idle));
  const ours = (ns: number | undefined): string | null => (ns === undefined ? null : formatDurationNs(ns));
  const total = (of: (stream: HtaFigures['streams'][number]) => number): string =>
    formatDurationNs(hta.streams.reduce((sum, stream) => sum + of(stream), 0));
  const perStream =
    'It asks each stream for itself, so that one waits while another works; Iterscope asks the device.';
  const most = (lengths: readonly number[]): number => lengths.reduce((a, b) => Math.max(a, b), 0);
  return [
    {
      title: 'Host wait',
      definition:
        'Gaps on a stream whose ending activity was called after they began, summed over streams (get_idle_time_breakdown).',
      hta: total(({ hostWaitNs }) => hostWaitNs),
      ours: ours(idle?.hostNs),
      differs: perStream,
    },
    {
      title: 'Kernel wait',
      definition:
        'Other gaps on a stream under 30 µs (its documents say ns), summed. Negative where activities overlap.',
      hta: total(({ kernelWaitNs }) => kernelWaitNs),
      ours: ours(idle?.kernelGapNs),
      differs: `${perStream} Gaps of Iterscope are never negative.`,
    },
    {
      title: 'Other wait',
      definition: 'All other gaps on a stream, summed.',
      hta: total(({ otherNs }) => otherNs),
      ours: ours(idle === null ? undefined : idle.dependencyNs + idle.noWorkNs + idle.unknownNs),
      differs: `${perStream} Iterscope tells apart: dependency, no work, unknown; all of them here.`,
    },
    {
      title: 'Longest queue',
      definition:
        'Most launches of a stream whose activity had not begun (get_queue_length_time_series): the longest of all streams.',
      hta: formatCount(most(hta.streams.map(({ queueMax }) => queueMax))),
      ours: queues.length === 0 ? null : formatCount(most(queues.map(({ max }) => max))),
      differs:
        'A queue gets shorter when an activity begins; for Iterscope when it ends, and graphs count, too.',
    },
  ];
}

/** All figures of a rank, in the order in which they are shown. */
export function comparedFigures(hta: HtaFigures, own: OwnFigures): readonly ComparedFigure[] {
  return [...breakdown(hta, own), ...launches(hta, own), ...waits(hta, own)];
}

/** The mean length of a queue after each of its changes; null for one that never changed. */
export function meanQueue({ queueSum, queueChanges }: HtaFigures['streams'][number]): string | null {
  return queueChanges === 0 ? null : formatRatio(queueSum / queueChanges);
}
