// SPDX-License-Identifier: Apache-2.0
import type { ReportedFigure } from '#shared/contract/run.ts';
import { distributionFigure, figure, mergeFigures, type Quantity } from './names.ts';

/** The figures of the report that benchmarks print at their end: of trtllm-bench and of benchmark_serving. */

const SINGLE: ReadonlyMap<string, readonly [label: string, unit: string]> = new Map([
  // trtllm-bench
  ['Request Throughput (req/sec)', ['Request throughput', 'req/s']],
  ['Total Output Throughput (tokens/sec)', ['Output throughput', 'tok/s']],
  ['Total Token Throughput (tokens/sec)', ['Total token throughput', 'tok/s']],
  ['Per User Output Throughput [w/ ctx] (tps/user)', ['Output throughput per user', 'tok/s']],
  ['Per GPU Output Throughput (tps/gpu)', ['Output throughput per GPU', 'tok/s']],
  ['Total Latency (ms)', ['Total latency', 'ms']],
  ['Average request latency (ms)', ['Average request latency', 'ms']],
  ['Average time-to-first-token [TTFT] (ms)', ['TTFT mean', 'ms']],
  ['Average time-per-output-token [TPOT] (ms)', ['TPOT mean', 'ms']],
  ['Per User Output Speed (tps/user)', ['Generation speed mean', 'tok/s']],
  // benchmark_serving
  ['Request throughput (req/s)', ['Request throughput', 'req/s']],
  ['Output token throughput (tok/s)', ['Output throughput', 'tok/s']],
  ['Total Token throughput (tok/s)', ['Total token throughput', 'tok/s']],
  ['User throughput (tok/s)', ['Output throughput per user', 'tok/s']],
  ['Successful requests', ['Successful requests', 'requests']],
  ['Failed requests', ['Failed requests', 'requests']],
  ['Benchmark duration (s)', ['Benchmark duration', 's']],
]);

const QUANTITIES: Readonly<Partial<Record<string, Quantity>>> = {
  TTFT: 'ttft',
  TPOT: 'tpot',
  ITL: 'itl',
  E2EL: 'latency',
  Latency: 'latency',
  GTPS: 'speed',
};

/** `[TTFT] P50    : 12.5`, as trtllm-bench prints it. */
const BENCH_STATISTIC = /^\[(TPOT|TTFT|GTPS|Latency)\] (P\d{2}|MINIMUM|MAXIMUM|AVERAGE)$/;
/** `Median TTFT (ms): 12.5`, as benchmark_serving prints it. */
const SERVING_STATISTIC = /^(Mean|Median|Std Dev|P\d{2}(?:\.\d{1,3})?) (TTFT|TPOT|ITL|E2EL) \(ms\)$/;
/** Longer lines are not ours. */
const LONGEST_LINE = 400;

function labelFigures(label: string, value: number): ReportedFigure[] {
  const single = SINGLE.get(label);
  if (single !== undefined) return figure(single[0], value, single[1]);
  const bench = BENCH_STATISTIC.exec(label);
  const serving = SERVING_STATISTIC.exec(label);
  const quantity = QUANTITIES[bench?.[1] ?? serving?.[2] ?? ''];
  const statistic = bench?.[2] ?? serving?.[1];
  if (quantity === undefined || statistic === undefined) return [];
  return distributionFigure(quantity, statistic, value);
}

/** `label: value`, whatever a logger or a launcher put before the label; null for any other line. */
function lineFigures(line: string): ReportedFigure[] {
  if (line.length > LONGEST_LINE) return [];
  const colon = line.lastIndexOf(':');
  const text = line.slice(colon + 1).trim();
  if (colon < 0 || !/^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text)) return [];
  const label = line
    .slice(0, colon)
    .trim()
    // `srun -l` numbers each line by its task.
    .replace(/^\d+:\s*/, '')
    .replace(/\s+/g, ' ');
  return labelFigures(label, Number(text));
}

/** A report may be printed more than once, after warm-up for one: the last word counts. */
export function reportTextFigures(lines: readonly string[]): ReportedFigure[] {
  const found = lines.flatMap(lineFigures);
  const last = mergeFigures([found.toReversed()]);
  return last.toReversed();
}
