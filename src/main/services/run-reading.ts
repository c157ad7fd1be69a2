// SPDX-License-Identifier: Apache-2.0
import { toFailure, type Failure } from '#shared/base/errors.ts';
import type { EngineProgress } from '#shared/contract/engine.ts';
import type { LogRule, Recipe } from '#shared/contract/recipe.ts';
import type { Artifact, IterationLine, ReportedFigure, RunManifest, RunStep } from '#shared/contract/run.ts';
import { mergeFigures } from '../launch/figures/names.ts';
import { parseIterationLine } from '../launch/iteration-log.ts';
import type { Engine } from '../ports/engine.ts';
import { collectArtifacts, isTrace, rawReports } from './artifacts.ts';
import { checkCapture, type RankIterations } from './capture-check.ts';
import type { Library } from './library.ts';
import { LogReader } from './log-reader.ts';
import { LogTail } from './log-tail.ts';
import { readFigures, textFigures } from './run-figures.ts';
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

/**
 * What of the run's folder the recipe names, and what reports and logs say in figures. `ruled`: what the rules of a
 * step found while the run lived; without it the logs are read again.
 */
export async function collectRun(
  library: Library,
  recipe: Recipe,
  run: RunManifest,
  ruled?: (step: string) => ReportedFigure[],
): Promise<Pick<RunManifest, 'artifacts' | 'figures' | 'steps'>> {
  const folder = library.artifactsOf(run.id);
  const artifacts = [...(await collectArtifacts(recipe, folder)), ...(await rawReports(folder))];
  const figuresOf = async (name: string | undefined): Promise<ReportedFigure[]> => {
    const logs = logsOf(library, run.id, name);
    const step = recipe.steps.find((known) => known.name === name) ?? mainStepOf(recipe);
    const found = ruled?.(step.name) ?? (await ruleFigures(logs, step.log));
    return mergeFigures([found, ...(await Promise.all(logs.map(textFigures)))]);
  };
  if (run.steps === undefined) {
    return { artifacts, figures: await readFigures(artifacts, folder, await figuresOf(undefined)) };
  }
  const steps: RunStep[] = [];
  for (const step of run.steps) steps.push({ ...step, figures: await figuresOf(step.name) });
  // The load's own words come before those of the servers that it used.
  const works = steps.filter(({ role }) => role !== 'prepare').toReversed();
  const said = mergeFigures(works.map(({ figures }) => figures));
  return { artifacts, steps, figures: await readFigures(artifacts, folder, said) };
}

function logsOf(library: Library, id: string, step: string | undefined): string[] {
  return (['stdout', 'stderr'] as const).map((stream) => library.logOf(id, stream, step));
}

function mainStepOf({ steps }: Recipe): Recipe['steps'][number] {
  const main = steps.find(({ role }) => role === 'load') ?? steps.at(-1);
  if (main === undefined) throw new RangeError('A recipe without a step passed its checks');
  return main;
}

async function ruleFigures(paths: readonly string[], rules: readonly LogRule[]): Promise<ReportedFigure[]> {
  if (!rules.some(({ means }) => means === 'figure')) return [];
  const readers = paths.map((path) => new LogReader(path, rules));
  for (const reader of readers) await reader.finish();
  return readers.flatMap(({ figures }) => figures);
}

/** All iteration lines of a run, from the outputs of every step but the preparations. */
export async function iterationLinesOf(library: Library, run: RunManifest): Promise<IterationLine[]> {
  const steps = run.steps?.filter(({ role }) => role !== 'prepare').map(({ name }) => name) ?? [undefined];
  const lines: IterationLine[] = [];
  for (const path of steps.flatMap((step) => logsOf(library, run.id, step))) {
    lines.push(...(await readIterationLines(path)));
  }
  return lines;
}

async function readIterationLines(path: string): Promise<IterationLine[]> {
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
  const { engine, library } = parts;
  const { signal } = options;
  const { sources } = await triedTwice(signal, () =>
    parts.sources.ofRun(manifest, library.artifactsOf(manifest.id)),
  );
  const traces = sources.filter(({ kind }) => kind === 'trace');
  const ranks: RankIterations[] = [];
  const failures = new Map<string, Failure>();
  for (const [index, { sourceId, rank, name }] of traces.entries()) {
    // Begun all the same, it would be cancelled under whoever opens the trace at once.
    signal.throwIfAborted();
    const onProgress = ({ bytesDone, bytesTotal }: EngineProgress): void => {
      options.onProgress(`Reading ${name}`, (index + bytesDone / Math.max(1, bytesTotal)) / traces.length);
    };
    try {
      const iterations = await triedTwice(signal, async () => {
        await engine.call('trace.open', { sourceId }, { signal, onProgress });
        return engine.call('trace.iterations', { sourceId }, { signal });
      });
      ranks.push({ rank: rank ?? index, iterations });
    } catch (thrown) {
      signal.throwIfAborted();
      failures.set(name, toFailure(thrown));
    }
  }
  const artifacts = manifest.artifacts.map((artifact) => {
    if (!isTrace(artifact)) return artifact;
    const { problem: _before, ...whole } = artifact;
    const failure = failures.get(artifact.path);
    return failure === undefined ? whole : { ...whole, problem: failure.message };
  });
  const [failure] = failures.values();
  return { artifacts, ranks, failure };
}

/** The capture check of a run that asked for a window of a trace. */
export function captureOf(
  manifest: RunManifest,
  ranks: readonly RankIterations[],
): Pick<RunManifest, 'captureCheck'> {
  const { torchTrace, nsight } = manifest.form;
  const asked = manifest.spans.length > 0 && (torchTrace || nsight);
  return asked ? { captureCheck: checkCapture(manifest.spans, ranks, manifest.windowFrom) } : {};
}

/** The engine may be killed meanwhile: a new one tries once more, and only once, since the file may be to blame. */
async function triedTwice<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (signal.aborted || toFailure(thrown).code !== 'engine.crashed') throw thrown;
    return work();
  }
}
