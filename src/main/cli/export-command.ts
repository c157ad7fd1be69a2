// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import type { TableName, TraceFormat, TracePart, TraceWritten } from '#shared/contract/exporting.ts';
import { formatBytes, formatCount } from '#shared/base/units.ts';
import type { Services } from '../composition.ts';
import { openOneTrace } from './one-trace.ts';
import { withProgress } from './progress.ts';
import { say } from './terminal.ts';

export interface ExportOptions {
  readonly chrome?: boolean;
  readonly csv?: TableName;
  readonly parquet?: TableName;
  /** First and last, as `20-29` or `20`. */
  readonly iterations?: string;
  /** Milliseconds from the trace's start. */
  readonly from?: number;
  readonly to?: number;
  /** Which of several ranks. */
  readonly rank?: number;
}

/** Whether a part of a trace is asked for, and not an archive of a run. */
export const isTraceExport = (options: ExportOptions): boolean =>
  options.chrome === true || options.csv !== undefined || options.parquet !== undefined;

/** Writes a part of a trace to a file. */
export async function exportTrace(
  services: Services,
  file: string,
  target: string,
  options: ExportOptions,
): Promise<number> {
  const wanted = wantedOf(options);
  const part = partOf(options);
  const { sourceId } = await openOneTrace(services, file, options.rank);
  const path = resolve(target);
  const targetId = await services.engine.registerTarget(path);
  const written = await withProgress(`Writing ${path}`, (calls) =>
    services.engine.call('trace.write', { sourceId, targetId, part, ...wanted }, calls),
  );
  say(`${path}: ${summaryOf(wanted, written)}`);
  return 0;
}

interface Wanted {
  readonly format: TraceFormat;
  readonly table?: TableName;
}

function wantedOf({ chrome, csv, parquet }: ExportOptions): Wanted {
  const wanted: Wanted[] = [
    ...(chrome === true ? [{ format: 'chrome' } as const] : []),
    ...(csv === undefined ? [] : [{ format: 'csv', table: csv } as const]),
    ...(parquet === undefined ? [] : [{ format: 'parquet', table: parquet } as const]),
  ];
  const [one, ...more] = wanted;
  if (one !== undefined && more.length === 0) return one;
  throw usage('Ask for one of --chrome, --csv and --parquet: a file holds one thing.');
}

const summaryOf = ({ table = 'slices' }: Wanted, { slices, rows, bytes }: TraceWritten): string =>
  `${formatCount(table === 'slices' ? slices : rows)} ${table}, ${formatBytes(bytes)}`;

const NS_PER_MS = 1e6;

function partOf({ iterations, from, to }: ExportOptions): TracePart {
  const timed = from !== undefined || to !== undefined;
  if (iterations !== undefined && timed) throw usage('Give iterations or times, not both.');
  if (iterations !== undefined) {
    const [, first, last] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(iterations) ?? [];
    const part = { firstIteration: Number(first), lastIteration: Number(last ?? first) };
    if (first !== undefined && part.firstIteration <= part.lastIteration) return part;
    throw usage(`--iterations ${iterations} is no range: write first-last, such as 20-29, or one number.`);
  }
  if (!timed) return {};
  const [startNs, endNs] = [(from ?? 0) * NS_PER_MS, (to ?? Number.MAX_SAFE_INTEGER / NS_PER_MS) * NS_PER_MS];
  if (startNs < endNs) return { startNs, endNs };
  throw usage('--from has to lie before --to.');
}

const usage = (message: string): IterscopeError => new IterscopeError({ code: 'form.parameter', message });
