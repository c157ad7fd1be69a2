// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDurationNs } from '#shared/base/units.ts';
import type { OperatorStat } from '#shared/contract/analysis.ts';
import type { GpuWindow, Iteration, KernelStat } from '#shared/contract/engine.ts';
import type { Inspection } from '../services/inspect.ts';
import { columns } from './columns.ts';
import { htaLines } from './hta-text.ts';

const SHOWN_ROWS = 10;
const NAME_WIDTH = 80;

function describeStep(iteration: Iteration): string {
  const { contextRequests, contextTokens, generationRequests } = iteration;
  if (contextRequests === null && generationRequests === null) return '';
  const tokens = contextTokens === null ? '' : ` (${contextTokens} tokens)`;
  return `${(contextRequests ?? 0).toString()} ctx${tokens}, ${(generationRequests ?? 0).toString()} gen`;
}

const duration = (ns: number | null): string => (ns === null ? '-' : formatDurationNs(ns));

function remarks({ captured, inferred }: Iteration): string {
  const notes = [inferred ? 'inferred' : '', captured === 'complete' ? '' : `${captured} capture`];
  return notes.filter((note) => note !== '').join(', ');
}

type IterationColumn = readonly [title: string, cell: (iteration: Iteration) => string];

/** A figure of the first device's window; further devices are in the JSON document. */
const ofWindow =
  (figure: (window: GpuWindow) => string) =>
  ({ gpuWindows }: Iteration): string =>
    gpuWindows[0] === undefined ? '-' : figure(gpuWindows[0]);

const DEVICE_COLUMNS: readonly IterationColumn[] = [
  ['GPU window', ofWindow(({ startNs, endNs }) => duration(endNs - startNs))],
  ['Shift', ofWindow(({ shiftNs }) => duration(shiftNs))],
  ['GPU busy', ({ gpuBusyNs }) => duration(gpuBusyNs)],
  ['Kernels', ({ kernelCount }) => formatCount(kernelCount)],
  ['Idle: host', ofWindow(({ idle }) => duration(idle.hostNs))],
  ['kernel gap', ofWindow(({ idle }) => duration(idle.kernelGapNs))],
  ['dependency', ofWindow(({ idle }) => duration(idle.dependencyNs))],
  ['Delay p50', ({ launchDelay }) => duration(launchDelay?.medianNs ?? null)],
];

const COMMUNICATION_COLUMNS: readonly IterationColumn[] = [
  ['Comm.', ofWindow(({ communicationNs }) => duration(communicationNs))],
  ['exposed', ofWindow(({ composition }) => duration(composition.communicationNs))],
];

const HOST_COLUMNS: readonly IterationColumn[] = [
  ['Compute', ({ hostComposition }) => duration(hostComposition?.computeNs ?? null)],
  ['Comm., waiting', ({ hostComposition }) => duration(hostComposition?.communicationNs ?? null)],
  ['Idle', ({ hostComposition }) => duration(hostComposition?.idleNs ?? null)],
];

/** Columns of which the trace holds anything. */
function iterationColumns(iterations: readonly Iteration[]): readonly IterationColumn[] {
  const any = (
    has: (iteration: Iteration) => boolean,
    found: readonly IterationColumn[],
  ): readonly IterationColumn[] => (iterations.some(has) ? found : []);
  return [
    ['Iteration', ({ index }) => index.toString()],
    ['Host window', ({ startNs, endNs }) => duration(endNs - startNs)],
    ...any(({ gpuBusyNs }) => gpuBusyNs !== null, DEVICE_COLUMNS),
    ...any(
      ({ gpuWindows }) => gpuWindows.some((window) => window.communicationNs > 0),
      COMMUNICATION_COLUMNS,
    ),
    ...any(({ hostComposition }) => hostComposition !== null, HOST_COLUMNS),
    ...any(({ gcNs }) => gcNs > 0, [['GC', ({ gcNs }) => duration(gcNs)]]),
    ...any(({ gilHeldNs }) => gilHeldNs !== null, [['GIL held', ({ gilHeldNs }) => duration(gilHeldNs)]]),
    ...any(
      ({ gilWaitingNs }) => gilWaitingNs !== null,
      [['GIL waiting', ({ gilWaitingNs }) => duration(gilWaitingNs)]],
    ),
    ['Batch', (iteration) => [describeStep(iteration), remarks(iteration)].filter(Boolean).join(' ')],
  ];
}

function iterationRows(iterations: readonly Iteration[]): string[][] {
  const shown = iterationColumns(iterations);
  const rows = iterations.map((iteration) => shown.map(([, cell]) => cell(iteration)));
  return [shown.map(([title]) => title), ...rows];
}

function kernelRows(kernels: readonly KernelStat[]): string[][] {
  const rows = kernels.map(({ name, kind, count, totalNs }) => [
    formatDurationNs(totalNs),
    formatCount(count),
    kind,
    name.slice(0, NAME_WIDTH),
  ]);
  return [['Total', 'Count', 'Kind', 'Kernel'], ...rows];
}

function operatorRows(operators: readonly OperatorStat[]): string[][] {
  const rows = operators.map(({ name, host, workCount, workNs, ownWorkNs }) => [
    formatDurationNs(workNs),
    formatDurationNs(ownWorkNs),
    formatCount(workCount),
    formatDurationNs(host.totalNs),
    formatCount(host.count),
    name.slice(0, NAME_WIDTH),
  ]);
  return [['GPU work', 'own', 'Activities', 'Host', 'Count', 'Operator'], ...rows];
}

function deviceLines({ gpu, devices }: Inspection): string[][] {
  return gpu.devices.flatMap(({ id, name, busyNs }) => {
    const lines = [[`GPU ${id}`, `${name}, busy ${formatDurationNs(busyNs)}`]];
    const idle = devices.find(({ deviceId }) => deviceId === id)?.idle;
    if (idle === undefined) return lines;
    const causes: [string, number][] = [
      ['host', idle.hostNs],
      ['kernel gaps', idle.kernelGapNs],
      ['dependencies', idle.dependencyNs],
      ['no work', idle.noWorkNs],
      ['unknown', idle.unknownNs],
    ];
    const shown = causes.filter(([, ns]) => ns > 0).map(([cause, ns]) => `${cause} ${formatDurationNs(ns)}`);
    return [...lines, ['', `idle: ${shown.length === 0 ? 'never' : shown.join(', ')}`]];
  });
}

/** A trace's figures for a terminal. */
export function inspectionText(inspection: Inspection, withHta: boolean): string {
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
      ...deviceLines(inspection),
    ]),
  ];
  if (inspection.iterations.length > 0) lines.push('', ...columns(iterationRows(inspection.iterations)));
  const kernels = inspection.topKernels.slice(0, SHOWN_ROWS);
  if (kernels.length > 0) lines.push('', ...columns(kernelRows(kernels)));
  const operators = inspection.topOperators.slice(0, SHOWN_ROWS);
  if (operators.length > 0) lines.push('', ...columns(operatorRows(operators)));
  if (withHta) lines.push('', ...htaLines(inspection.hta));
  if (inspection.warnings.length > 0) {
    lines.push('', 'Warnings');
    for (const { code, count, message } of inspection.warnings)
      lines.push(`  ${code} (${formatCount(count)}): ${message}`);
  }
  return lines.join('\n');
}
