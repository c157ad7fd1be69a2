// SPDX-License-Identifier: Apache-2.0
import { toFailure } from '#shared/base/errors.ts';
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import type { Services } from '../composition.ts';
import { inspectRanks } from '../services/inspect.ts';
import type { InspectedIteration, Inspection } from '../services/inspect.ts';
import { columns } from './columns.ts';

const SHOWN_KERNELS = 10;
const NAME_WIDTH = 80;

function describeStep(iteration: InspectedIteration): string {
  const { contextRequests, contextTokens, generationRequests } = iteration;
  if (contextRequests === null && generationRequests === null) return '';
  const tokens = contextTokens === null ? '' : ` (${contextTokens} tokens)`;
  return `${(contextRequests ?? 0).toString()} ctx${tokens}, ${(generationRequests ?? 0).toString()} gen`;
}

const duration = (ns: number | null): string => (ns === null ? '-' : formatDurationNs(ns));

function remarks({ captured, inferred }: InspectedIteration): string {
  const notes = [inferred ? 'inferred' : '', captured === 'complete' ? '' : `${captured} capture`];
  return notes.filter((note) => note !== '').join(', ');
}

type IterationColumn = readonly [title: string, cell: (iteration: InspectedIteration) => string];

/** Columns of which the trace holds anything. */
function iterationColumns(iterations: readonly InspectedIteration[]): readonly IterationColumn[] {
  const optional: (IterationColumn | null)[] = [
    iterations.some(({ gcNs }) => gcNs > 0) ? ['GC', ({ gcNs }) => duration(gcNs)] : null,
    iterations.some(({ gilHeldNs }) => gilHeldNs !== null)
      ? ['GIL held', ({ gilHeldNs }) => duration(gilHeldNs)]
      : null,
    iterations.some(({ gilWaitingNs }) => gilWaitingNs !== null)
      ? ['GIL waiting', ({ gilWaitingNs }) => duration(gilWaitingNs)]
      : null,
  ];
  return [
    ['Iteration', ({ index }) => index.toString()],
    ['Host window', ({ startNs, endNs }) => duration(endNs - startNs)],
    ['GPU busy', ({ gpuBusyNs }) => duration(gpuBusyNs)],
    ['Kernels', ({ kernelCount }) => formatCount(kernelCount)],
    ...optional.filter((column) => column !== null),
    ['Batch', (iteration) => [describeStep(iteration), remarks(iteration)].filter(Boolean).join(' ')],
  ];
}

function iterationRows(iterations: readonly InspectedIteration[]): string[][] {
  const shown = iterationColumns(iterations);
  const rows = iterations.map((iteration) => shown.map(([, cell]) => cell(iteration)));
  return [shown.map(([title]) => title), ...rows];
}

/** A trace's figures for a terminal. */
function inspectionText(inspection: Inspection): string {
  const { gpu, span } = inspection;
  const lines = [
    inspection.file,
    ...columns([
      ...(inspection.rank === null ? [] : [['Rank', inspection.rank.toString()]]),
      ...(inspection.process === undefined ? [] : [['Process', inspection.process.toString()]]),
      ['Format', inspection.format],
      ['Span', formatDurationNs(span.endNs - span.startNs)],
      ['Slices', formatCount(inspection.slices)],
      ['Tracks', formatCount(inspection.tracks)],
      ['Kernels', `${formatCount(gpu.kernelCount)}, ${formatDurationNs(gpu.kernelTimeNs)} in all`],
      ['Copies, sets', `${formatDurationNs(gpu.memcpyTimeNs)}, ${formatDurationNs(gpu.memsetTimeNs)}`],
      ...gpu.devices.map(({ id, name, busyNs }) => [
        `GPU ${id}`,
        `${name}, busy ${formatDurationNs(busyNs)}`,
      ]),
    ]),
  ];
  if (inspection.iterations.length > 0) lines.push('', ...columns(iterationRows(inspection.iterations)));
  if (inspection.topKernels.length > 0) {
    const rows = inspection.topKernels
      .slice(0, SHOWN_KERNELS)
      .map(({ name, kind, count, totalNs }) => [
        formatDurationNs(totalNs),
        formatCount(count),
        kind,
        name.slice(0, NAME_WIDTH),
      ]);
    lines.push('', ...columns([['Total', 'Count', 'Kind', 'Kernel'], ...rows]));
  }
  if (inspection.warnings.length > 0) {
    lines.push('', 'Warnings');
    for (const { code, count, message } of inspection.warnings)
      lines.push(`  ${code} (${formatCount(count)}): ${message}`);
  }
  return lines.join('\n');
}

/** Prints what the files hold; resolves to the exit code: 1 when one of them could not be read. */
export async function inspectFiles(
  services: Services,
  files: readonly string[],
  json: boolean,
): Promise<number> {
  let exitCode = 0;
  for (const file of files) {
    try {
      const { sources } = await services.sources.fromPaths([file]);
      for (const source of sources) {
        const inspections = await inspectRanks(services.engine, source, () => undefined);
        for (const inspection of inspections) {
          process.stdout.write(`${json ? JSON.stringify(inspection) : inspectionText(inspection)}\n`);
        }
      }
    } catch (thrown) {
      exitCode = 1;
      const error = toFailure(thrown);
      if (json) process.stdout.write(`${JSON.stringify({ file, error })}\n`);
      process.stderr.write(`${error.message}\n`);
    }
  }
  return exitCode;
}
