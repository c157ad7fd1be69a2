// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { Failure } from '../base/errors.ts';
import { limit, traceRange, traceSelection } from './analysis.ts';
import type {
  Composition,
  DeviceRange,
  Difference,
  Distribution,
  Group,
  HtaFigures,
  IdleCauses,
  OperatorStat,
  StreamQueue,
  Variation,
} from './analysis.ts';
import type { Source } from './app.ts';
import { expertRequests, traceRef } from './experts.ts';
import type { ExpertOutputs, TraceWarning } from './experts.ts';
import { exportRequests } from './exporting.ts';
import type { ExportOutputs } from './exporting.ts';
import { pointRequests } from './points.ts';
import type { Counter, PointOutputs } from './points.ts';
import { searchRequests } from './search.ts';
import type { SearchOutputs } from './search.ts';

/**
 * The conversation with the engine process, over a message port. Requests are parsed; replies are
 * trusted (same code base, other process) because windows are packed bytes and arrive at frame rate.
 * Times are nanoseconds from the trace's origin unless a name says otherwise.
 */

/** Number of the first iteration when the markers have none. */
const firstIndex = z.int().min(0).max(1_000_000_000).optional();

export const engineRequests = {
  /** The ranks that a file holds, when it holds several; none otherwise. Reports progress. */
  'trace.ranks': traceRef,
  /** Ingests if needed, then opens. Reports progress. */
  'trace.open': traceRef,
  'trace.close': traceRef,
  'trace.window': traceRef.extend({
    startNs: z.number(),
    endNs: z.number(),
    /** Horizontal resolution of the reply. */
    units: z.int().min(1).max(65_535),
    tracks: z.array(z.int().min(0)).max(4096),
  }),
  /** How busy groups of tracks are, by kind: what `viewCoverage` reads. */
  'trace.coverage': traceRef.extend({
    startNs: z.number(),
    endNs: z.number(),
    units: z.int().min(1).max(16_384),
    groups: z.array(z.array(z.int().min(0)).max(4096)).max(64),
  }),
  'trace.names': traceRef.extend({ ids: z.array(z.int().min(0)).max(16_384) }),
  'trace.slice': traceRef.extend({ row: z.int().min(0) }),
  /** Iterations without a number in their marker count from `firstIndex`. */
  'trace.iterations': traceRef.extend({ firstIndex }),
  'trace.topKernels': traceRef.extend({ limit }),
  'trace.groups': traceRef.extend({
    selection: traceSelection,
    by: z.enum(['nothing', 'name', 'kind', 'track']),
    limit,
  }),
  'trace.differences': traceRef.extend({ before: traceSelection, after: traceSelection, limit }),
  'trace.operators': traceRef.extend({ selection: traceSelection, limit }),
  'trace.operatorWork': traceRef.extend({ selection: traceSelection, name: z.string().max(1 << 20), limit }),
  'trace.variations': traceRef.extend({ first: z.int(), last: z.int(), firstIndex, limit }),
  'trace.deviceRanges': traceRef.extend({ ...traceRange.shape, gaps: z.int().min(0).max(10_000) }),
  /** Null of a trace without work of devices. */
  'trace.hta': traceRef,
  'trace.queues': traceRef.extend({ ...traceRange.shape, parts: z.int().min(1).max(65_536) }),
  ...pointRequests,
  ...searchRequests,
  ...exportRequests,
  ...expertRequests,
} as const;
export type EngineMethod = keyof typeof engineRequests;
export type EngineInput<M extends EngineMethod> = z.input<(typeof engineRequests)[M]>;

export interface GpuDevice {
  readonly id: number;
  readonly name: string;
  readonly busyNs: number;
}

export interface TraceSummary {
  readonly format: string;
  /** Wall clock of time zero, nanoseconds since the epoch, decimal. */
  readonly originNs: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly sliceCount: number;
  readonly trackCount: number;
  readonly rank: number | null;
  readonly worldSize: number | null;
  readonly gpu: {
    readonly devices: readonly GpuDevice[];
    readonly kernelCount: number;
    readonly kernelTimeNs: number;
    readonly memcpyTimeNs: number;
    readonly memsetTimeNs: number;
  };
  /** Whether the steps hold what they should; null where the trace cannot tell. */
  readonly capture: StepCheck | null;
  readonly warnings: readonly TraceWarning[];
}

/** Steps compared with others of their kind (context, generation) by kernels and API calls. */
export interface StepCheck {
  readonly steps: number;
  /** Numbers of the steps that hold nothing, or less than half of the median of their kind. */
  readonly incomplete: readonly number[];
  /** The last step with work, when all later ones have none: its own end may be missing. */
  readonly cutIn: number | null;
}

export interface Track {
  readonly id: number;
  readonly pid: string;
  readonly tid: string;
  readonly processName: string;
  readonly name: string;
  /** Which part of a thread's activity it is (CUDA API, an NVTX domain, …) where a thread has several tracks. */
  readonly section: string | null;
  readonly type: 'thread' | 'gpu-stream' | 'other';
  readonly deviceId: number | null;
  readonly lanes: number;
  readonly sliceCount: number;
  readonly instantCount: number;
  /** Sum of durations of its outermost slices. */
  readonly totalNs: number;
  readonly sortIndex: number;
}

export interface OpenedTrace {
  readonly sourceId: string;
  readonly path: string;
  readonly fileBytes: number;
  readonly summary: TraceSummary;
  readonly tracks: readonly Track[];
  readonly counters: readonly Counter[];
}

export interface SliceDetails {
  readonly row: number;
  readonly trackId: number;
  readonly name: string;
  readonly category: string;
  readonly kind: string;
  readonly startNs: number;
  readonly durNs: number;
  readonly lane: number;
  readonly correlation: number | null;
  /** The arguments as the file has them: JSON text. */
  readonly argsJson: string | null;
  /** Why its arguments cannot be read, a sentence: the file changed since, or is gone. */
  readonly argsUnreadable: string | null;
  readonly parentRow: number | null;
  /** Launch call of a kernel, or kernels of a launch call. */
  readonly partnerRows: readonly number[];
  /** Kernel start minus launch call start (metrics: launch delay). */
  readonly launchDelayNs: number | null;
  /** Arrows that end and that begin at it, as the trace states them: a launch and its work may be joined by one, too. */
  readonly flowsIn: readonly FlowArrow[];
  readonly flowsOut: readonly FlowArrow[];
}

export interface FlowArrow {
  /** The slice at its other end. */
  readonly row: number;
  /** Category as the trace has it, such as `ac2g` or `fwdbwd`. */
  readonly category: string;
}

export interface GpuWindow {
  readonly deviceId: number;
  readonly startNs: number;
  readonly endNs: number;
  /** How far the device runs behind: this window's start minus the host window's. */
  readonly shiftNs: number;
  /** Its communication is what no computing hides (exposed). */
  readonly composition: Composition;
  /** Time with communication, whatever ran beside it. */
  readonly communicationNs: number;
  readonly idle: IdleCauses;
}

export interface Iteration {
  readonly index: number;
  /** Host window: from this step marker to the next. */
  readonly startNs: number;
  readonly endNs: number;
  /** The marker itself. */
  readonly markerEndNs: number;
  readonly contextRequests: number | null;
  readonly contextTokens: number | null;
  readonly generationRequests: number | null;
  readonly gpuWindows: readonly GpuWindow[];
  /** Union of the GPU activities attributed to this iteration; null in a trace without GPU activity. */
  readonly gpuBusyNs: number | null;
  readonly kernelCount: number;
  readonly kernelTimeNs: number;
  /** From launch calls of the host window to the start of their first work; null without such calls. */
  readonly launchDelay: Distribution | null;
  /** Over the host window of the rank's thread, in traces without GPU activity; else null. */
  readonly hostComposition: Composition | null;
  readonly gcNs: number;
  /** Holding and waiting for Python's global lock, all threads together; null where the trace does not record it. */
  readonly gilHeldNs: number | null;
  readonly gilWaitingNs: number | null;
  /** Garbage collection and the global lock by thread; threads without any are left out. */
  readonly threads: readonly IterationThread[];
  /** Whether as much was recorded as of other steps of its kind. */
  readonly captured: 'complete' | 'partial' | 'empty';
  readonly inferred: boolean;
}

/** What one thread spent of a host window. */
export interface IterationThread {
  readonly pid: string;
  readonly tid: string;
  readonly name: string;
  readonly gcNs: number;
  readonly gilHeldNs: number | null;
  readonly gilWaitingNs: number | null;
}

export interface KernelStat {
  readonly name: string;
  readonly kind: string;
  readonly count: number;
  readonly totalNs: number;
  readonly minNs: number;
  readonly maxNs: number;
}

export interface EngineOutputs extends ExpertOutputs, ExportOutputs, PointOutputs, SearchOutputs {
  'trace.ranks': readonly Source[];
  'trace.open': OpenedTrace;
  'trace.close': undefined;
  'trace.window': ArrayBuffer;
  'trace.coverage': ArrayBuffer;
  'trace.names': readonly string[];
  'trace.slice': SliceDetails;
  'trace.iterations': readonly Iteration[];
  'trace.topKernels': readonly KernelStat[];
  'trace.groups': readonly Group[];
  'trace.differences': readonly Difference[];
  'trace.operators': readonly OperatorStat[];
  'trace.operatorWork': readonly Group[];
  'trace.variations': readonly Variation[];
  'trace.deviceRanges': readonly DeviceRange[];
  'trace.hta': HtaFigures | null;
  'trace.queues': readonly StreamQueue[];
}

export interface EngineProgress {
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly slices: number;
  /** What is going on, where it is not reading. */
  readonly note?: string;
  /** Rows that a search found since the last report. */
  readonly foundRows?: readonly number[];
}

/** Messages on the port. Ids are the asker's. */
export const engineCall = z.object({
  type: z.literal('call'),
  id: z.int(),
  method: z.string().max(64),
  input: z.unknown(),
});
export const engineCancel = z.object({ type: z.literal('cancel'), id: z.int() });
export const engineMessage = z.discriminatedUnion('type', [engineCall, engineCancel]);

export type EngineReply =
  | { readonly type: 'hello'; readonly windowVersion: number }
  | { readonly type: 'value'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: Failure }
  | { readonly type: 'progress'; readonly id: number; readonly progress: EngineProgress };

/** Layout version of packed windows; both sides must agree. */
export const WINDOW_VERSION = 1;
