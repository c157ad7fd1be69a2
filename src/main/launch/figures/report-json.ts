// SPDX-License-Identifier: Apache-2.0
import type { ReportedFigure } from '#shared/contract/run.ts';
import { distributionFigure, figure, memberOf, type Quantity } from './names.ts';

/** The figures of `--report_json` of trtllm-bench, and of the embedded engine, which writes the same and more. */

const SINGLE = [
  ['performance', 'request_throughput_req_s', 'Request throughput', 'req/s'],
  ['performance', 'system_output_throughput_tok_s', 'Output throughput', 'tok/s'],
  ['performance', 'system_total_throughput_tok_s', 'Total token throughput', 'tok/s'],
  ['performance', 'output_throughput_per_user_tok_s', 'Output throughput per user', 'tok/s'],
  ['performance', 'output_throughput_per_gpu_tok_s', 'Output throughput per GPU', 'tok/s'],
  ['performance', 'total_latency_ms', 'Total latency', 'ms'],
  ['performance', 'avg_request_latency_ms', 'Average request latency', 'ms'],
  ['moe', 'predicted_gain', 'Estimated gain from balance', 'ratio'],
  ['streaming_metrics', 'avg_ttft_ms', 'TTFT mean', 'ms'],
  ['streaming_metrics', 'avg_tpot_ms', 'TPOT mean', 'ms'],
] as const;

const DISTRIBUTIONS: readonly (readonly [section: string, key: string, quantity: Quantity])[] = [
  ['streaming_metrics', 'ttft_percentiles', 'ttft'],
  ['streaming_metrics', 'tpot_percentiles', 'tpot'],
  ['streaming_metrics', 'gen_tps_percentiles', 'speed'],
  ['performance', 'request_latency_percentiles_ms', 'latency'],
];

export function reportJsonFigures(report: unknown): ReportedFigure[] {
  const single = SINGLE.flatMap(([section, key, label, unit]) =>
    figure(label, memberOf(memberOf(report, section), key), unit),
  );
  const distributions = DISTRIBUTIONS.flatMap(([section, key, quantity]) => {
    const values = memberOf(memberOf(report, section), key);
    if (typeof values !== 'object' || values === null) return [];
    return Object.entries(values).flatMap(([statistic, value]) =>
      distributionFigure(quantity, statistic, value),
    );
  });
  return [...single, ...distributions];
}
