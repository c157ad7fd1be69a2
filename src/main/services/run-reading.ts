// SPDX-License-Identifier: Apache-2.0
import { toFailure, type Failure } from '#shared/base/errors.ts';
import type { EngineProgress, Iteration } from '#shared/contract/engine.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { Artifact, IterationLine, RunManifest } from '#shared/contract/run.ts';
import { parseIterationLine } from '../launch/iteration-log.ts';
import type { Engine } from '../ports/engine.ts';
import { collectArtifacts } from './artifacts.ts';
import { checkCapture, type RankIterations } from './capture-check.ts';
import type { Library } from './library.ts';
import { LogTail } from './log-tail.ts';
import { readFigures } from './run-figures.ts';
import type { SourceService } from './sources.ts';

/** Reading what a run left: at its end, or later, when its end was seen by nobody. */

export interface ReadingParts {
  readonly library: Library;
  readonly sources: SourceService;
  readonly engine: Engine;
}

export interface ReadingOptions {
  readonly signal: AbortSignal;
  /** `ratio` of all traces together, 0..1. */
  readonly onProgress: (step: string, ratio: number) => void;
}

/** What of the run's folder the recipe names, and what reports and logs say in figures. */
export async function collectRun(
  library: Library,
  recipe: Recipe,
  id: string,
): Promise<Pick<RunManifest, 'artifacts' | 'figures'>> {
  const folder = library.artifactsOf(id);
  const artifacts = await collectArtifacts(recipe, folder);
  const logs = (['stdout', 'stderr'] as const).map((stream) => library.logOf(id, stream));
  return { artifacts, figures: await readFigures(artifacts, folder, logs) };
}

/** All iteration lines of a log. */
export async function readIterationLines(path: string): Promise<IterationLine[]> {
  const parsed: IterationLine[] = [];
  for await (const lines of new LogTail(path).drain()) {
    for (const line of lines) {
      const iteration = parseIterationLine(line);
      if (iteration !== null) parsed.push(iteration);
    }
  }
  return parsed;
}

export interface TraceReading {
  /** The manifest's artifacts, each with its problem where it has one. */
  readonly artifacts: Artifact[];
  /** Of the traces that could be read. */
  readonly ranks: readonly RankIterations[];
  readonly failure: Failure | undefined;
}

/**
 * Opens every trace once, so that it opens at once later. One that cannot be read keeps no other from
 * being read; `failure` is the first one's. Rejects only when it is cancelled.
 */
export async function readTraces(
  parts: ReadingParts,
  manifest: RunManifest,
  options: ReadingOptions,
): Promise<TraceReading> {
  const { sources } = await parts.sources.ofRun(manifest, parts.library.artifactsOf(manifest.id));
  const traces = sources.filter(({ kind }) => kind === 'trace');
  const ranks: RankIterations[] = [];
  const failures = new Map<string, Failure>();
  for (const [index, { sourceId, rank, name }] of traces.entries()) {
    const onProgress = ({ bytesDone, bytesTotal }: EngineProgress): void => {
      options.onProgress(`Reading ${name}`, (index + bytesDone / Math.max(1, bytesTotal)) / traces.length);
    };
    try {
      const iterations = await readTrace(parts.engine, sourceId, options.signal, onProgress);
      ranks.push({ rank: rank ?? index, iterations });
    } catch (thrown) {
      options.signal.throwIfAborted();
      failures.set(name, toFailure(thrown));
    }
  }
  const artifacts = manifest.artifacts.map(({ problem: _before, ...artifact }) => {
    const failure = artifact.kind === 'kineto-trace' ? failures.get(artifact.path) : undefined;
    return failure === undefined ? artifact : { ...artifact, problem: failure.message };
  });
  const [failure] = failures.values();
  return { artifacts, ranks, failure };
}

/** The capture check of a run that asked for a window of a trace. */
export function captureOf(
  manifest: RunManifest,
  ranks: readonly RankIterations[],
): Pick<RunManifest, 'captureCheck'> {
  const asked = manifest.spans.length > 0 && manifest.form.torchTrace;
  return asked ? { captureCheck: checkCapture(manifest.spans, ranks) } : {};
}

/** The engine may be killed while it reads: a new one tries once more, since the file itself may be to blame. */
async function readTrace(
  engine: Engine,
  sourceId: string,
  signal: AbortSignal,
  onProgress: (progress: EngineProgress) => void,
): Promise<readonly Iteration[]> {
  const read = async (): Promise<readonly Iteration[]> => {
    await engine.call('trace.open', { sourceId }, { signal, onProgress });
    return engine.call('trace.iterations', { sourceId }, { signal });
  };
  try {
    return await read();
  } catch (thrown) {
    if (signal.aborted || toFailure(thrown).code !== 'engine.crashed') throw thrown;
    return read();
  }
}
