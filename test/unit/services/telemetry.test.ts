// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TelemetryHead, TelemetrySample } from '#shared/contract/telemetry.ts';
import { CoreMeter } from '#main/services/telemetry.ts';
import { headLine, readTelemetry, sampleLine } from '#main/services/telemetry-file.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const folder = temporaryFolder();

const head: TelemetryHead = {
  version: 1,
  hz: 1,
  host: { cores: 4, memoryBytes: 64e9, diskBytes: 1e12 },
  gpusAbsent: null,
  driver: '999.10',
  gpus: [{ index: 0, name: 'Test GPU', uuid: 'GPU-0', memoryBytes: 80e9 }],
};

const sampleAt = (atMs: number, changes: Partial<TelemetrySample> = {}): TelemetrySample => ({
  atMs,
  host: { cpuRatio: 0.25, memoryUsedBytes: 8e9, diskFreeBytes: 5e11 },
  run: { cores: 1.5, rssBytes: 2e9 },
  gpus: [
    {
      busyRatio: 0.9,
      memoryBusyRatio: 0.4,
      memoryUsedBytes: 40e9,
      smClockMhz: 1755,
      memoryClockMhz: 2619,
      powerWatts: 612.5,
      temperatureCelsius: 61,
      throttles: ['power-cap', 'thermal'],
      processes: [{ pid: 42, memoryBytes: null }],
    },
  ],
  ...changes,
});

function write(samples: readonly TelemetrySample[], tail = ''): string {
  const path = join(folder(), 'telemetry.jsonl');
  writeFileSync(path, headLine(head) + samples.map(sampleLine).join('') + tail);
  return path;
}

describe('a run’s telemetry on disk', () => {
  test('comes back as it was, with what nobody offered as null', async () => {
    const bare = sampleAt(2000, {
      host: { cpuRatio: null, memoryUsedBytes: 1, diskFreeBytes: null },
      run: null,
      gpus: [
        {
          busyRatio: null,
          memoryBusyRatio: null,
          memoryUsedBytes: null,
          smClockMhz: null,
          memoryClockMhz: null,
          powerWatts: null,
          temperatureCelsius: null,
          throttles: null,
          processes: null,
        },
      ],
    });
    const samples = [sampleAt(1000), bare];
    expect(await readTelemetry(write(samples))).toEqual({ head, samples, folded: 1 });
  });

  test('is read up to where it was cut', async () => {
    const series = await readTelemetry(write([sampleAt(1000)], '[2000,0.5,800'));
    expect(series.samples.map(({ atMs }) => atMs)).toEqual([1000]);
  });

  test('is compact: a sample of one GPU takes less than 120 bytes', () => {
    expect(sampleLine(sampleAt(3_600_000)).length).toBeLessThan(120);
  });

  test('of long runs is folded into means that keep every throttle reason', async () => {
    const samples = Array.from({ length: 2500 }, (_, at) => {
      const sample = sampleAt((at + 1) * 1000, {
        host: { cpuRatio: at % 3 === 0 ? 0.6 : 0.3, memoryUsedBytes: 8e9, diskFreeBytes: 1 },
      });
      const [gpu] = sample.gpus;
      return gpu === undefined
        ? sample
        : { ...sample, gpus: [{ ...gpu, throttles: at === 1 ? (['thermal'] as const).slice() : [] }] };
    });
    const series = await readTelemetry(write(samples));
    expect(series.folded).toBe(3);
    expect(series.samples).toHaveLength(834);
    expect(series.samples[0]?.host.cpuRatio).toBeCloseTo(0.4);
    expect(series.samples[0]?.atMs).toBe(3000);
    expect(series.samples[0]?.gpus[0]?.throttles).toEqual(['thermal']);
    expect(series.samples.at(-1)?.atMs).toBe(2_500_000);
  });

  test.each(['', '{"version": 7}\n[1]', 'no telemetry'])(
    'is none where the file is none: %j',
    async (text) => {
      const path = join(folder(), 'telemetry.jsonl');
      writeFileSync(path, text);
      expect(await readTelemetry(path)).toEqual({ head: null, samples: [], folded: 1 });
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  test('is none where no file is', async () => {
    expect((await readTelemetry(join(folder(), 'none'))).head).toBeNull();
  });
});

describe('processors of a run', () => {
  test('are its processor time between two samples over the time between them', () => {
    const meter = new CoreMeter();
    expect(meter.next({ elapsedMs: 1000, cpuMs: 900, rssBytes: 1 })).toBeNull();
    expect(meter.next({ elapsedMs: 2000, cpuMs: 2400, rssBytes: 1 })).toBe(1.5);
    expect(meter.next({ elapsedMs: 2000, cpuMs: 2400, rssBytes: 1 })).toBeNull();
    expect(meter.next({ elapsedMs: 3000, cpuMs: 2000, rssBytes: 1 })).toBe(0);
  });
});
