// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm, NsightOptions } from '#shared/contract/launch.ts';
import { parseWindowText } from './window-text.ts';

/** A command under `nsys profile`. Defaults of nsys that ruin runs are always said otherwise. */

/** The report's path without its ending. */
const REPORT = 'report';

function traceOf(options: NsightOptions): string {
  const kinds = [options.cudaTrace, 'nvtx'];
  if (options.pythonGil) kinds.push('python-gil');
  if (options.osrt) kinds.push('osrt');
  return kinds.join(',');
}

/** nsys ends the program with the capture unless it is told otherwise, and the report of a benchmark with it. */
function captureRange({ captureRangeEnd }: NsightOptions, windows: number): string[] {
  const end = windows > 1 && captureRangeEnd === 'stop' ? `repeat:${windows.toString()}` : captureRangeEnd;
  return ['-c', 'cudaProfilerApi', `--capture-range-end=${end}`];
}

/** What an nsys with this text of `nsys profile --help` calls its option for GPU metrics; without one, as new ones do. */
export function gpuMetricsOption(help: string | null): string {
  const known = help ?? '';
  const isOld = known.includes('--gpu-metrics-device') && !known.includes('--gpu-metrics-devices');
  return isOld ? '--gpu-metrics-device' : '--gpu-metrics-devices';
}

interface NsysUse {
  /** The program itself says when to record. */
  readonly windowed: boolean;
  readonly gpuMetricsOption: string;
}

export function nsysCommand(
  form: LaunchForm,
  { windowed, gpuMetricsOption: gpuMetrics }: NsysUse,
  command: { readonly program: string; readonly args: readonly string[] },
): { program: string; args: string[] } {
  const options = form.nsightOptions;
  const parsed = parseWindowText(form.window);
  const windows = parsed.ok ? parsed.spans.length : 0;
  const sampling = options.cpuSampling ? 'process-tree' : 'none';
  return {
    program: 'nsys',
    args: [
      'profile',
      ...['-o', REPORT, '-f', 'true'],
      ...['-t', traceOf(options)],
      ...(windowed ? captureRange(options, windows) : []),
      `--cuda-graph-trace=${options.cudaGraphTrace}`,
      `--trace-fork-before-exec=${String(options.traceFork)}`,
      `--sample=${sampling}`,
      `--cpuctxsw=${sampling}`,
      ...(options.gpuMetrics ? [`${gpuMetrics}=all`] : []),
      ...['--kill=none', '--wait=all'],
      command.program,
      ...command.args,
    ],
  };
}
