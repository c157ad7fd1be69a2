// SPDX-License-Identifier: Apache-2.0
import type { Iteration, KernelStat, TraceSummary } from '#shared/contract/engine.ts';
import type { TraceWarning } from '#shared/contract/experts.ts';
import type { DeviceRange, OperatorStat, HtaFigures } from '#shared/contract/analysis.ts';
import type { Source } from '#shared/contract/app.ts';
import type { Engine, EngineCallOptions } from '../ports/engine.ts';

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
  /** How each device spent the whole trace. */
  readonly devices: readonly DeviceRange[];
  readonly topKernels: readonly KernelStat[];
  /** Framework operators with the device work launched inside of them. */
  readonly topOperators: readonly OperatorStat[];
  readonly iterations: readonly Iteration[];
  /** Figures of HolisticTraceAnalysis, by its definitions. */
  readonly hta: HtaFigures | null;
  readonly capture: TraceSummary['capture'];
  readonly warnings: readonly TraceWarning[];
}

/** Rows of each table: the most time first. */
const TABLE_ROWS = 20;

/** Opens a file and asks the engine for the figures of each rank that it holds. */
export async function inspectRanks(
  engine: Engine,
  source: Source,
  options: EngineCallOptions = {},
): Promise<readonly Inspection[]> {
  const ranks = await engine.call('trace.ranks', { sourceId: source.sourceId }, options);
  const inspections: Inspection[] = [];
  for (const rank of ranks.length === 0 ? [source] : ranks) {
    inspections.push(await inspectTrace(engine, rank, options));
  }
  return inspections;
}

async function inspectTrace(engine: Engine, source: Source, options: EngineCallOptions): Promise<Inspection> {
  const { sourceId } = source;
  const { summary } = await engine.call('trace.open', { sourceId }, options);
  const { startNs, endNs } = summary;
  const [devices, topKernels, topOperators, iterations, hta] = await Promise.all([
    engine.call('trace.deviceRanges', { sourceId, startNs, endNs, gaps: 0 }),
    engine.call('trace.topKernels', { sourceId, limit: TABLE_ROWS }),
    engine.call('trace.operators', { sourceId, selection: { layer: 'operators' }, limit: TABLE_ROWS }),
    engine.call('trace.iterations', { sourceId }),
    engine.call('trace.hta', { sourceId }),
  ]);
  const { format, originNs, sliceCount, trackCount, gpu, capture, warnings } = summary;
  return {
    file: source.path,
    ...(source.process === undefined ? {} : { process: source.process }),
    rank: summary.rank ?? source.rank ?? null,
    format,
    span: { originNs, startNs, endNs },
    slices: sliceCount,
    tracks: trackCount,
    gpu,
    devices,
    topKernels,
    topOperators,
    iterations,
    hta,
    capture,
    warnings,
  };
}
