// SPDX-License-Identifier: Apache-2.0
import type { Composition, Distribution, IdleCauses } from '#shared/contract/analysis.ts';
import type { Iteration } from '#shared/contract/engine.ts';
import type { IterationKind } from '#renderer/timeline/types.ts';
import type { LoggedStep, LogOfSteps } from './logged-steps.ts';
import type { RecordedStep, RecordsOfSteps } from './recorded-steps.ts';
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
  readonly contextTokens: number | null;
  readonly generationRequests: number | null;
  /** Start of the host window, world time. */
  readonly startNs: number;
  /** Length of the host window, nanoseconds. */
  readonly timeNs: number;
  /** Length of the step marker itself. */
  readonly markerNs: number;
  /** Null in a trace without GPU activity. */
  readonly gpuBusyNs: number | null;
  /** Length of the GPU windows together; null without any. */
  readonly gpuWindowNs: number | null;
  /** Time with communication in the GPU windows, hidden by computing or not; null without any. */
  readonly communicationNs: number | null;
  readonly idle: IdleCauses | null;
  /** Of the GPU window, or of the host window where there is no GPU; null when neither is known. */
  readonly composition: Composition | null;
  readonly onHost: boolean;
  readonly kernelCount: number;
  /** Null in a trace without GPU activity. */
  readonly kernelTimeNs: number | null;
  readonly launchDelay: Distribution | null;
  /** GPU window's start minus host window's start; null without a GPU window. */
  readonly shiftNs: number | null;
  readonly gcNs: number;
  readonly gilHeldNs: number | null;
  readonly gilWaitingNs: number | null;
  /** Garbage collection and the global lock by thread; threads without any are left out. */
  readonly threads: Iteration['threads'];
  readonly captured: Iteration['captured'];
  /** What the engine's log says of this step; null where the trace belongs to no run, or its log is silent. */
  readonly logged: LoggedStep | null;
  /** What its statistics file says; null where there is none. */
  readonly recorded: RecordedStep | null;
}

/** What the engine itself says of the steps of a rank. */
export interface EngineWords {
  readonly log: LogOfSteps;
  readonly records: RecordsOfSteps;
}

export function iterationKind({ contextRequests, generationRequests }: Iteration): IterationKind {
  if (contextRequests !== null && contextRequests > 0) return 'context';
  if (generationRequests !== null && generationRequests > 0) return 'generation';
  return 'unknown';
}

/** Parts of several devices summed name by name; null for none. */
export function sumParts<Key extends string>(
  parts: readonly Readonly<Record<Key, number>>[],
): Readonly<Record<Key, number>> | null {
  return parts.reduce<Readonly<Record<Key, number>> | null>((sum, part) => {
    if (sum === null) return part;
    const added: Record<Key, number> = { ...sum };
    for (const key in added) added[key] += part[key];
    return added;
  }, null);
}

/** The compositions of several devices as one; null for none. */
export const sumCompositions = (parts: readonly Composition[]): Composition | null =>
  sumParts<keyof Composition>(parts);

export const compositionNs = (of: Composition): number =>
  of.computeNs + of.communicationNs + of.memoryNs + of.idleNs;

/** What the GPU did of an iteration, all of its devices together. */
function gpuParts({ gpuWindows, gpuBusyNs, kernelTimeNs, startNs }: Iteration) {
  if (gpuWindows.length === 0) {
    const timeNs = gpuBusyNs === null ? null : kernelTimeNs;
    return { gpuWindowNs: null, communicationNs: null, idle: null, shiftNs: null, kernelTimeNs: timeNs };
  }
  const total = (of: (window: (typeof gpuWindows)[number]) => number): number =>
    gpuWindows.reduce((sum, window) => sum + of(window), 0);
  const first = gpuWindows.reduce(
    (least, window) => Math.min(least, window.startNs),
    Number.POSITIVE_INFINITY,
  );
  return {
    gpuWindowNs: total((window) => window.endNs - window.startNs),
    communicationNs: total((window) => window.communicationNs),
    idle: sumParts<keyof IdleCauses>(gpuWindows.map(({ idle }) => idle)),
    shiftNs: first - startNs,
    kernelTimeNs,
  };
}

function rowOf(
  { session, label, offsetNs }: ReadyTrace,
  iteration: Iteration,
  { log, records }: EngineWords,
): IterationRow {
  const gpu = sumCompositions(iteration.gpuWindows.map(({ composition }) => composition));
  return {
    key: `${session.source.sourceId} ${iteration.index}`,
    sourceId: session.source.sourceId,
    rankLabel: label,
    index: iteration.index,
    kind: iterationKind(iteration),
    inferred: iteration.inferred,
    contextRequests: iteration.contextRequests,
    contextTokens: iteration.contextTokens,
    generationRequests: iteration.generationRequests,
    startNs: iteration.startNs + offsetNs,
    timeNs: iteration.endNs - iteration.startNs,
    markerNs: iteration.markerEndNs - iteration.startNs,
    gpuBusyNs: iteration.gpuBusyNs,
    composition: gpu ?? iteration.hostComposition,
    onHost: gpu === null,
    kernelCount: iteration.kernelCount,
    ...gpuParts(iteration),
    launchDelay: iteration.launchDelay,
    gcNs: iteration.gcNs,
    gilHeldNs: iteration.gilHeldNs,
    gilWaitingNs: iteration.gilWaitingNs,
    threads: iteration.threads,
    captured: iteration.captured,
    logged: log.get(iteration.index) ?? null,
    recorded: records.get(iteration.index) ?? null,
  };
}

const silent: EngineWords = { log: new Map(), records: new Map() };

/** `wordsOf` gives what the engine says of the steps of a trace's rank. */
export function iterationRows(
  traces: readonly ReadyTrace[],
  wordsOf: (ready: ReadyTrace) => EngineWords = () => silent,
): IterationRow[] {
  const rows = traces.flatMap((ready) => {
    const words = wordsOf(ready);
    return ready.iterations.map((iteration) => rowOf(ready, iteration, words));
  });
  // The sort is stable: within an iteration the ranks keep their order.
  return rows.sort((a, b) => a.index - b.index);
}
