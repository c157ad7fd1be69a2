// SPDX-License-Identifier: Apache-2.0
import type { Composition } from '#shared/contract/analysis.ts';
import type { Iteration, OpenedTrace, TraceSummary } from '#shared/contract/engine.ts';
import { TraceSession } from '#renderer/data/trace-session.ts';
import type { ReadyTrace } from '#renderer/features/trace/model/ready.ts';
import { makeIteration } from './run.ts';

export function makeSummary(changes: Partial<TraceSummary> = {}): TraceSummary {
  return {
    format: 'kineto',
    originNs: '1790857026000000000',
    startNs: 0,
    endNs: 10_000_000,
    sliceCount: 1,
    trackCount: 1,
    rank: null,
    worldSize: null,
    gpu: { devices: [], kernelCount: 0, kernelTimeNs: 0, memcpyTimeNs: 0, memsetTimeNs: 0 },
    capture: null,
    warnings: [],
    ...changes,
  };
}

export function makeOpened(sourceId: string, summary: Partial<TraceSummary> = {}): OpenedTrace {
  return {
    sourceId,
    path: `/data/${sourceId}`,
    fileBytes: 1,
    summary: makeSummary(summary),
    tracks: [],
    counters: [],
  };
}

export function makeSession(sourceId: string, rank?: number): TraceSession {
  const source = { sourceId, kind: 'trace' as const, path: `/data/${sourceId}`, name: sourceId };
  return new TraceSession(
    rank === undefined ? source : { ...source, rank },
    () => undefined,
    () => undefined,
  );
}

export function makeReady(sourceId: string, iterations: readonly Iteration[], label = 'Rank 0'): ReadyTrace {
  return { session: makeSession(sourceId), trace: makeOpened(sourceId), iterations, label, offsetNs: 0 };
}

/** An iteration with one GPU window that starts `shiftNs` after the host's and divides as stated. */
export function makeGpuIteration(index: number, composition: Composition, shiftNs = 0): Iteration {
  const iteration = makeIteration(index);
  const { computeNs, communicationNs, memoryNs, idleNs } = composition;
  const startNs = iteration.startNs + shiftNs;
  const busyNs = computeNs + communicationNs + memoryNs;
  return {
    ...iteration,
    gpuWindows: [
      {
        deviceId: 0,
        startNs,
        endNs: startNs + busyNs + idleNs,
        shiftNs,
        composition,
        communicationNs,
        idle: { hostNs: idleNs, kernelGapNs: 0, dependencyNs: 0, noWorkNs: 0, unknownNs: 0 },
      },
    ],
    gpuBusyNs: busyNs,
    hostComposition: null,
    kernelCount: 3,
    kernelTimeNs: busyNs,
  };
}
