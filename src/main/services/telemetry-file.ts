// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import {
  telemetryHead,
  telemetrySample,
  throttleReasons,
  type GpuSample,
  type TelemetryHead,
  type TelemetrySample,
  type TelemetrySeries,
} from '#shared/contract/telemetry.ts';
import { isMissing } from './files.ts';

/**
 * A run's telemetry on disk, version 1: a line of JSON that says what was sampled, then one array of numbers a
 * sample (docs/formats.md). Written as it comes; a last line that was cut is left out when it is read.
 */

const numberOrNull = z.number().nullable();
const processes = z.array(z.tuple([z.int(), numberOrNull])).nullable();
const gpuRow = z.tuple([
  numberOrNull,
  numberOrNull,
  numberOrNull,
  numberOrNull,
  numberOrNull,
  numberOrNull,
  numberOrNull,
  numberOrNull,
  processes,
]);
const row = z
  .tuple([z.number(), numberOrNull, z.number(), numberOrNull, numberOrNull, numberOrNull])
  .rest(gpuRow);

/** Throttle reasons as bits, in the order of their names. */
const throttleBits = (reasons: GpuSample['throttles']): number | null =>
  reasons?.reduce((bits, reason) => bits | (1 << throttleReasons.indexOf(reason)), 0) ?? null;
const throttlesOf = (bits: number | null): GpuSample['throttles'] =>
  bits === null ? null : throttleReasons.filter((_, at) => (bits & (1 << at)) !== 0);

/** A figure needs no more digits than it has meaning. */
const short = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(5)));

export function headLine(head: TelemetryHead): string {
  return `${JSON.stringify(head)}\n`;
}

export function sampleLine({ atMs, host, run, gpus }: TelemetrySample): string {
  const cells = [
    Math.round(atMs),
    short(host.cpuRatio),
    host.memoryUsedBytes,
    host.diskFreeBytes,
    short(run?.cores ?? null),
    run?.rssBytes ?? null,
    ...gpus.map((gpu) => [
      short(gpu.busyRatio),
      short(gpu.memoryBusyRatio),
      gpu.memoryUsedBytes,
      gpu.smClockMhz,
      gpu.memoryClockMhz,
      short(gpu.powerWatts),
      gpu.temperatureCelsius,
      throttleBits(gpu.throttles),
      gpu.processes?.map(({ pid, memoryBytes }) => [pid, memoryBytes]) ?? null,
    ]),
  ];
  return `${JSON.stringify(cells)}\n`;
}

function toSample(line: string): TelemetrySample | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null;
  }
  const cells = row.safeParse(parsed);
  if (!cells.success) return null;
  const [atMs, cpuRatio, memoryUsedBytes, diskFreeBytes, cores, rssBytes, ...gpus] = cells.data;
  return telemetrySample.parse({
    atMs,
    host: { cpuRatio, memoryUsedBytes, diskFreeBytes },
    run: rssBytes === null ? null : { cores, rssBytes },
    gpus: gpus.map(([busy, memoryBusy, used, sm, memory, watts, celsius, throttled, listed]) => ({
      busyRatio: busy,
      memoryBusyRatio: memoryBusy,
      memoryUsedBytes: used,
      smClockMhz: sm,
      memoryClockMhz: memory,
      powerWatts: watts,
      temperatureCelsius: celsius,
      throttles: throttlesOf(throttled),
      processes: listed?.map(([pid, memoryBytes]) => ({ pid, memoryBytes })) ?? null,
    })),
  });
}

/** More points than a chart can tell apart. */
const MOST_SAMPLES = 1_000;

/** Weeks of sampling a single GPU; a longer file, which may come from elsewhere, is read so far. */
const MOST_BYTES = 256 * 1024 ** 2;

async function textOf(path: string): Promise<string> {
  const chunks: string[] = [];
  try {
    const stream = createReadStream(path, { encoding: 'utf8', end: MOST_BYTES - 1 });
    for await (const chunk of stream) chunks.push(chunk as string);
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
  }
  return chunks.join('');
}

/** A run's telemetry, at most a thousand samples: means over as many recorded ones as that takes. */
export async function readTelemetry(path: string): Promise<TelemetrySeries> {
  const text = await textOf(path);
  const [first = '', ...lines] = text.split('\n');
  const head = first === '' ? undefined : parseHead(first);
  if (head === undefined) return { head: null, samples: [], folded: 1 };
  const samples = lines.flatMap((line) => toSample(line) ?? []);
  const folded = Math.max(1, Math.ceil(samples.length / MOST_SAMPLES));
  if (folded === 1) return { head, samples, folded };
  const groups = Array.from({ length: Math.ceil(samples.length / folded) }, (_, at) =>
    samples.slice(at * folded, (at + 1) * folded),
  );
  return { head, samples: groups.flatMap((group) => meanOf(group) ?? []), folded };
}

function parseHead(line: string): TelemetryHead | undefined {
  try {
    return telemetryHead.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The mean of what is not null; null where nothing is. */
function mean(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === 'number');
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function meanOf(group: readonly TelemetrySample[]): TelemetrySample | undefined {
  const last = group.at(-1);
  if (last === undefined) return undefined;
  return {
    atMs: last.atMs,
    host: {
      cpuRatio: mean(group.map(({ host }) => host.cpuRatio)),
      memoryUsedBytes: mean(group.map(({ host }) => host.memoryUsedBytes)) ?? last.host.memoryUsedBytes,
      diskFreeBytes: last.host.diskFreeBytes,
    },
    run:
      last.run === null
        ? null
        : {
            cores: mean(group.map(({ run }) => run?.cores)),
            rssBytes: mean(group.map(({ run }) => run?.rssBytes)) ?? last.run.rssBytes,
          },
    gpus: last.gpus.map((gpu, at) =>
      meanGpu(
        gpu,
        group.flatMap(({ gpus }) => gpus[at] ?? []),
      ),
    ),
  };
}

function meanGpu(last: GpuSample, all: readonly GpuSample[]): GpuSample {
  const reasons = new Set(all.flatMap(({ throttles }) => throttles ?? []));
  return {
    busyRatio: mean(all.map((gpu) => gpu.busyRatio)),
    memoryBusyRatio: mean(all.map((gpu) => gpu.memoryBusyRatio)),
    memoryUsedBytes: mean(all.map((gpu) => gpu.memoryUsedBytes)),
    smClockMhz: mean(all.map((gpu) => gpu.smClockMhz)),
    memoryClockMhz: mean(all.map((gpu) => gpu.memoryClockMhz)),
    powerWatts: mean(all.map((gpu) => gpu.powerWatts)),
    temperatureCelsius: mean(all.map((gpu) => gpu.temperatureCelsius)),
    // A reason that held for any of them is not lost.
    throttles: last.throttles === null ? null : throttleReasons.filter((reason) => reasons.has(reason)),
    processes: last.processes,
  };
}
