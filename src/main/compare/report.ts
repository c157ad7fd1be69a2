// SPDX-License-Identifier: Apache-2.0
import type { ComparedFigure, Comparison, ComparisonAnswer, Effect } from '#shared/contract/comparison.ts';

/** What a report holds, and the words that its forms share. */

export interface ComparisonReport {
  readonly comparison: Comparison;
  readonly answer: ComparisonAnswer;
  /** The command of each arm's passes as bash, secrets left to the reader's shell. */
  readonly commands: readonly { readonly title: string; readonly shell: string }[];
}

/** Four significant digits, thousands grouped. */
export function numberText(value: number | null): string {
  if (value === null) return '–';
  const digits = Math.max(0, 3 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-12))));
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.min(digits, 6) });
}

export function percentText(ratio: number): string {
  return `${ratio < 0 ? '−' : '+'}${Math.abs(ratio * 100).toFixed(1)} %`;
}

export function intervalText(effect: Pick<Effect, 'low' | 'high'> | null): string {
  return effect === null ? '–' : `${percentText(effect.low)} to ${percentText(effect.high)}`;
}

function mean(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
}

/** Rows of the table of figures: label with unit, mean of A, mean of B, effect, interval. */
export function figureRow({ label, unit, a, b, effect }: ComparedFigure): readonly string[] {
  return [
    `${label} (${unit})`,
    numberText(mean(a)),
    numberText(mean(b)),
    effect === null ? '–' : percentText(effect.ratio),
    intervalText(effect),
  ];
}

/** The answer in one sentence; before a planned look there is none, and the sentence says so. */
export function headline({ comparison, answer }: ComparisonReport): string {
  if (answer.verdict !== null) return answer.verdict.sentence;
  const effect = answer.primary?.effect ?? null;
  if (effect === null) return 'No answer yet: it needs at least two complete blocks.';
  const planned = comparison.request.blocks.toString();
  return `No verdict yet, after ${effect.blocks.toString()} of ${planned} blocks. So far: ${percentText(effect.ratio)} (interval ${intervalText(effect)}).`;
}

/** How the comparison was made, for a reader who has only the report. */
export function methodText({ request }: Comparison, effect: Effect | null): string {
  const found =
    effect === null
      ? ''
      : ` This number of blocks finds effects of ${percentText(effect.smallestEffect)} four times out of five.`;
  return (
    `${request.blocks.toString()} blocks planned, each one timing pass of both arms in random order (seed ${request.seed.toString()}); ` +
    'every pass loads the program anew and carries no profiler. The effect is the mean of the log-ratios of the blocks; ' +
    `its interval is a paired t interval on them. Positive is better.${found}`
  );
}
