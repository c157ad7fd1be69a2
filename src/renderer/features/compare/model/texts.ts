// SPDX-License-Identifier: Apache-2.0
import type {
  Comparison,
  ComparedFigure,
  Effect,
  GainEstimate,
  SharedCache,
  Thresholds,
} from '#shared/contract/comparison.ts';
import type { PlannedPass } from '#shared/contract/comparison-pass.ts';
import { formatBytes, formatChange, formatPercent } from '#shared/base/units.ts';
import { formatFigure, plural } from '#renderer/base/format.ts';
import type { Tone } from '#renderer/widgets/Badge.tsx';

/** Words and figures of a comparison. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A time that is only guessed: never more exact than the guess. */
export function roughTime(ms: number): string {
  if (ms < MINUTE_MS) return plural(Math.max(1, Math.round(ms / 1000)), 'second');
  if (ms < HOUR_MS) return plural(Math.round(ms / MINUTE_MS), 'minute');
  return `${(ms / HOUR_MS).toFixed(1)} hours`;
}

export const roughSize = (bytes: number): string => formatBytes(bytes);

export function intervalText(effect: Pick<Effect, 'low' | 'high'> | null): string {
  return effect === null ? '–' : `${formatChange(effect.low)} to ${formatChange(effect.high)}`;
}

/** Mean of what there is, as a figure; a dash without any. */
export function meanText(values: readonly (number | null)[]): string {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return '–';
  return formatFigure(present.reduce((sum, value) => sum + value, 0) / present.length);
}

const states: Readonly<Record<Comparison['state'], readonly [word: string, tone: Tone]>> = {
  running: ['Running', 'accent'],
  done: ['Done', 'good'],
  failed: ['Failed', 'bad'],
  cancelled: ['Cancelled', 'neutral'],
  interrupted: ['Interrupted', 'warning'],
};

export const comparisonWord = (state: Comparison['state']): string => states[state][0];
export const comparisonTone = (state: Comparison['state']): Tone => states[state][1];

export interface PlannedBlock {
  readonly block: number;
  readonly passes: readonly PlannedPass[];
}

/** The timing passes by block, in their order. */
export function blocksOfPlan(plan: readonly PlannedPass[]): readonly PlannedBlock[] {
  const timing = plan.filter(({ purpose }) => purpose === 'timing');
  const blocks = [...new Set(timing.map(({ block }) => block))];
  return blocks.map((block) => ({ block, passes: timing.filter((pass) => pass.block === block) }));
}

/** The figures, the one of the verdict with the interval that its look may have. */
export function shownFigures(
  figures: readonly ComparedFigure[],
  primary: ComparedFigure | null,
): readonly ComparedFigure[] {
  const others = figures.filter(({ label }) => label !== primary?.label);
  return primary === null ? others : [primary, ...others];
}

/** The widest reach of these effects around zero, as a ratio: the half of a common axis. */
export function reachOf(effects: readonly (Pick<Effect, 'low' | 'high'> | null)[]): number {
  return effects.reduce(
    (most, effect) => (effect === null ? most : Math.max(most, Math.abs(effect.low), Math.abs(effect.high))),
    0.01,
  );
}

/** A difference in milliseconds with its sign; what rounds to zero has none. */
export function signedMs(ms: number): string {
  const text = Math.abs(ms).toFixed(3);
  if (Number(text) === 0) return text;
  return `${ms < 0 ? '−' : '+'}${formatFigure(Math.abs(ms))}`;
}

/** What the drawing of an effect marks. */
export function bandText({ equivalence, significant }: Thresholds, perfectRouter: boolean): string {
  const band = `The grey band, ±${formatPercent(equivalence)}, counts as no difference`;
  return perfectRouter ? `${band}; the line at ${formatChange(significant)} as significant.` : `${band}.`;
}

/** What balance would gain by the load of A, beside what was measured. */
export function estimateText({ byTokens, byActive }: GainEstimate, measured: Effect | null): string {
  const found =
    measured === null ? '' : ` Measured: ${formatChange(measured.ratio)} (${intervalText(measured)}).`;
  return `Estimated gain from perfect balance of A: ${formatChange(byTokens)} by tokens (large batches), ${formatChange(byActive)} by experts whose weights are read (small ones).${found}`;
}

/** What effects this number of blocks could have missed. */
export function powerText({ smallestEffect }: Effect): string {
  const smallest = smallestEffect < 0.0005 ? 'below 0.1 %' : `of ${formatPercent(smallestEffect)}`;
  return `With this number of blocks an effect ${smallest} is found four times out of five.`;
}

export interface CacheLine {
  readonly title: string;
  readonly variable: string;
  readonly where: string;
}

const OWNERS: Readonly<Record<SharedCache['owner'], (path: string) => string>> = {
  comparison: () => 'kept until the comparison is done',
  user: (path) => `in ${path}, as you set it`,
  home: (path) => `in ~/${path}, as ever`,
};

/** Which caches passes share, and which arms: one line for both arms where they share one. */
export function cacheLines(
  { a, b }: Pick<Comparison['request'], 'a' | 'b'>,
  caches: readonly SharedCache[],
): readonly CacheLine[] {
  const places = [...new Set(caches.map(({ variable, path }) => `${variable}\0${path}`))];
  return places.flatMap((place) => {
    const shared = caches.filter(({ variable, path }) => `${variable}\0${path}` === place);
    const [first] = shared;
    if (first === undefined) return [];
    const who = shared.length > 1 ? 'all passes' : `passes of ${first.arm === 'a' ? a.label : b.label}`;
    const { title, variable, owner, path } = first;
    // Titles stand within sentences, too.
    const beginning = title.charAt(0).toUpperCase();
    return [{ title: `${beginning}${title.slice(1)}`, variable, where: `${who}, ${OWNERS[owner](path)}` }];
  });
}
