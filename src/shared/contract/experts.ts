// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** The engine's questions about expert load, and their answers. Definitions are in docs/features/expert-load.md. */

export const traceRef = z.object({ sourceId: z.string().max(200) });
const layerWindow = traceRef.extend({
  iterationFrom: z.int(),
  /** Exclusive. */
  iterationTo: z.int(),
});

export const expertRequests = {
  'experts.open': traceRef,
  /** What a log tells of one of its models, folded to at most `rows` rows. */
  'experts.balance': traceRef.extend({
    /** Position in the summary's models. */
    model: z.int().min(0).max(65_535),
    rows: z.int().min(1).max(4096),
  }),
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
  /** What the perfect router would make of a layer's recorded tokens. */
  'experts.perfectLoad': layerWindow.extend({
    layer: z.int(),
    ranks: z.int().min(1).max(65_536),
    rotated: z.boolean(),
  }),
  /** Expert computing in a trace, by layer, of iterations (both ends included). */
  'trace.expertTimes': traceRef.extend({
    first: z.int(),
    last: z.int(),
    /** Those that have experts, in the order in which an iteration goes through them. */
    layers: z.array(z.int().min(0).max(4_294_967_295)).max(65_536),
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

export interface TraceWarning {
  readonly code: string;
  readonly message: string;
  readonly count: number;
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
  /** Lines of a log about balance; with them there are neither layers nor experts. */
  readonly balanceLines: number;
  /** Models that the lines are about; one without a name where they name none. */
  readonly balanceModels: readonly string[];
}

/** Consecutive lines of a log that share a row. Figures are means over its lines; null without tokens. */
export interface ExpertBalanceRow {
  /** Positions among the model's lines. */
  readonly first: number;
  readonly last: number;
  /** The step that the first names; it starts again at each rearrangement of experts. */
  readonly step: number | null;
  /** Tokens of the mean and of each layer's most loaded rank, summed over layers. */
  readonly meanTokens: number;
  readonly maxTokens: number;
  readonly balancedness: number | null;
  readonly least: number | null;
}

/** vLLM's balancedness of all layers over ranks, as its log tells it. */
export interface ExpertBalance {
  readonly linesPerRow: number;
  readonly rows: readonly ExpertBalanceRow[];
  /** By line: least, quartiles, largest; empty without an answer. */
  readonly quartiles: readonly number[];
  readonly balancedness: number | null;
  readonly balancednessOfSums: number | null;
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
  /** Mean and sample standard deviation of the tokens of ranks, each mean over iterations: report_load_statistics' own. */
  readonly rankTokensMean: number | null;
  readonly rankTokensStd: number | null;
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
  /** Tokens of a rank, mean over ranks and iterations; sample standard deviations over ranks, mean over iterations. */
  readonly rankTokensMean: number | null;
  readonly beforeStd: number | null;
  readonly afterStd: number | null;
  /** Tokens per expert in the judging iterations. */
  readonly counts: Float64Array;
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

/** Time of expert computing in nanoseconds: sums of durations. */
export interface TraceExpertTimes {
  /** MoE kernels, computing launched within ranges named for experts, or operators of the host. */
  readonly toldBy: 'kernels' | 'ranges' | 'operators';
  /** Iterations that were asked for and are there, ascending. */
  readonly iterations: readonly number[];
  /** Layers that were told, ascending. */
  readonly layers: readonly number[];
  /** Row-major, layers × iterations. */
  readonly layerNs: Float64Array;
  /** All expert computing by iteration; what is more than its layers' belongs to none that could be told. */
  readonly totalNs: Float64Array;
  /** Of all layers, what was told by order alone: the same kernels once for each layer. */
  readonly byOrderNs: number;
}

/** The planner's expectation; null without tokens. */
export interface PerfectLoad {
  /** Tokens by expert. */
  readonly counts: Float64Array;
  /** Imbalance over ranks that it leaves, mean over iterations. */
  readonly rankImbalanceMean: number | null;
  /** Tokens of a rank in an iteration, mean over iterations. */
  readonly tokensPerRank: number | null;
}

export interface ExpertOutputs {
  'experts.open': ExpertSummary;
  'experts.balance': ExpertBalance;
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
  /** Null where the statistics do not tell the experts per token. */
  'experts.perfectLoad': PerfectLoad | null;
  /** Null where the trace does not tell of any. */
  'trace.expertTimes': TraceExpertTimes | null;
  'experts.plan': ExpertPlan;
  'experts.judgePlan': ExpertPlan;
}
