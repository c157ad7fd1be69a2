// SPDX-License-Identifier: Apache-2.0
import type { KernelStat } from '#shared/contract/engine.ts';

export interface KernelRow extends KernelStat {
  readonly meanNs: number;
  /** Of the total of all rows. */
  readonly share: number;
}

/** The ranks' tables as one, by name and kind, largest total first. */
export function mergeKernels(tables: readonly (readonly KernelStat[])[]): KernelRow[] {
  const byName = new Map<string, KernelStat>();
  for (const stat of tables.flat()) {
    const key = `${stat.kind}\n${stat.name}`;
    const before = byName.get(key);
    const merged =
      before === undefined
        ? stat
        : {
            ...stat,
            count: before.count + stat.count,
            totalNs: before.totalNs + stat.totalNs,
            minNs: Math.min(before.minNs, stat.minNs),
            maxNs: Math.max(before.maxNs, stat.maxNs),
          };
    byName.set(key, merged);
  }
  const rows = [...byName.values()];
  const totalNs = rows.reduce((sum, row) => sum + row.totalNs, 0);
  return rows
    .map((row) => ({
      ...row,
      meanNs: row.count === 0 ? 0 : row.totalNs / row.count,
      share: totalNs === 0 ? 0 : row.totalNs / totalNs,
    }))
    .sort((a, b) => b.totalNs - a.totalNs);
}
