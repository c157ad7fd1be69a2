// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { GpuSample, TelemetryHead, TelemetrySample } from '#shared/contract/telemetry.ts';
import { gpuStates, telemetryCards } from '#renderer/features/run/telemetry/model.ts';
import { mostTimeLeftMs } from '#renderer/features/run/model.ts';
import { takeSeries, takeTelemetry, useTelemetry } from '#renderer/stores/telemetry.ts';

const GIB = 1024 ** 3;
const head: TelemetryHead = {
  version: 1,
  hz: 1,
  host: { cores: 4, memoryBytes: 16 * GIB, diskBytes: null },
  gpusAbsent: null,
  driver: '1',
  gpus: [0, 1].map((index) => ({ index, name: 'Test GPU', uuid: null, memoryBytes: 80 * GIB })),
};
const gpu: GpuSample = {
  busyRatio: 0.5,
  memoryBusyRatio: null,
  memoryUsedBytes: 40 * GIB,
  smClockMhz: null,
  memoryClockMhz: null,
  powerWatts: 300,
  temperatureCelsius: 50,
  throttles: [],
  processes: [{ pid: 42, memoryBytes: 2 * GIB }],
};
const sampleAt = (
  atMs: number,
  gpus: readonly GpuSample[] = [gpu, { ...gpu, busyRatio: 0.2, powerWatts: null }],
): TelemetrySample => ({
  atMs,
  host: { cpuRatio: 0.25, memoryUsedBytes: 4 * GIB, diskFreeBytes: 100 * GIB },
  run: { cores: 2, rssBytes: GIB },
  gpus: [...gpus],
});

describe('telemetry on the screen', () => {
  it('has a plot with unit and newest figure for whatever was offered, and none for the rest', () => {
    const cards = telemetryCards(head, [sampleAt(1000), sampleAt(2000)]);
    expect(cards.map(({ title, now }) => `${title}: ${now}`)).toEqual([
      'Processors: host 25 · run 50 %',
      'Memory: host 4 · run 1 GiB',
      'Disk free: 100 GiB',
      'GPU busy: 20–50 %',
      'GPU memory: 40 GiB',
      'GPU power: 300 W',
      'GPU temperature: 50 °C',
    ]);
    expect(cards.every(({ definition }) => definition.length > 20)).toBe(true);
    expect(cards[1]?.plot.max).toBe(16);
  });

  it('says who slowed a GPU down at any time, and who uses it', () => {
    const hot = { ...gpu, throttles: ['thermal' as const] };
    const states = gpuStates(head, [
      sampleAt(1, [hot, gpu]),
      sampleAt(2, [gpu, { ...gpu, processes: null }]),
    ]);
    expect(states).toEqual([
      {
        key: 0,
        name: 'GPU 0: Test GPU',
        throttled: 'temperature',
        processes: '1 process: pid 42 (2.00 GiB)',
      },
      { key: 1, name: 'GPU 1: Test GPU', throttled: null, processes: 'its processes are not told' },
    ]);
  });

  it('joins what came live with what main has, each sample once', () => {
    takeTelemetry('run', head, [sampleAt(3000)]);
    takeSeries('run', { head, folded: 1, samples: [sampleAt(1000), sampleAt(2000), sampleAt(3000)] });
    takeTelemetry('run', head, [sampleAt(3000), sampleAt(4000)]);
    const times = useTelemetry.getState().runs['run']?.samples.map(({ atMs }) => atMs);
    expect(times).toEqual([1000, 2000, 3000, 4000]);
  });

  it('is bounded however long a run lives, and keeps its beginning and its end', () => {
    for (let at = 1; at <= 5000; at += 1) takeTelemetry('long', head, [sampleAt(at)]);
    const samples = useTelemetry.getState().runs['long']?.samples ?? [];
    expect(samples.length).toBeLessThanOrEqual(1000);
    expect([samples[0]?.atMs, samples.at(-1)?.atMs]).toEqual([1, 5000]);
  });
});

describe('the time that is left', () => {
  const line = { iteration: 9, hostStepMs: 1 };
  it('is what the bound allows at the present pace', () => {
    expect(mostTimeLeftMs(100, line, 20)).toBe(1800);
    expect(mostTimeLeftMs(10, line, 20)).toBe(0);
  });
  it('is not known without bound, line or pace', () => {
    expect(mostTimeLeftMs(undefined, line, 20)).toBeNull();
    expect(mostTimeLeftMs(100, undefined, 20)).toBeNull();
    expect(mostTimeLeftMs(100, line, null)).toBeNull();
  });
});
