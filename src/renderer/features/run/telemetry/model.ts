// SPDX-License-Identifier: Apache-2.0
import { formatBytes, formatCount } from '#shared/base/units.ts';
import type { GpuSample, TelemetryHead, TelemetrySample, Throttle } from '#shared/contract/telemetry.ts';
import { plural } from '#renderer/base/format.ts';
import type { TelemetryPlot } from '#renderer/charts/index.tsx';
import { telemetryDefinitions } from './definitions.ts';

/** What telemetry comes to on the screen: small plots, each with its newest figure. */

export interface TelemetryCard {
  readonly key: string;
  readonly title: string;
  readonly definition: string;
  /** The newest value with its unit. */
  readonly now: string;
  readonly plot: TelemetryPlot;
}

const GIB = 1024 ** 3;

interface CardSpec {
  readonly key: keyof typeof telemetryDefinitions;
  readonly title: string;
  readonly unit: string;
  readonly max?: number | undefined;
  readonly lines: TelemetryPlot['lines'];
  /** One line a GPU: there may be many, so their range stands for them. */
  readonly perGpu?: boolean;
}

const last = (values: readonly (number | null)[]): number | null =>
  values.findLast((value) => value !== null) ?? null;

function card(
  atMs: readonly number[],
  { key, title, unit, max, lines, perGpu = false }: CardSpec,
): TelemetryCard[] {
  const known = lines.filter(({ values }) => values.some((value) => value !== null));
  if (known.length === 0) return [];
  const newest = known.map(({ values }) => last(values)).filter((value) => value !== null);
  const figures = perGpu ? rangeText(newest) : namedText(known);
  const definition = telemetryDefinitions[key];
  return [
    {
      key,
      title,
      definition,
      now: `${figures} ${unit}`,
      plot: { atMs, lines: known, unit, max },
    },
  ];
}

/** The newest value of each line, by name where there is more than one. */
function namedText(lines: TelemetryPlot['lines']): string {
  const texts = lines.flatMap(({ name, values }) => {
    const value = last(values);
    if (value === null) return [];
    return [lines.length === 1 ? sampledText(value) : `${name} ${sampledText(value)}`];
  });
  return texts.join(' · ');
}

/** Three digits are what a sampled figure is good for; whole numbers keep all of theirs. */
function rangeText(values: readonly number[]): string {
  const texts = [Math.min(...values), Math.max(...values)].map(sampledText);
  return [...new Set(texts)].join('–');
}

const sampledText = (value: number): string =>
  Number.isInteger(value) || Math.abs(value) >= 1000 ? formatCount(value) : rounded(value).toString();
const rounded = (value: number): number => Number(value.toPrecision(3));
const scaled = (value: number | null | undefined, factor: number): number | null =>
  value === null || value === undefined ? null : value * factor;

export function telemetryCards(head: TelemetryHead, samples: readonly TelemetrySample[]): TelemetryCard[] {
  const atMs = samples.map((sample) => sample.atMs);
  return [...hostSpecs(head, samples), ...gpuSpecs(head, samples)].flatMap((spec) => card(atMs, spec));
}

function hostSpecs(head: TelemetryHead, samples: readonly TelemetrySample[]): CardSpec[] {
  return [
    {
      key: 'cpu',
      title: 'Processors',
      unit: '%',
      max: 100,
      lines: [
        { name: 'host', values: samples.map(({ host }) => scaled(host.cpuRatio, 100)) },
        { name: 'run', values: samples.map(({ run }) => scaled(run?.cores, 100 / head.host.cores)) },
      ],
    },
    {
      key: 'memory',
      title: 'Memory',
      unit: 'GiB',
      max: rounded(head.host.memoryBytes / GIB),
      lines: [
        { name: 'host', values: samples.map(({ host }) => host.memoryUsedBytes / GIB) },
        { name: 'run', values: samples.map(({ run }) => scaled(run?.rssBytes, 1 / GIB)) },
      ],
    },
    {
      key: 'disk',
      title: 'Disk free',
      unit: 'GiB',
      lines: [{ name: 'free', values: samples.map(({ host }) => scaled(host.diskFreeBytes, 1 / GIB)) }],
    },
  ];
}

function gpuSpecs(head: TelemetryHead, samples: readonly TelemetrySample[]): CardSpec[] {
  const gpu = (read: (sample: GpuSample) => number | null): TelemetryPlot['lines'] =>
    head.gpus.map(({ index }, at) => ({
      name: `GPU ${index.toString()}`,
      values: samples.map(({ gpus }) => {
        const sample = gpus[at];
        return sample === undefined ? null : read(sample);
      }),
    }));
  return [
    {
      key: 'gpuBusy',
      title: 'GPU busy',
      unit: '%',
      max: 100,
      perGpu: true,
      lines: gpu((sample) => scaled(sample.busyRatio, 100)),
    },
    {
      key: 'gpuMemory',
      title: 'GPU memory',
      unit: 'GiB',
      max: largestMemory(head),
      perGpu: true,
      lines: gpu((sample) => scaled(sample.memoryUsedBytes, 1 / GIB)),
    },
    {
      key: 'gpuPower',
      title: 'GPU power',
      unit: 'W',
      perGpu: true,
      lines: gpu((sample) => sample.powerWatts),
    },
    {
      key: 'gpuClock',
      title: 'SM clock',
      unit: 'MHz',
      perGpu: true,
      lines: gpu((sample) => sample.smClockMhz),
    },
    {
      key: 'gpuMemoryClock',
      title: 'Memory clock',
      unit: 'MHz',
      perGpu: true,
      lines: gpu((sample) => sample.memoryClockMhz),
    },
    {
      key: 'gpuTemperature',
      title: 'GPU temperature',
      unit: '°C',
      perGpu: true,
      lines: gpu((sample) => sample.temperatureCelsius),
    },
  ];
}

function largestMemory(head: TelemetryHead): number | undefined {
  const bytes = head.gpus.reduce((most, gpu) => Math.max(most, gpu.memoryBytes ?? 0), 0);
  return bytes === 0 ? undefined : rounded(bytes / GIB);
}

const throttleWords: Readonly<Record<Throttle, string>> = {
  'power-cap': 'power limit',
  thermal: 'temperature',
  'power-brake': 'power supply',
  hardware: 'hardware slowdown',
  'sync-boost': 'a slower GPU of its group',
  'set-clocks': 'clocks that were set',
};

export interface GpuState {
  readonly key: number;
  readonly name: string;
  /** Why the clocks were lowered at any time; null where they were not, or the device does not tell. */
  readonly throttled: string | null;
  readonly processes: string;
}

/** One line for each GPU: what it is, whether it was slowed down, who uses it. */
export function gpuStates(head: TelemetryHead, samples: readonly TelemetrySample[]): GpuState[] {
  return head.gpus.map(({ index, name }, at) => {
    const reasons = new Set(samples.flatMap(({ gpus }) => gpus[at]?.throttles ?? []));
    const processes = samples.at(-1)?.gpus[at]?.processes ?? null;
    return {
      key: index,
      name: `GPU ${index.toString()}: ${name ?? 'unnamed'}`,
      throttled: reasons.size === 0 ? null : [...reasons].map((reason) => throttleWords[reason]).join(', '),
      processes: processText(processes),
    };
  });
}

function processText(processes: GpuSample['processes']): string {
  if (processes === null) return 'its processes are not told';
  if (processes.length === 0) return 'no process';
  const named = processes.map(({ pid, memoryBytes }) =>
    memoryBytes === null ? `pid ${pid.toString()}` : `pid ${pid.toString()} (${formatBytes(memoryBytes)})`,
  );
  return `${plural(processes.length, 'process', 'processes')}: ${named.join(', ')}`;
}
