// SPDX-License-Identifier: Apache-2.0
import { IterscopeError } from '#shared/base/errors.ts';
import type { TraceSelection } from '#shared/contract/analysis.ts';
import type { Source } from '#shared/contract/app.ts';
import type { Iteration } from '#shared/contract/engine.ts';
import type { TracePart } from '#shared/contract/exporting.ts';
import type { Engine } from '../ports/engine.ts';
import { writeAtomically } from './files.ts';

/** Tables of a trace's figures as CSV: times in nanoseconds, an empty cell where there is no answer. */

export const tableNames = ['iterations', 'kernels', 'operators'] as const;
export type TableName = (typeof tableNames)[number];

type Cell = string | number | boolean | null;
type Row = Readonly<Record<string, Cell>>;

const MOST_ROWS = 100_000;

interface TableRequest {
  readonly table: TableName;
  readonly part: TracePart;
  readonly path: string;
}

/** Writes a table of an open trace and says what it holds. */
export async function writeTable(
  engine: Engine,
  source: Source,
  { table, part, path }: TableRequest,
): Promise<string> {
  const rows = await rowsOf(engine, source, table, part);
  try {
    await writeAtomically(path, toCsv(rows));
  } catch (thrown) {
    const message = `${path} cannot be written: ${String(thrown)}. Choose another place.`;
    throw new IterscopeError({ code: 'archive.unwritable', message, path }, { cause: thrown });
  }
  return `${rows.length.toString()} ${table}`;
}

async function rowsOf(
  engine: Engine,
  { sourceId }: Source,
  table: TableName,
  part: TracePart,
): Promise<readonly Row[]> {
  if (table === 'iterations') {
    const all = await engine.call('trace.iterations', { sourceId });
    return all.filter((iteration) => isInside(iteration, part)).map(iterationRow);
  }
  if (table === 'kernels') {
    const selection: TraceSelection = { layer: 'kernels', ...part };
    const groups = await engine.call('trace.groups', { sourceId, selection, by: 'name', limit: MOST_ROWS });
    return groups.map(({ name, kind, durations, insideNs }) => ({ name, kind, ...durations, insideNs }));
  }
  const selection: TraceSelection = { layer: 'operators', ...part };
  const operators = await engine.call('trace.operators', { sourceId, selection, limit: MOST_ROWS });
  return operators.map((operator) => flat(operator));
}

function isInside(
  { index, startNs, endNs }: Iteration,
  { firstIteration, lastIteration, startNs: from, endNs: to }: TracePart,
): boolean {
  if (firstIteration !== undefined && lastIteration !== undefined)
    return index >= firstIteration && index <= lastIteration;
  return from === undefined || to === undefined || (startNs < to && endNs > from);
}

/** One row an iteration; of several devices the first one, whose number is a column. */
function iterationRow({ gpuWindows, threads: _, ...iteration }: Iteration): Row {
  const [gpu] = gpuWindows;
  return { ...flat(iteration), devices: gpuWindows.length, ...(gpu === undefined ? {} : flat(gpu, 'gpu')) };
}

/** Nested figures as columns of one level: `launchDelay.p95Ns`. */
function flat(value: object, prefix = ''): Row {
  const name = (key: string): string => (prefix === '' ? key : `${prefix}.${key}`);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, cell]: [string, unknown]): [string, Cell][] => {
      if (typeof cell === 'object' && cell !== null && !Array.isArray(cell))
        return Object.entries(flat(cell, name(key)));
      return isCell(cell) ? [[name(key), cell]] : [];
    }),
  );
}

const isCell = (value: unknown): value is Cell =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

function toCsv(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => cellText(row[column] ?? null)).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

/** As RFC 4180 has it; what a spreadsheet would run as a formula gets an apostrophe before it. */
function cellText(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : cell.toString();
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
