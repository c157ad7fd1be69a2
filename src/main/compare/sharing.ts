// SPDX-License-Identifier: Apache-2.0
import type {
  ComparedIterations,
  Comparison,
  ComparisonRequest,
  SharedCache,
} from '#shared/contract/comparison.ts';
import type { ReportedFigure } from '#shared/contract/run.ts';
import { formatChange } from '#shared/base/units.ts';
import { differencesOf } from './differences.ts';
import type { PassResult } from './pass.ts';
import { targetText } from './targets.ts';

/** What arms do not have in common, and what of them can be compared all the same. */

type Arms = Pick<ComparisonRequest, 'a' | 'b'>;

/** Parameters that say what work is done, in recipes that ship: not how fast it may be done. */
const WORKLOAD =
  /^(dataset(-.+)?|(num-)?requests|run-requests|num-prompts|(input|output)-.+|max-input-len|arrival)$/;

/** Names of parameters by which the arms do different work. Recipes' own names differ: then nothing is known. */
export function workloadDifferences({ a, b }: Arms): string[] {
  if (a.form.recipeId !== b.form.recipeId) return [];
  return differencesOf(a.form, b.form)
    .map(({ name }) => name)
    .filter((name) => WORKLOAD.test(name));
}

/** Why the arms as wholes have no verdict; null where they may. */
export function workloadText(arms: Arms): string | null {
  const names = workloadDifferences(arms);
  if (names.length === 0) return null;
  return `The arms work on different data (${names.join(', ')}), so their figures as wholes say nothing about speed: compared are only iterations of the same batch.`;
}

/** The headline where only iterations can be compared. */
export function sharedHeadline(arms: Arms, iterations: readonly ComparedIterations[]): string {
  const reason = `No verdict: the arms work on different data (${workloadDifferences(arms).join(', ')}).`;
  const [most] = iterations.filter(({ effect }) => effect !== null);
  if (most?.effect === null || most?.effect === undefined)
    return `${reason} They have too few iterations of the same batch to compare.`;
  const { kind, effect } = most;
  const interval = `95 % interval ${formatChange(effect.low)} to ${formatChange(effect.high)}`;
  return `${reason} Of iterations of the same batch, the most frequent (${kind}) are ${formatChange(effect.ratio)} in ${arms.b.label} (${interval}; + is faster).`;
}

const labelsOf = (passes: readonly PassResult[], arm: 'a' | 'b'): Map<string, ReportedFigure> =>
  new Map(
    passes
      .filter((pass) => pass.arm === arm)
      .flatMap(({ run }) => run.figures)
      .map((figure) => [figure.label, figure]),
  );

/** Figures that passes of one arm report and none of the other, in a sentence each arm. */
export function missingFigures({ a, b }: Arms, timing: readonly PassResult[]): string[] {
  const arms = { a: labelsOf(timing, 'a'), b: labelsOf(timing, 'b') };
  if (arms.a.size === 0 || arms.b.size === 0) return [];
  return (
    [
      ['a', a.label, 'b'],
      ['b', b.label, 'a'],
    ] as const
  ).flatMap(([arm, label, other]) => {
    const only = [...arms[arm].keys()].filter((name) => !arms[other].has(name));
    return only.length === 0 ? [] : [`Only ${label} reports ${only.join(', ')}: left out.`];
  });
}

/** Profiled passes that capture different iterations. */
export function windowText({ a, b, profile }: ComparisonRequest): string[] {
  if (!profile || a.form.window === b.form.window) return [];
  return [
    `The profiled passes capture different iterations (${a.form.window} and ${b.form.window}): explained is what they share, iterations of the same rank and batch.`,
  ];
}

/** Arms of two places: each place has a share in what is found. */
export function placeText({ a, b }: Arms): string[] {
  const [placeA, placeB] = [targetText(a.form.target), targetText(b.form.target)];
  if (placeA === placeB) return [];
  return [
    `The arms run in different places (${placeA}; ${placeB}): what a place itself costs is part of the difference.`,
  ];
}

function ownerText({ owner, path, variable }: SharedCache): string {
  if (owner === 'comparison') return `${variable}=${path}`;
  return owner === 'user' ? `${variable}=${path}, as you set it` : `~/${path}`;
}

/** Which caches of the program passes share, a sentence each. */
export function cacheTexts({ caches = [], request }: Pick<Comparison, 'caches' | 'request'>): string[] {
  const titles = [...new Set(caches.map(({ title }) => title))];
  return titles.flatMap((title) => {
    const ofTitle = caches.filter((cache) => cache.title === title);
    const places = new Set(ofTitle.map(({ path }) => path));
    const [first] = ofTitle;
    if (first === undefined) return [];
    const [only] = places.size === 1 ? [first] : [];
    if (only !== undefined && ofTitle.length > 1)
      return [`All passes share the ${title} (${ownerText(only)}): the first that loads fills it.`];
    return ofTitle.map(
      (cache) =>
        `Passes of ${request[cache.arm].label} share their ${title} (${ownerText(cache)}): the first that loads fills it.`,
    );
  });
}
