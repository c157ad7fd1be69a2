// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { Failure } from '../base/errors.ts';
import { traceRange, traceSelection } from './analysis.ts';
import type {
  Composition,
  DeviceRange,
  Difference,
  Distribution,
  Group,
  IdleCauses,
  OperatorStat,
  StreamQueue,
  Variation,
} from './analysis.ts';
import type { Source } from './app.ts';

/**
 * The conversation with the engine process, over a message port. Requests are parsed; replies are
 * trusted (same code base, other process) because windows are packed bytes and arrive at frame rate.
 * Times are nanoseconds from the trace's origin unless a name says otherwise.
 */

const traceRef = z.object({ sourceId: z.string().max(200) });
const layerWindow = traceRef.extend({
  iterationFrom: z.int(),
  /** Exclusive. */
  iterationTo: z.int(),
});

/** Number of the first iteration when the markers have none. */
const firstIndex = z.int().min(0).max(1_000_000_000).optional();
/** Most rows of an answer. */
const limit = z.int().min(1).max(100_000);

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
  'trace.queues': traceRef.extend({ ...traceRange.shape, parts: z.int().min(1).max(65_536) }),
  'experts.open': traceRef,
  'experts.histogram': layerWindow.extend({ layer: z.int() }),
  'experts.layerMetrics': layerWindow.extend({ ranks: z.int().min(1).max(65_536) }),
  'experts.heatmap': layerWindow,
  'experts.rankLoads': layerWindow.extend({ layer: z.int(), ranks: z.int().min(1).max(65_536) }),
  'experts.vllmBalancedness': layerWindow.extend({ ranks: z.int().min(1).max(65_536) }),
  /** One layer over iterations, folded to at most `rows` rows of experts or ranks. */
  'experts.series': layerWindow.extend({
    layer: z.int(),
    over: z.enum(['experts', 'ranks']),
    ranks: z.int().min(1).max(65_536),
    rows: z.int().min(1).max(2048),
  }),
  /** Where the perfect router would send the tokens of all ranks; of no recording. */
  'experts.perfectRouter': traceRef.extend({
    experts: z.int().min(1).max(65_536),
    topK: z.int().min(1).max(65_536),
    ranks: z.int().min(1).max(65_536),
    tokensPerRank: z.int().min(0).max(1_048_576),
    /** Whether a rank's stream begins at that rank (eras e2 and e3). */
    rotated: z.boolean(),
  }),
  'experts.plan': traceRef.extend({
    algorithm: z.enum(['tensorrt-llm', 'deepseek']),
    /** Groups of experts that stay on one node, and nodes: for deepseek. */
    groups: z.int().min(1).max(65_536),
    nodes: z.int().min(1).max(65_536),
    ranks: z.int().min(1).max(65_536),
    slots: z.int().min(1).max(1_048_576),
    layerUpdates: z.int().min(0).max(65_536),
    /** Half-open windows; they must not overlap. */
    madeFrom: z.int().min(0),
    madeTo: z.int().min(0),
    judgedFrom: z.int().min(0),
    judgedTo: z.int().min(0),
    /** Points of the curve of slots beyond the first; 0 for no curve. */
    curveSteps: z.int().min(0).max(64),
  }),
  /** What a moe_load_balancer file would do: its text, and its name for messages. */
  'experts.judgePlan': layerWindow.extend({
    ranks: z.int().min(1).max(65_536),
    text: z.string().max(16_777_216),
    name: z.string(),
  }),
} as const;
export type EngineMethod = keyof typeof engineRequests;
export type EngineInput<M extends EngineMethod> = z.input<(typeof engineRequests)[M]>;

export interface TraceWarning {
  readonly code: string;
  readonly message: string;
  readonly count: number;
}

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
  readonly parentRow: number | null;
  /** Launch call of a kernel, or kernels of a launch call. */
  readonly partnerRows: readonly number[];
  /** Kernel start minus launch call start (metrics: launch delay). */
  readonly launchDelayNs: number | null;
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

export interface ExpertSummary {
  readonly experts: number;
  readonly topK: number | null;
  readonly layers: readonly number[];
  readonly iterationStart: number;
  /** One past the last recorded iteration. */
  readonly iterationEnd: number;
  /** Recorded iterations: fewer than from start to end when there are gaps. */
  readonly iterationCount: number;
  readonly ranks: number;
  /** How the ranks' counts were made one: they counted different tokens, or all hold the same vectors. */
  readonly combination: 'summed' | 'one-of-identical' | 'single';
  readonly warnings: readonly TraceWarning[];
}

export interface ExpertHistogram {
  readonly layer: number;
  readonly counts: readonly number[];
  readonly total: number;
}

/** Size of the hot set, and of the most loaded experts whose share is told; the native side counts with the same. */
export const TOP_EXPERTS = 8;

/** Every metric of a layer over a window; null where the layer has no tokens to answer with. */
export interface LayerMetrics {
  readonly layer: number;
  readonly tokens: number;
  readonly expertImbalanceMean: number | null;
  readonly expertImbalanceOfSums: number | null;
  readonly rankImbalanceMean: number | null;
  readonly rankImbalanceOfSums: number | null;
  readonly balancedness: number | null;
  readonly coefficientOfVariation: number | null;
  readonly gini: number | null;
  readonly effectiveExperts: number | null;
  readonly activeExperts: number | null;
  readonly deadExperts: number | null;
  /** Share of the tokens that the TOP_EXPERTS most loaded experts received. */
  readonly topShare: number | null;
  readonly hotSetPersistence: number | null;
  /** Half the sum of the differences of the experts' shares between the first and the last window of 10 iterations. */
  readonly loadDrift: number | null;
  /** Experts with tokens on a rank, mean over ranks and iterations. */
  readonly activeExpertsPerRank: number | null;
  /** SGLang's definition, over ranks. */
  readonly sglangBalancedness: number | null;
  /** Median and largest over iterations of the imbalance ratio over ranks. */
  readonly rankImbalanceMedian: number | null;
  readonly rankImbalanceMax: number | null;
  /** Tokens of the most loaded rank and of the mean rank, each summed over iterations. */
  readonly criticalTokens: CriticalLoad | null;
  /** The same of experts with tokens, whose weights a small batch has to read. */
  readonly criticalActive: CriticalLoad | null;
}

/** What the slowest and what the mean rank had to do, summed over iterations. */
export interface CriticalLoad {
  readonly max: number;
  readonly mean: number;
}

/** Consecutive recorded iterations that share a row. Ratios are means over its iterations; null without tokens. */
export interface ExpertSeriesRow {
  readonly first: number;
  readonly last: number;
  readonly tokens: number;
  readonly expertImbalance: number | null;
  readonly rankImbalance: number | null;
  readonly rankImbalanceMax: number | null;
}

export interface ExpertSeries {
  /** 1 when each iteration has a row of its own. */
  readonly iterationsPerRow: number;
  readonly rows: readonly ExpertSeriesRow[];
  /** Experts or ranks. */
  readonly columns: number;
  /** Row-major, rows × columns, tokens. */
  readonly cells: Float64Array;
  /** Imbalance over ranks by iteration: least, quartiles, largest; empty without an answer. */
  readonly rankQuartiles: readonly number[];
  /** Windows of 10 iterations: overlap with the hot set before, distance of the shares from the first window's. */
  readonly hotSets: readonly {
    readonly first: number;
    readonly overlap: number | null;
    readonly drift: number | null;
  }[];
}

/** Where the experts of a layer would live; imbalance over ranks in the judging iterations, null without tokens. */
export interface ExpertLayerPlan {
  readonly layer: number;
  /** The expert of each slot; slots lie in equal blocks on the ranks. */
  readonly slots: Uint32Array;
  readonly replicas: Uint32Array;
  readonly beforeMean: number | null;
  readonly beforeOfSums: number | null;
  readonly afterMean: number | null;
  readonly afterOfSums: number | null;
  /** Tokens per rank in the judging iterations. */
  readonly beforeLoads: Float64Array;
  readonly afterLoads: Float64Array;
  /** Slots whose expert their rank does not hold without a plan. */
  readonly moves: number;
}

export interface ExpertPlan {
  readonly numSlots: number;
  readonly layers: readonly ExpertLayerPlan[];
  /** The default assignment of as many slots, where experts do not divide evenly by the ranks. */
  readonly baseline: 'contiguous' | 'default-slots';
  readonly beforeMean: number | null;
  readonly afterMean: number | null;
  readonly extraSlotsPerRank: number;
  /** Anything but better means: keep the baseline. */
  readonly verdict: 'better' | 'same' | 'worse' | 'cannot-tell';
  /** The moe_load_balancer file. */
  readonly yaml: string;
  readonly curve: readonly { readonly slots: number; readonly afterMean: number | null }[];
}

export interface ExpertHeatmap {
  readonly layers: readonly number[];
  readonly experts: number;
  /** Row-major, layers × experts, tokens. */
  readonly tokens: Float64Array;
}

export interface EngineOutputs {
  'trace.ranks': readonly Source[];
  'trace.open': OpenedTrace;
  'trace.close': undefined;
  'trace.window': ArrayBuffer;
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
  'trace.queues': readonly StreamQueue[];
  'experts.open': ExpertSummary;
  'experts.histogram': ExpertHistogram;
  'experts.layerMetrics': readonly LayerMetrics[];
  'experts.heatmap': ExpertHeatmap;
  /** Null when the experts do not divide evenly among so many ranks. */
  'experts.rankLoads': readonly number[] | null;
  /** Of all layers over ranks; null where there is no answer. */
  'experts.vllmBalancedness': number | null;
  'experts.series': ExpertSeries;
  /** Tokens by expert. */
  'experts.perfectRouter': Float64Array;
  'experts.plan': ExpertPlan;
  'experts.judgePlan': ExpertPlan;
}

export interface EngineProgress {
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly slices: number;
  /** What is going on, where it is not reading. */
  readonly note?: string;
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
