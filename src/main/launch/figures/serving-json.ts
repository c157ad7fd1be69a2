// SPDX-License-Identifier: Apache-2.0
import type { ReportedFigure } from '#shared/contract/run.ts';
import { distributionFigure, figure, memberOf, type Quantity } from './names.ts';

/** The figures of the result file of benchmark_serving (`--save-result`). */

const SINGLE = [
  ['request_throughput', 'Request throughput', 'req/s'],
  ['output_throughput', 'Output throughput', 'tok/s'],
  ['total_token_throughput', 'Total token throughput', 'tok/s'],
  ['user_throughput', 'Output throughput per user', 'tok/s'],
  ['duration', 'Benchmark duration', 's'],
  ['completed', 'Successful requests', 'requests'],
] as const;

const QUANTITIES: Readonly<Record<string, Quantity>> = {
  ttft: 'ttft',
  tpot: 'tpot',
  itl: 'itl',
  e2el: 'latency',
};
const STATISTIC = /^(mean|median|std|p\d{2}(?:\.\d{1,3})?)_(ttft|tpot|itl|e2el)_ms$/;

export function servingJsonFigures(result: unknown): ReportedFigure[] {
  if (typeof result !== 'object' || result === null) return [];
  const single = SINGLE.flatMap(([key, label, unit]) => figure(label, memberOf(result, key), unit));
  const distributions = Object.entries(result).flatMap(([key, value]) => {
    const [, statistic, name] = STATISTIC.exec(key) ?? [];
    const quantity = name === undefined ? undefined : QUANTITIES[name];
    if (statistic === undefined || quantity === undefined) return [];
    return distributionFigure(quantity, statistic, value);
  });
  return [...single, ...distributions];
}
