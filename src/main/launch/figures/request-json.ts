// SPDX-License-Identifier: Apache-2.0
import type { ReportedFigure } from '#shared/contract/run.ts';
import { distributionFigure, memberOf, type Quantity } from './names.ts';

/**
 * Distributions over the requests of `--request_json`: times in nanoseconds of a steady clock. Percentiles are those
 * of the nearest rank: the smallest value that at least so many of the requests do not exceed.
 */

const PERCENTS = [50, 90, 95, 99] as const;
const NS_PER_MS = 1e6;

/** What is read of each request; times that were not measured are written as 0 or less. */
const KEYS: readonly (readonly [key: string, quantity: Quantity])[] = [
  ['time_to_first_token', 'ttft'],
  ['intertoken_latency', 'tpot'],
  ['end_to_end_latency', 'latency'],
];

function distribution(quantity: Quantity, values: readonly number[]): ReportedFigure[] {
  if (values.length === 0) return [];
  const sorted = values.toSorted((a, b) => a - b);
  const at = (percent: number): number | undefined => sorted[Math.ceil((percent / 100) * sorted.length) - 1];
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return [
    ...distributionFigure(quantity, 'mean', mean),
    ...PERCENTS.flatMap((percent) => distributionFigure(quantity, `p${percent.toString()}`, at(percent))),
    ...distributionFigure(quantity, 'minimum', sorted[0]),
    ...distributionFigure(quantity, 'maximum', sorted.at(-1)),
  ];
}

export function requestJsonFigures(requests: unknown): ReportedFigure[] {
  if (!Array.isArray(requests)) return [];
  return KEYS.flatMap(([key, quantity]) => {
    const values = requests.flatMap((request: unknown) => {
      const ns = memberOf(request, key);
      return typeof ns === 'number' && Number.isFinite(ns) && ns > 0 ? [ns / NS_PER_MS] : [];
    });
    return distribution(quantity, values);
  });
}
