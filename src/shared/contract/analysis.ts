// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/**
 * Questions that sum up a part of a trace, and their answers. Definitions are in docs/features/analysis.md.
 * Times are nanoseconds from the trace's origin.
 */

/** Most rows of an answer. */
export const limit = z.int().min(1).max(100_000);

export const traceRange = z.object({ startNs: z.number(), endNs: z.number() });

/**
 * Which slices: those that overlap a range, or those of iterations (both ends included; device work counts
 * where it was launched). Without either it is the whole trace.
 */
export const traceSelection = z.object({
  layer: z.enum(['kernels', 'device-work', 'operators', 'ranges', 'calls', 'all']),
  startNs: z.number().exactOptional(),
  endNs: z.number().exactOptional(),
  firstIteration: z.int().exactOptional(),
  lastIteration: z.int().exactOptional(),
  /** Number of the trace's first iteration when its markers have none. */
  firstIndex: z.int().min(0).max(1_000_000_000).exactOptional(),
  tracks: z.array(z.int().min(0)).max(4096).exactOptional(),
});

/** Percentiles are values that occurred (nearest rank). */
export interface Distribution {
  readonly count: number;
  readonly totalNs: number;
  readonly minNs: number;
  readonly medianNs: number;
  readonly p95Ns: number;
  readonly maxNs: number;
}

/** The split of a window without overlap; the parts sum to the window exactly. */
export interface Composition {
  readonly computeNs: number;
  readonly communicationNs: number;
  readonly memoryNs: number;
  readonly idleNs: number;
}

/** Idle time of a device by cause; the parts sum to the composition's idle time exactly. */
export interface IdleCauses {
  readonly hostNs: number;
  readonly kernelGapNs: number;
  readonly dependencyNs: number;
  readonly noWorkNs: number;
  readonly unknownNs: number;
}

export interface IdleGap {
  readonly startNs: number;
  readonly endNs: number;
  readonly cause: string;
  /** Row of the activity that ends it. */
  readonly endedBy: number | null;
}

export interface DeviceRange {
  readonly deviceId: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly composition: Composition;
  readonly communicationNs: number;
  readonly idle: IdleCauses;
  readonly gapCount: number;
  /** The longest first. */
  readonly longestGaps: readonly IdleGap[];
}

/** Slices of one name, kind or track; what does not make them a group is null. */
export interface Group {
  readonly name: string | null;
  readonly kind: string | null;
  readonly trackId: number | null;
  /** Their whole durations. */
  readonly durations: Distribution;
  /** The sum of what lies inside of the selected range. */
  readonly insideNs: number;
  /** The sum of their durations without what is nested in them and selected, too: over groups it adds up. */
  readonly ownNs: number;
  readonly longestRow: number;
}

export interface Difference {
  readonly name: string;
  readonly kind: string;
  readonly before: Group | null;
  readonly after: Group | null;
  readonly changeNs: number;
}

export interface OperatorStat {
  readonly name: string;
  readonly kind: string;
  readonly host: Distribution;
  /** Kernels, copies and sets launched inside, nested operators included. */
  readonly workCount: number;
  readonly workNs: number;
  /** Of these, what no nested operator launched. */
  readonly ownWorkNs: number;
}

export interface Variation {
  readonly name: string;
  readonly kind: string;
  readonly count: number;
  readonly totalNs: number;
  readonly iterations: number;
  readonly present: number;
  readonly meanNs: number;
  /** Sample standard deviation of the time per iteration / mean; null for one iteration. */
  readonly cv: number | null;
  readonly maxIteration: number;
  readonly maxNs: number;
  /** Time in each iteration, in their order; of more than 64 the longest of each of 64 equal parts. */
  readonly seriesNs: readonly number[];
}

export interface StreamQueue {
  readonly trackId: number;
  readonly deviceId: number;
  readonly activities: number;
  /** Activities without a known launch call: not counted in. */
  readonly unknown: number;
  readonly max: number;
  /** Divided by the range's length it is the mean length. */
  readonly queuedNs: number;
  readonly longest: readonly number[];
}

/** The figures of HolisticTraceAnalysis 0.5.0 by its own definitions (docs/features/analysis.md). */
export interface HtaFigures {
  /** First start of what names a stream. */
  readonly startNs: number;
  /** From there to the last end. */
  readonly kernelNs: number;
  readonly idleNs: number;
  readonly computeNs: number;
  readonly nonComputeNs: number;
  readonly communicationNs: number;
  readonly overlapNs: number;
  readonly launchCount: number;
  readonly launchDelayNs: number;
  readonly maxLaunchDelayNs: number;
  /** Launches whose activity began before their call had ended. */
  readonly immediateLaunches: number;
  readonly streams: readonly {
    readonly stream: number;
    readonly hostWaitNs: number;
    readonly kernelWaitNs: number;
    readonly otherNs: number;
    readonly queueChanges: number;
    readonly queueMax: number;
    readonly queueSum: number;
  }[];
  /** Start of the last profiler step: what was launched from there on is left out. */
  readonly untilNs: number | null;
}
