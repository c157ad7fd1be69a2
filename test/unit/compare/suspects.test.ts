// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { PassResult } from '#main/compare/pass.ts';
import { suspectsOf } from '#main/compare/suspects.ts';
import { powerFigures } from '#main/compare/telemetry.ts';
import type { TelemetrySample, TelemetrySeries } from '#shared/contract/telemetry.ts';
import { makeGpuSample, makePass, makeSample, makeSteps } from '../../builders/comparison.ts';
import { makeManifest } from '../../builders/run.ts';

const reasonsOf = (...passes: PassResult[]): string[] => suspectsOf(passes).map(({ reason }) => reason);

const telemetryOf = (...samples: TelemetrySample[]): TelemetrySeries => ({ head: null, samples, folded: 1 });

const figure = (label: string, value: number, unit: string) => ({ label, value, unit });

describe('iterations of a pass', () => {
  test('that vary by more than 5 % in one batch make it suspect', () => {
    const steady = makePass({ lines: makeSteps({ count: 50, ms: (index) => 10 + (index % 2) * 0.1 }) });
    const shaky = makePass({ lines: makeSteps({ count: 50, ms: (index) => 10 + (index % 2) * 3 }) });
    expect(reasonsOf(steady)).toEqual([]);
    expect(reasonsOf(shaky).join()).toMatch(/64 tokens vary by 1[0-9]\.\d %/);
  });

  test('that are slower at the beginning say that the warm-up was cut', () => {
    const cold = makePass({ lines: makeSteps({ count: 83, ms: (index) => (index < 23 ? 10.8 : 10) }) });
    expect(reasonsOf(cold)).toEqual([
      'its warm-up was cut: the first 20 of 80 equal iterations took 8.0 % longer than the later ones',
    ]);
  });

  test('of context are not taken for generation', () => {
    const mixed = [
      ...makeSteps({ count: 40, ms: 10 }),
      ...makeSteps({ count: 40, ms: (index) => 20 + (index % 2) * 30, contextTokens: 512 }),
    ];
    expect(reasonsOf(makePass({ lines: mixed }))).toEqual([]);
  });
});

describe('telemetry of a pass', () => {
  test('throttled clocks are named with their reasons; clocks that somebody set are none', () => {
    const hot = makeGpuSample({ throttles: ['thermal', 'power-cap'] });
    const set = makeGpuSample({ throttles: ['set-clocks'] });
    const idle = makeGpuSample({ busyRatio: 0, throttles: ['hardware'] });
    const telemetry = telemetryOf(makeSample(1000, idle), makeSample(2000, set), makeSample(3000, hot));
    expect(reasonsOf(makePass({ telemetry }))).toEqual([
      'clocks were throttled in 1 of 2 samples (temperature, power limit)',
    ]);
  });

  test('a process that outlives a pass is somebody else', () => {
    const sampled = (...pids: number[]) =>
      telemetryOf(
        makeSample(1000, makeGpuSample({ processes: pids.map((pid) => ({ pid, memoryBytes: null })) })),
      );
    const passes = [
      makePass({ telemetry: sampled(100, 7) }),
      makePass({ arm: 'b', telemetry: sampled(200, 7) }),
      makePass({ block: 2, telemetry: sampled(300) }),
    ];
    expect(suspectsOf(passes).map(({ block, arm, reason }) => [block, arm, reason])).toEqual([
      [1, 'a', 'another process used the GPU (pid 7)'],
      [1, 'b', 'another process used the GPU (pid 7)'],
    ]);
  });

  test('only what was sampled while it iterated counts, where the log tells when', () => {
    // The log's clock is two hours ahead of UTC.
    const startedAt = '2026-01-02T03:00:00.000Z';
    const loggedAtS = Date.parse('2026-01-02T05:00:10Z') / 1000;
    const pass = makePass({
      run: makeManifest({
        startedAt,
        endedAt: '2026-01-02T03:01:00.000Z',
        figures: [figure('Output throughput', 1000, 'tok/s')],
      }),
      lines: makeSteps({ count: 30, ms: 1000, loggedAtS }),
      telemetry: telemetryOf(
        makeSample(2_000, makeGpuSample({ powerWatts: 100, throttles: ['thermal'] })),
        makeSample(15_000, makeGpuSample({ powerWatts: 500 })),
        makeSample(30_000, makeGpuSample({ powerWatts: 700 })),
        makeSample(55_000, makeGpuSample({ powerWatts: 90 })),
      ),
    });
    expect(reasonsOf(pass)).toEqual([]);
    expect(powerFigures(pass)).toEqual([
      figure('GPU power', 600, 'W'),
      figure('GPU energy per output token', 0.6, 'J/token'),
    ]);
  });

  test('power of several GPUs is their sum; without a throughput there is no energy per token', () => {
    const two = makeSample(1000, makeGpuSample(), makeGpuSample({ powerWatts: 300 }));
    const pass = makePass({ telemetry: telemetryOf(two) });
    expect(powerFigures(pass)).toEqual([figure('GPU power', 700, 'W')]);
    expect(powerFigures(makePass())).toEqual([]);
  });
});

describe('output lengths', () => {
  const pass = (arm: 'a' | 'b', throughput: number, latencyMs: number): PassResult =>
    makePass({
      arm,
      run: makeManifest({
        figures: [figure('Output throughput', throughput, 'tok/s'), figure('Total latency', latencyMs, 'ms')],
      }),
    });

  test('that differ between arms are named; a faster pass of the same tokens is none', () => {
    expect(reasonsOf(pass('a', 1000, 2000), pass('b', 1250, 1600))).toEqual([]);
    expect(reasonsOf(pass('a', 1000, 2000), pass('b', 1250, 1500))).toEqual([
      'output lengths differ: it generated 1,875 tokens, passes of the first arm 2,000',
    ]);
  });

  test('are those of the log where nothing is reported', () => {
    const lines = (count: number) => ({ lines: makeSteps({ count, ms: 10 }) });
    expect(reasonsOf(makePass(lines(10)), makePass({ arm: 'b', ...lines(11) }))).toEqual([
      'output lengths differ: it generated 704 tokens, passes of the first arm 640',
    ]);
  });
});
