// SPDX-License-Identifier: Apache-2.0

/** Figures of a column over all rows that have a value. Percentiles are values that occurred (nearest rank). */

/** The value below or at which `percent` of the ascending values lie; null for none. */
export function percentile(ascending: readonly number[], percent: number): number | null {
  const at = Math.max(Math.ceil((percent / 100) * ascending.length), 1) - 1;
  return ascending[at] ?? null;
}

const PERCENTILE = /^p([1-9]\d?)$/;
const NAMED = new Map(Object.entries({ min: 0, median: 50, max: 100 }));

export function isStatistic(name: string): boolean {
  return name === 'mean' || NAMED.has(name) || PERCENTILE.test(name);
}

/** `mean`, `min`, `median`, `max` or `p1` to `p99`; null for no values. */
export function statistic(name: string, values: readonly number[]): number | null {
  if (values.length === 0) return null;
  if (name === 'mean') return values.reduce((sum, value) => sum + value, 0) / values.length;
  const percent = NAMED.get(name) ?? Number(PERCENTILE.exec(name)?.[1]);
  return percentile(
    values.toSorted((a, b) => a - b),
    percent,
  );
}
