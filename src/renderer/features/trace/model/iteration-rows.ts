// SPDX-License-Identifier: Apache-2.0
import type { Composition } from '#shared/contract/analysis.ts';
import type { Iteration } from '#shared/contract/engine.ts';
import type { IterationKind } from '#renderer/timeline/types.ts';
import type { ReadyTrace } from './ready.ts';

/** One line for each iteration and rank, with the figures that the table, the chart and the summary show. */

export interface IterationRow {
  readonly key: string;
  readonly sourceId: string;
  readonly rankLabel: string;
  readonly index: number;
  readonly kind: IterationKind;
  readonly inferred: boolean;
  readonly contextRequests: number | null;
  readonly generationRequests: number | null;
  /** Length of the host window, nanoseconds. */
  readonly timeNs: number;
  /** Null in a trace without GPU activity. */
  readonly gpuBusyNs: number | null;
  /** Of the GPU window, or of the host window where there is no GPU; null when neither is known. */
  readonly composition: Composition | null;
  readonly onHost: boolean;
  readonly kernelCount: number;
  /** GPU window's start minus host window's start; null without a GPU window. */
  readonly shiftNs: number | null;
  readonly gcNs: number;
  readonly gilHeldNs: number | null;
  readonly gilWaitingNs: number | null;
  readonly captured: Iteration['captured'];
}

export function iterationKind({ contextRequests, generationRequests }: Iteration): IterationKind {
  if (contextRequests !== null && contextRequests > 0) return 'context';
  if (generationRequests !== null && generationRequests > 0) return 'generation';
  return 'unknown';
}

/** The compositions of several devices as one; null for none. */
export function sumCompositions(parts: readonly Composition[]): Composition | null {
  if (parts.length === 0) return null;
  const sum = (key: keyof Composition): number => parts.reduce((total, of) => total + of[key], 0);
  return {
    computeNs: sum('computeNs'),
    communicationNs: sum('communicationNs'),
    memoryNs: sum('memoryNs'),
    idleNs: sum('idleNs'),
  };
}

export const compositionNs = (of: Composition): number =>
  of.computeNs + of.communicationNs + of.memoryNs + of.idleNs;

function rowOf({ session, label }: ReadyTrace, iteration: Iteration): IterationRow {
  const { gpuWindows, hostComposition } = iteration;
  const gpu = sumCompositions(gpuWindows.map(({ composition }) => composition));
  const gpuStart = gpuWindows.reduce(
    (least, { startNs }) => Math.min(least, startNs),
    Number.POSITIVE_INFINITY,
  );
  return {
    key: `${session.source.sourceId} ${iteration.index}`,
    sourceId: session.source.sourceId,
    rankLabel: label,
    index: iteration.index,
    kind: iterationKind(iteration),
    inferred: iteration.inferred,
    contextRequests: iteration.contextRequests,
    generationRequests: iteration.generationRequests,
    timeNs: iteration.endNs - iteration.startNs,
    gpuBusyNs: iteration.gpuBusyNs,
    composition: gpu ?? hostComposition,
    onHost: gpu === null,
    kernelCount: iteration.kernelCount,
    shiftNs: gpuWindows.length === 0 ? null : gpuStart - iteration.startNs,
    gcNs: iteration.gcNs,
    gilHeldNs: iteration.gilHeldNs,
    gilWaitingNs: iteration.gilWaitingNs,
    captured: iteration.captured,
  };
}

export function iterationRows(traces: readonly ReadyTrace[]): IterationRow[] {
  const rows = traces.flatMap((ready) => ready.iterations.map((iteration) => rowOf(ready, iteration)));
  // The sort is stable: within an iteration the ranks keep their order.
  return rows.sort((a, b) => a.index - b.index);
}
