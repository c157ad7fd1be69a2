// SPDX-License-Identifier: Apache-2.0
import type { ComparedFigure } from '#shared/contract/comparison.ts';
import type { ReportedFigure } from '#shared/contract/run.ts';
import { effectOf } from './effect.ts';

/** What the passes of both arms reported, block by block. */

/** What the two timing passes of a block reported; null where one is missing or failed. */
export interface Block {
  readonly a: readonly ReportedFigure[] | null;
  readonly b: readonly ReportedFigure[] | null;
}

/** The first of these that both arms report is what the verdict is about. */
const PRIMARY = ['Output throughput', 'Total token throughput', 'Request throughput', 'Total latency'];

const SMALL_IS_GOOD: ReadonlySet<string> = new Set(['ns', 'us', 'µs', 'ms', 's', 'W', 'J/token']);

/** Rates are better when large; times, power and energy when small; anything else has no better. */
function directionOf(unit: string): ComparedFigure['better'] | null {
  if (unit.endsWith('/s')) return 'higher';
  return SMALL_IS_GOOD.has(unit) ? 'lower' : null;
}

const valueOf = (figures: Block['a'], label: string): number | null =>
  figures?.find((figure) => figure.label === label)?.value ?? null;

/** ln of the improvement of B over A for each block that has both, positive is better. */
export function logRatiosOf({ a, b, better }: Pick<ComparedFigure, 'a' | 'b' | 'better'>): number[] {
  return a.flatMap((valueA, index) => {
    const valueB = b[index] ?? null;
    if (valueA === null || valueB === null || valueA <= 0 || valueB <= 0) return [];
    return [better === 'higher' ? Math.log(valueB / valueA) : Math.log(valueA / valueB)];
  });
}

function compareFigure({ label, unit }: ReportedFigure, blocks: readonly Block[]): ComparedFigure[] {
  const better = directionOf(unit);
  if (better === null) return [];
  const a = blocks.map((block) => valueOf(block.a, label));
  const b = blocks.map((block) => valueOf(block.b, label));
  return [{ label, unit, better, a, b, effect: effectOf(logRatiosOf({ a, b, better })) }];
}

/** Every figure that both arms report at least once, with its effect, in the order of the reports. */
export function compareFigures(blocks: readonly Block[]): ComparedFigure[] {
  const known = new Map<string, ReportedFigure>();
  for (const figures of blocks.flatMap(({ a, b }) => [a, b])) {
    for (const figure of figures ?? []) if (!known.has(figure.label)) known.set(figure.label, figure);
  }
  return [...known.values()]
    .flatMap((figure) => compareFigure(figure, blocks))
    .filter(({ a, b }) => a.some((value) => value !== null) && b.some((value) => value !== null));
}

/** The figure that the verdict is about. */
export function primaryOf(figures: readonly ComparedFigure[]): ComparedFigure | null {
  const found = PRIMARY.map((label) => figures.find((figure) => figure.label === label));
  return found.find((figure) => figure !== undefined) ?? figures[0] ?? null;
}
