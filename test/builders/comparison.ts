// SPDX-License-Identifier: Apache-2.0
import type { PassResult } from '#main/compare/pass.ts';
import type { IterationLine } from '#shared/contract/run.ts';
import type { GpuSample, TelemetrySample } from '#shared/contract/telemetry.ts';
import { makeManifest } from './run.ts';

/** A timing pass of arm A in block 1 that left nothing but its manifest. */
export function makePass(changes: Partial<PassResult> = {}): PassResult {
  return {
    block: 1,
    arm: 'a',
    purpose: 'timing',
    run: makeManifest(),
    lines: [],
    telemetry: { head: null, samples: [], folded: 1 },
    profile: null,
    ...changes,
  };
}

interface Steps {
  readonly count: number;
  /** Host step time, of all or by number. */
  readonly ms: number | ((index: number) => number);
  readonly generationTokens?: number;
  readonly contextTokens?: number;
  /** Logged a second apart from here on. */
  readonly loggedAtS?: number;
}

/** Iteration lines as an engine logs them. */
export function makeSteps({
  count,
  ms,
  generationTokens = 64,
  contextTokens = 0,
  loggedAtS,
}: Steps): IterationLine[] {
  return Array.from({ length: count }, (_, iteration) => ({
    iteration,
    hostStepMs: typeof ms === 'number' ? ms : ms(iteration),
    contextTokens,
    generationTokens,
    ...(loggedAtS === undefined ? {} : { loggedAtS: loggedAtS + iteration }),
  }));
}

/** A GPU at work, alone and at full clocks. */
export function makeGpuSample(changes: Partial<GpuSample> = {}): GpuSample {
  return {
    busyRatio: 0.9,
    memoryBusyRatio: 0.4,
    memoryUsedBytes: 1e9,
    smClockMhz: 1980,
    memoryClockMhz: 2619,
    powerWatts: 400,
    temperatureCelsius: 60,
    throttles: [],
    processes: [],
    ...changes,
  };
}

/** A sample of one machine with these GPUs. */
export function makeSample(atMs: number, ...gpus: GpuSample[]): TelemetrySample {
  return {
    atMs,
    host: { cpuRatio: null, memoryUsedBytes: 0, diskFreeBytes: null },
    run: null,
    gpus,
  };
}
