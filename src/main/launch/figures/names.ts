// SPDX-License-Identifier: Apache-2.0
import type { ReportedFigure } from '#shared/contract/run.ts';

/**
 * What the figures of all benchmarks are called here, so that runs of different programs and eras can be put side by
 * side. A distribution's figure is called by its quantity and its statistic: `TTFT p99`.
 */

/** Quantities whose distribution over requests benchmarks report, with their units. */
export const quantities = {
  ttft: { name: 'TTFT', unit: 'ms' },
  tpot: { name: 'TPOT', unit: 'ms' },
  itl: { name: 'ITL', unit: 'ms' },
  latency: { name: 'E2E latency', unit: 'ms' },
  speed: { name: 'Generation speed', unit: 'tok/s' },
} as const;
export type Quantity = keyof typeof quantities;

/** What programs call a statistic, in lower case, and what it is called here. */
const statistics: ReadonlyMap<string, string> = new Map([
  ['mean', 'mean'],
  ['average', 'mean'],
  ['median', 'p50'],
  ['p50', 'p50'],
  ['p90', 'p90'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['minimum', 'min'],
  ['maximum', 'max'],
  ['std dev', 'standard deviation'],
  ['std', 'standard deviation'],
]);

/** A finite number, or nothing: reports hold `N/A`, `nan`, null and words where there was nothing to measure. */
export function figure(label: string, value: unknown, unit: string): ReportedFigure[] {
  return typeof value === 'number' && Number.isFinite(value) ? [{ label, value, unit }] : [];
}

/** A statistic of a quantity; nothing where either is not known. */
export function distributionFigure(quantity: Quantity, statistic: string, value: unknown): ReportedFigure[] {
  const word = statistics.get(statistic.toLowerCase()) ?? percentileWord(statistic);
  const { name, unit } = quantities[quantity];
  return word === undefined ? [] : figure(`${name} ${word}`, value, unit);
}

/** Benchmarks take any percentile: p75, p99.9. */
function percentileWord(text: string): string | undefined {
  return /^p\d{1,2}(\.\d{1,3})?$/i.test(text) ? text.toLowerCase() : undefined;
}

/** The first figure of each name, in the order of the lists: the most exact source comes first. */
export function mergeFigures(lists: readonly (readonly ReportedFigure[])[]): ReportedFigure[] {
  const merged = new Map<string, ReportedFigure>();
  for (const found of lists.flat()) if (!merged.has(found.label)) merged.set(found.label, found);
  return [...merged.values()];
}

/** The member of an unknown value; undefined where it is no object or has no such member. */
export function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
