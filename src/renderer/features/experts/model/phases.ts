// SPDX-License-Identifier: Apache-2.0
import type { ExpertSeries } from '#shared/contract/experts.ts';
import type { IterationLine } from '#shared/contract/run.ts';

/** Context and generation apart: the log says of each iteration whether it worked on prompts. */

export interface PhasedImbalance {
  /** Imbalance over ranks by row; null in rows of the other phase. */
  readonly context: readonly (number | null)[];
  readonly generation: readonly (number | null)[];
  readonly contextMean: number | null;
  readonly generationMean: number | null;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Null where the rows hold several iterations, or the log does not tell. */
export function phasedImbalance(
  series: ExpertSeries,
  lines: readonly IterationLine[] | undefined,
): PhasedImbalance | null {
  if (series.iterationsPerRow !== 1 || lines === undefined) return null;
  const hasContext = new Map<number, boolean>();
  for (const { iteration, contextRequests, contextTokens } of lines) {
    const requests = contextTokens ?? contextRequests;
    if (requests !== undefined) hasContext.set(iteration, requests > 0);
  }
  if (!series.rows.some(({ first }) => hasContext.has(first))) return null;
  const of = (phase: boolean) =>
    series.rows.map(({ first, rankImbalance }) => (hasContext.get(first) === phase ? rankImbalance : null));
  const context = of(true);
  const generation = of(false);
  return { context, generation, contextMean: mean(context), generationMean: mean(generation) };
}
