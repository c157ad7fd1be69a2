// SPDX-License-Identifier: Apache-2.0
import { definitions } from './definitions.ts';
import { recordColumns } from './record-columns.ts';
import { compositionNs, type IterationRow } from './iteration-rows.ts';
import type { Outlier } from './outliers.ts';
import { durationColumn, knownColumns, numberColumn, textColumn, type TableColumn } from './table-column.ts';

/** Every figure of an iteration and rank, as columns. */

type Column = TableColumn<IterationRow>;
const shown = { usual: true } as const;

const batch: readonly Column[] = [
  numberColumn('iteration', 'Iteration', definitions.iteration, ({ index }) => index, shown),
  textColumn('kind', 'Kind', definitions.kind, ({ kind }) => (kind === 'unknown' ? null : kind), shown),
  numberColumn('ctx', 'Context', definitions.contextRequests, (row) => row.contextRequests, shown),
  numberColumn('ctxTokens', 'Ctx tokens', definitions.contextTokens, (row) => row.contextTokens),
  numberColumn('gen', 'Gen.', definitions.generationRequests, (row) => row.generationRequests, shown),
  durationColumn('time', 'Time', definitions.time, ({ timeNs }) => timeNs, shown),
];

const rank = textColumn<IterationRow>('rank', 'Rank', definitions.rank, ({ rankLabel }) => rankLabel, shown);

function idleRatio({ composition }: IterationRow): number | null {
  const whole = composition === null ? 0 : compositionNs(composition);
  return composition === null || whole === 0 ? null : composition.idleNs / whole;
}

/** 1 − exposed / communication; null without communication on a device. */
function overlapRatio({ composition, communicationNs, onHost }: IterationRow): number | null {
  if (onHost || composition === null || communicationNs === null || communicationNs === 0) return null;
  return 1 - composition.communicationNs / communicationNs;
}

function windowColumns(onHost: boolean): readonly Column[] {
  const compute = onHost ? definitions.hostCompute : definitions.compute;
  return [
    durationColumn('busy', 'GPU busy', definitions.gpuBusy, ({ gpuBusyNs }) => gpuBusyNs, shown),
    durationColumn('compute', 'Compute', compute, (row) => row.composition?.computeNs ?? null, {
      usual: onHost,
    }),
    durationColumn(
      'comm',
      'Comm.',
      definitions.communication,
      (row) => row.composition?.communicationNs ?? null,
      shown,
    ),
    durationColumn('commAll', 'All comm.', definitions.allCommunication, (row) => row.communicationNs),
    numberColumn('overlap', 'Comm. hidden', definitions.overlap, overlapRatio, { format: 'percent' }),
    durationColumn('memory', 'Memory', definitions.memory, (row) => row.composition?.memoryNs ?? null),
    durationColumn('idle', 'Idle', definitions.idle, (row) => row.composition?.idleNs ?? null, shown),
    numberColumn('idleShare', 'Idle share', definitions.idleShare, idleRatio, {
      format: 'percent',
      usual: true,
    }),
    durationColumn('idleHost', 'Idle: host', definitions.idleHost, ({ idle }) => idle?.hostNs ?? null),
    durationColumn('idleGap', 'Idle: gaps', definitions.idleGap, ({ idle }) => idle?.kernelGapNs ?? null),
    durationColumn(
      'idleDependency',
      'Idle: dep.',
      definitions.idleDependency,
      ({ idle }) => idle?.dependencyNs ?? null,
    ),
    durationColumn(
      'idleNoWork',
      'Idle: no work',
      definitions.idleNoWork,
      ({ idle }) => idle?.noWorkNs ?? null,
    ),
    durationColumn(
      'idleUnknown',
      'Idle: unknown',
      definitions.idleUnknown,
      ({ idle }) => idle?.unknownNs ?? null,
    ),
    durationColumn('window', 'GPU window', definitions.gpuWindow, ({ gpuWindowNs }) => gpuWindowNs),
    durationColumn('shift', 'GPU shift', definitions.shift, ({ shiftNs }) => shiftNs, shown),
  ];
}

const gpu: readonly Column[] = [
  numberColumn(
    'kernels',
    'Kernels',
    definitions.kernels,
    (row) => (row.onHost ? null : row.kernelCount),
    shown,
  ),
  durationColumn('kernelTime', 'Kernel time', definitions.kernelTime, (row) => row.kernelTimeNs),
  durationColumn(
    'launch',
    'Launch p50',
    definitions.launchMedian,
    (row) => row.launchDelay?.medianNs ?? null,
  ),
  durationColumn('launchP95', 'Launch p95', definitions.launchP95, (row) => row.launchDelay?.p95Ns ?? null),
  durationColumn('launchMax', 'Launch max', definitions.launchMax, (row) => row.launchDelay?.maxNs ?? null),
];

const host: readonly Column[] = [
  durationColumn('marker', 'Marker', definitions.marker, ({ markerNs }) => markerNs),
  durationColumn('gc', 'GC', definitions.gc, ({ gcNs }) => gcNs, shown),
  durationColumn('gilHeld', 'GIL held', definitions.gilHeld, ({ gilHeldNs }) => gilHeldNs, shown),
  durationColumn('gilWait', 'GIL wait', definitions.gilWaiting, ({ gilWaitingNs }) => gilWaitingNs, shown),
];

const log: readonly Column[] = [
  durationColumn(
    'logHost',
    'Log: host',
    definitions.logHost,
    ({ logged }) => logged?.hostStepNs ?? null,
    shown,
  ),
  durationColumn(
    'logDevice',
    'Log: device',
    definitions.logDevice,
    ({ logged }) => logged?.deviceStepNs ?? null,
  ),
  numberColumn('logCtx', 'Log: ctx', definitions.logContext, ({ logged }) => logged?.contextRequests ?? null),
  numberColumn(
    'logCtxTokens',
    'Log: ctx tok.',
    definitions.logContextTokens,
    ({ logged }) => logged?.contextTokens ?? null,
  ),
  numberColumn(
    'logGen',
    'Log: gen tok.',
    definitions.logGeneration,
    ({ logged }) => logged?.generationTokens ?? null,
  ),
  numberColumn(
    'logBatch',
    'Log: batch',
    definitions.logBatch,
    ({ logged }) => logged?.scheduledRequests ?? null,
  ),
  numberColumn('logKv', 'Log: KV', definitions.logCache, ({ logged }) => logged?.cacheRatio ?? null, {
    format: 'percent',
  }),
];

function outlierColumns(outliers: ReadonlyMap<string, Outlier>): readonly Column[] {
  const of = ({ key }: IterationRow): Outlier | undefined => outliers.get(key);
  return [
    durationColumn('excess', 'Slower by', definitions.excess, (row) => of(row)?.excessNs ?? null, shown),
    textColumn(
      'cause',
      'Because of',
      definitions.cause,
      (row) => {
        const outlier = of(row);
        return outlier === undefined ? null : (outlier.cause ?? 'unexplained');
      },
      shown,
    ),
  ];
}

/** The columns that these rows have something to say in, in their order. */
export function iterationColumns(
  rows: readonly IterationRow[],
  outliers: ReadonlyMap<string, Outlier>,
): readonly Column[] {
  const onHost = rows.every((row) => row.onHost);
  const several = new Set(rows.map(({ sourceId }) => sourceId)).size > 1;
  const [index, ...rest] = batch;
  const captured = textColumn<IterationRow>(
    'captured',
    'Capture',
    definitions.captured,
    (row) => row.captured,
    {
      usual: rows.some((row) => row.captured !== 'complete'),
    },
  );
  const inferred = textColumn<IterationRow>('inferred', 'Found by', definitions.inferred, (row) =>
    row.inferred ? 'pattern' : 'marker',
  );
  const columns = [
    ...(index === undefined ? [] : [index]),
    ...(several ? [rank] : []),
    ...rest,
    ...outlierColumns(outliers),
    ...windowColumns(onHost),
    ...gpu,
    ...host,
    ...log,
    ...recordColumns,
    captured,
    inferred,
  ];
  // What is zero everywhere is there to be filtered by, not to be looked at.
  const zero = ({ type, value }: Column): boolean =>
    type === 'duration' && rows.every((row) => value(row) === 0);
  return knownColumns(columns, rows).map((column) => (zero(column) ? { ...column, usual: false } : column));
}
