// SPDX-License-Identifier: Apache-2.0
import type { Iteration } from '#shared/contract/engine.ts';
import type { IterationBand, TimelineTrace } from '#renderer/timeline/types.ts';
import { iterationKind } from './iteration-rows.ts';
import type { ReadyTrace } from './ready.ts';

/** What the timeline draws of an open trace. */

function hostBand(iteration: Iteration): IterationBand {
  const { index, startNs, endNs, inferred } = iteration;
  return { index, startNs, endNs, inferred, kind: iterationKind(iteration) };
}

function gpuBands(iterations: readonly Iteration[]): Map<number, IterationBand[]> {
  const byDevice = new Map<number, IterationBand[]>();
  for (const iteration of iterations) {
    for (const { deviceId, startNs, endNs } of iteration.gpuWindows) {
      const bands = byDevice.get(deviceId) ?? [];
      bands.push({ ...hostBand(iteration), startNs, endNs });
      byDevice.set(deviceId, bands);
    }
  }
  // Streams may run work of a later iteration first.
  for (const bands of byDevice.values()) bands.sort((a, b) => a.startNs - b.startNs);
  return byDevice;
}

export function timelineTrace({ session, trace, iterations, label, offsetNs }: ReadyTrace): TimelineTrace {
  return {
    key: session.source.sourceId,
    label,
    offsetNs,
    startNs: trace.summary.startNs,
    endNs: trace.summary.endNs,
    tracks: trace.tracks,
    counters: trace.counters,
    deviceNames: new Map(trace.summary.gpu.devices.map(({ id, name }) => [id, name])),
    hostBands: iterations.map(hostBand),
    gpuBands: gpuBands(iterations),
    source: session,
  };
}

/**
 * The iteration that holds a moment of a trace: by GPU window on a GPU's track, by host window elsewhere.
 * Null outside of all.
 */
export function iterationAt(
  iterations: readonly Iteration[],
  deviceId: number | null,
  atNs: number,
): { readonly index: number; readonly startNs: number; readonly onGpu: boolean } | null {
  for (const { index, startNs, endNs, gpuWindows } of iterations) {
    const gpu = gpuWindows.find((window) => window.deviceId === deviceId);
    const window = gpu ?? { startNs, endNs };
    if (deviceId !== null && gpu === undefined) continue;
    if (atNs >= window.startNs && atNs < window.endNs) {
      return { index, startNs: window.startNs, onGpu: gpu !== undefined };
    }
  }
  return null;
}
