// SPDX-License-Identifier: Apache-2.0
import { formatChange, formatPercent } from '#shared/base/units.ts';
import type {
  ComparedFigure,
  ComparedIterations,
  Comparison,
  ComparisonAnswer,
  Effect,
  Why,
} from '#shared/contract/comparison.ts';

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

export function intervalText(effect: Pick<Effect, 'low' | 'high'> | null): string {
  return effect === null ? '–' : `${formatChange(effect.low)} to ${formatChange(effect.high)}`;
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
    effect === null ? '–' : formatChange(effect.ratio),
    intervalText(effect),
  ];
}

/** The causes and the whole iteration: name, milliseconds in A and in B, and their difference. */
export function whyRows({ causes, wholeMsA, wholeMsB }: Why): readonly (readonly string[])[] {
  const whole = { name: 'Whole iteration', msA: wholeMsA, msB: wholeMsB };
  return [...causes, whole].map(({ name, msA, msB }) => [
    name,
    numberText(msA),
    numberText(msB),
    numberText(msB - msA),
  ]);
}

const loadWords = [
  ['Imbalance ratio over experts', 'expertImbalance'],
  ['Imbalance ratio over ranks', 'rankImbalance'],
  ['Active experts', 'activeExperts'],
] as const;

/** Expert load of both arms, mean over layers: name, A, B. Empty where it was not recorded. */
export function loadRows({ experts }: Why): readonly (readonly string[])[] {
  if (experts === null) return [];
  return loadWords.map(([name, key]) => [name, numberText(experts.a[key]), numberText(experts.b[key])]);
}

/** What balance would gain by A's load, in a sentence; empty where it cannot be told. */
export function estimateText({ estimate }: Why): string {
  if (estimate === null) return '';
  return `Estimated gain from perfect balance of A: ${formatChange(estimate.byTokens)} by tokens, ${formatChange(estimate.byActive)} by experts whose weights are read.`;
}

const MOST_WORK_ROWS = 15;

/** Kernels or operators that differ most, and the rest: name, kind, milliseconds in A and in B, their difference. */
export function workRows({ work, rest }: Why): readonly (readonly string[])[] {
  if (work.length === 0) return [];
  const shown = work.slice(0, MOST_WORK_ROWS);
  const others = work.slice(MOST_WORK_ROWS);
  const sum = (arm: 'msA' | 'msB'): number => others.reduce((total, row) => total + row[arm], 0);
  const row = (name: string, kind: string, msA: number, msB: number): readonly string[] => [
    name,
    kind,
    numberText(msA),
    numberText(msB),
    numberText(msB - msA),
  ];
  return [
    ...shown.map(({ name, nameB, kind, presence, msA, msB }) =>
      row(
        nameB === undefined
          ? `${name}${presence === 'both' ? '' : ` (${presence} in B)`}`
          : `${name} → ${nameB}`,
        kind,
        msA,
        msB,
      ),
    ),
    ...(others.length === 0
      ? []
      : [row(`${others.length.toString()} more names`, '', sum('msA'), sum('msB'))]),
    row(rest.name, '', rest.msA, rest.msB),
  ];
}

/** One row a batch composition: batch, counts, medians, effect, interval. */
export function iterationRow(row: ComparedIterations): readonly string[] {
  return [
    `${row.kind}, ${row.contextTokens.toString()} + ${row.generationTokens.toString()}`,
    row.countA.toString(),
    row.countB.toString(),
    numberText(row.medianMsA),
    numberText(row.medianMsB),
    row.effect === null ? '–' : formatChange(row.effect.ratio),
    intervalText(row.effect),
  ];
}

/** The figures, the one of the verdict with the interval that its look may have. */
export function shownFigures({ figures, primary }: ComparisonAnswer): readonly ComparedFigure[] {
  return figures.map((figure) => (figure.label === primary?.label ? primary : figure));
}

/** The passes to doubt, a sentence each. */
export function suspectTexts({ comparison, answer }: ComparisonReport): readonly string[] {
  const { request } = comparison;
  return answer.suspects.map(
    ({ block, arm, reason }) => `Block ${block.toString()}, ${request[arm].label}: ${reason}`,
  );
}

const smallestText = ({ smallestEffect }: Effect): string =>
  smallestEffect < 0.0005 ? 'below 0.1 %' : `of ${formatPercent(smallestEffect)}`;

/** How the comparison was made, for a reader who has only the report. */
export function methodText({ request }: Comparison, effect: Effect | null): string {
  const found =
    effect === null
      ? ''
      : ` This number of blocks finds effects ${smallestText(effect)} four times out of five.`;
  return (
    `${request.blocks.toString()} blocks planned, each one timing pass of both arms in random order (seed ${request.seed.toString()}); ` +
    'every pass loads the program anew and carries no profiler. The effect is the mean of the log-ratios of the blocks; ' +
    `its interval is a paired t interval on them. Positive is better.${found}`
  );
}
