// SPDX-License-Identifier: Apache-2.0
import type {
  EngineProgress,
  Iteration,
  KernelStat,
  TraceSummary,
  TraceWarning,
} from '#shared/contract/engine.ts';
import type { Source } from '#shared/contract/app.ts';
import type { Engine } from '../ports/engine.ts';

/** Everything that `inspect` says of a trace; times are nanoseconds from the origin. */
export interface Inspection {
  readonly file: string;
  /** Of a report with several processes, the one that this is about. */
  readonly process?: number;
  readonly rank: number | null;
  readonly format: string;
  readonly span: { readonly originNs: string; readonly startNs: number; readonly endNs: number };
  /** Duration slices. */
  readonly slices: number;
  readonly tracks: number;
  readonly gpu: TraceSummary['gpu'];
  readonly topKernels: readonly KernelStat[];
  readonly iterations: readonly InspectedIteration[];
  readonly capture: TraceSummary['capture'];
  readonly warnings: readonly TraceWarning[];
}

export type InspectedIteration = Pick<
  Iteration,
  | 'index'
  | 'startNs'
  | 'endNs'
  | 'contextRequests'
  | 'contextTokens'
  | 'generationRequests'
  | 'gpuBusyNs'
  | 'kernelCount'
  | 'kernelTimeNs'
  | 'gcNs'
  | 'gilHeldNs'
  | 'gilWaitingNs'
  | 'threads'
  | 'captured'
  | 'inferred'
>;

const TOP_KERNELS = 20;

function toInspected(iteration: Iteration): InspectedIteration {
  const { index, startNs, endNs, contextRequests, contextTokens, generationRequests, ...more } = iteration;
  const { gpuBusyNs, kernelCount, kernelTimeNs, gcNs, gilHeldNs, gilWaitingNs, threads, captured } = more;
  return {
    index,
    startNs,
    endNs,
    contextRequests,
    contextTokens,
    generationRequests,
    gpuBusyNs,
    kernelCount,
    kernelTimeNs,
    gcNs,
    gilHeldNs,
    gilWaitingNs,
    threads,
    captured,
    inferred: more.inferred,
  };
}

/** Opens a file and asks the engine for the figures of each rank that it holds. */
export async function inspectRanks(
  engine: Engine,
  source: Source,
  onProgress: (progress: EngineProgress) => void,
): Promise<readonly Inspection[]> {
  const ranks = await engine.call('trace.ranks', { sourceId: source.sourceId }, { onProgress });
  const inspections: Inspection[] = [];
  for (const rank of ranks.length === 0 ? [source] : ranks) {
    inspections.push(await inspectTrace(engine, rank, onProgress));
  }
  return inspections;
}

async function inspectTrace(
  engine: Engine,
  source: Source,
  onProgress: (progress: EngineProgress) => void,
): Promise<Inspection> {
  const { sourceId } = source;
  const { summary } = await engine.call('trace.open', { sourceId }, { onProgress });
  const [topKernels, iterations] = await Promise.all([
    engine.call('trace.topKernels', { sourceId, limit: TOP_KERNELS }),
    engine.call('trace.iterations', { sourceId }),
  ]);
  const { format, originNs, startNs, endNs, sliceCount, trackCount, gpu, capture, warnings } = summary;
  return {
    file: source.path,
    ...(source.process === undefined ? {} : { process: source.process }),
    rank: summary.rank ?? source.rank ?? null,
    format,
    span: { originNs, startNs, endNs },
    slices: sliceCount,
    tracks: trackCount,
    gpu,
    topKernels,
    iterations: iterations.map(toInspected),
    capture,
    warnings,
  };
}
