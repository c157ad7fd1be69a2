// SPDX-License-Identifier: Apache-2.0
import type { Composition, Distribution, IdleCauses } from '#shared/contract/analysis.ts';
import type { TableName, TracePart } from '#shared/contract/exporting.ts';
import type { Native } from './native.ts';

/**
 * Figures of a trace as tables: times in nanoseconds, an empty cell where there is no answer. Every table has all of
 * its columns whatever the trace holds, so that the tables of several ranks can be put together.
 */

type Column = Native.TableColumn;
type FigureTable = Exclude<TableName, 'slices'>;

/** More names than any trace has had. */
const MOST_ROWS = 1_000_000;

/** The columns of a table, each with a cell for every row. */
export async function columnsOf(
  handle: Native.TraceHandle,
  table: FigureTable,
  part: TracePart,
): Promise<Column[]> {
  if (table === 'iterations') {
    const all = await handle.iterations(part.firstIndex);
    return iterationColumns(all.filter((iteration) => isInside(iteration, part)));
  }
  if (table === 'kernels') {
    return kernelColumns(await handle.groups({ layer: 'kernels', ...part }, 'name', MOST_ROWS));
  }
  return operatorColumns(await handle.operators({ layer: 'operators', ...part }, MOST_ROWS));
}

/** How many rows a table has. */
export const rowCount = ([first]: readonly Column[]): number =>
  (first?.wholes ?? first?.texts ?? first?.truths ?? []).length;

function isInside(
  { index, startNs, endNs }: Native.Iteration,
  { firstIteration, lastIteration, startNs: from, endNs: to }: TracePart,
): boolean {
  if (firstIteration !== undefined && lastIteration !== undefined)
    return index >= firstIteration && index <= lastIteration;
  return from === undefined || to === undefined || (startNs < to && endNs > from);
}

/** Makes columns out of the same rows. */
class Columns<Row> {
  readonly all: Column[] = [];
  readonly #rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  wholes(figures: Readonly<Record<string, (row: Row) => number | null | undefined>>): this {
    for (const [name, of] of Object.entries(figures))
      this.all.push({ name, wholes: this.#rows.map((row) => of(row) ?? null) });
    return this;
  }

  texts(figures: Readonly<Record<string, (row: Row) => string | null | undefined>>): this {
    for (const [name, of] of Object.entries(figures))
      this.all.push({ name, texts: this.#rows.map((row) => of(row) ?? null) });
    return this;
  }

  truths(figures: Readonly<Record<string, (row: Row) => boolean>>): this {
    for (const [name, of] of Object.entries(figures))
      this.all.push({ name, truths: this.#rows.map((row) => of(row)) });
    return this;
  }

  /** Figures that stand together and are there together or not at all: `launchDelay.p95Ns`. */
  group<Key extends string>(
    prefix: string,
    keys: readonly Key[],
    of: (row: Row) => Readonly<Record<Key, number>> | null | undefined,
  ): this {
    const figures = keys.map((key) => [`${prefix}${key}`, (row: Row) => of(row)?.[key]] as const);
    return this.wholes(Object.fromEntries(figures));
  }
}

const DISTRIBUTION = [
  'count',
  'totalNs',
  'minNs',
  'medianNs',
  'p95Ns',
  'maxNs',
] as const satisfies readonly (keyof Distribution)[];
const COMPOSITION = [
  'computeNs',
  'communicationNs',
  'memoryNs',
  'idleNs',
] as const satisfies readonly (keyof Composition)[];
const IDLE = [
  'hostNs',
  'kernelGapNs',
  'dependencyNs',
  'noWorkNs',
  'unknownNs',
] as const satisfies readonly (keyof IdleCauses)[];

/** One row an iteration; of several devices the first one, whose number is a column. */
function iterationColumns(rows: readonly Native.Iteration[]): Column[] {
  return new Columns(rows)
    .wholes({
      index: ({ index }) => index,
      startNs: ({ startNs }) => startNs,
      endNs: ({ endNs }) => endNs,
      markerEndNs: ({ markerEndNs }) => markerEndNs,
      contextRequests: ({ contextRequests }) => contextRequests,
      contextTokens: ({ contextTokens }) => contextTokens,
      generationRequests: ({ generationRequests }) => generationRequests,
      gpuBusyNs: ({ gpuBusyNs }) => gpuBusyNs,
      kernelCount: ({ kernelCount }) => kernelCount,
      kernelTimeNs: ({ kernelTimeNs }) => kernelTimeNs,
      gcNs: ({ gcNs }) => gcNs,
      gilHeldNs: ({ gilHeldNs }) => gilHeldNs,
      gilWaitingNs: ({ gilWaitingNs }) => gilWaitingNs,
    })
    .texts({ captured: ({ captured }) => captured })
    .truths({ inferred: ({ inferred }) => inferred })
    .group('launchDelay.', DISTRIBUTION, ({ launchDelay }) => launchDelay)
    .group('hostComposition.', COMPOSITION, ({ hostComposition }) => hostComposition)
    .wholes({ devices: ({ gpuWindows }) => gpuWindows.length })
    .group(
      'gpu.',
      ['deviceId', 'startNs', 'endNs', 'shiftNs', 'communicationNs'],
      ({ gpuWindows }) => gpuWindows[0],
    )
    .group('gpu.composition.', COMPOSITION, ({ gpuWindows }) => gpuWindows[0]?.composition)
    .group('gpu.idle.', IDLE, ({ gpuWindows }) => gpuWindows[0]?.idle).all;
}

function kernelColumns(rows: readonly Native.Group[]): Column[] {
  return new Columns(rows)
    .texts({ name: ({ name }) => name, kind: ({ kind }) => kind })
    .group('', DISTRIBUTION, ({ durations }) => durations)
    .wholes({ insideNs: ({ insideNs }) => insideNs }).all;
}

function operatorColumns(rows: readonly Native.OperatorStat[]): Column[] {
  return new Columns(rows)
    .texts({ name: ({ name }) => name, kind: ({ kind }) => kind })
    .group('host.', DISTRIBUTION, ({ host }) => host)
    .wholes({
      workCount: ({ workCount }) => workCount,
      workNs: ({ workNs }) => workNs,
      ownWorkNs: ({ ownWorkNs }) => ownWorkNs,
    }).all;
}
