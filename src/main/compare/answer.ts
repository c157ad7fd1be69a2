// SPDX-License-Identifier: Apache-2.0
import type {
  Comparison,
  ComparisonAnswer,
  ComparedFigure,
  Verdict,
  Why,
} from '#shared/contract/comparison.ts';
import type { IterationLine, ReportedFigure } from '#shared/contract/run.ts';
import { chartsOf } from './charts.ts';
import { confoundersOf, versionDifferences } from './confounders.ts';
import { differencesOf, isPerfectRouterQuestion } from './differences.ts';
import { effectOf } from './effect.ts';
import { compareFigures, logRatiosOf, primaryOf } from './figures.ts';
import type { Block } from './figures.ts';
import { groupsOf } from './groups.ts';
import { compareIterations } from './iterations.ts';
import { lookAt, planLooks } from './looks.ts';
import { isTiming } from './pass.ts';
import type { PassResult } from './pass.ts';
import type { Profile } from './profile.ts';
import { hasOneRank } from './ranks.ts';
import {
  cacheTexts,
  missingFigures,
  placeText,
  sharedHeadline,
  windowText,
  workloadText,
} from './sharing.ts';
import { suspectsOf } from './suspects.ts';
import { powerFigures } from './telemetry.ts';
import { headlineOf, verdictOf } from './verdict.ts';
import { explain } from './why.ts';

/** What the passes of each block report, by `figuresOf`. */
function blocksOf(
  { request }: Comparison,
  timing: readonly PassResult[],
  figuresOf: (pass: PassResult) => readonly ReportedFigure[],
): Block[] {
  const find = (block: number, arm: 'a' | 'b'): Block['a'] => {
    const pass = timing.find((known) => known.block === block && known.arm === arm);
    return pass === undefined ? null : figuresOf(pass);
  };
  return Array.from({ length: request.blocks }, (_, index) => ({
    a: find(index + 1, 'a'),
    b: find(index + 1, 'b'),
  })).filter(({ a, b }) => a !== null || b !== null);
}

const completeBlocks = (blocks: readonly Block[]): number =>
  blocks.filter(({ a, b }) => a !== null && b !== null).length;

const haveOneRank = ({ a, b }: Comparison['request']): boolean => hasOneRank(a.form) && hasOneRank(b.form);

interface Judged {
  readonly primary: ComparedFigure | null;
  readonly verdict: Verdict | null;
}

/** A verdict exists only at a planned look, with the interval that this look may have. */
function judge({ request }: Comparison, primary: ComparedFigure | null, complete: number): Judged {
  if (primary === null) return { primary, verdict: null };
  const look = lookAt(planLooks(request.blocks, request.early), complete);
  const logRatios = logRatiosOf(primary);
  const effect = effectOf(logRatios, look?.alpha);
  if (look === undefined || effect === null) return { primary: { ...primary, effect }, verdict: null };
  const verdict = verdictOf({
    effect,
    logRatios,
    thresholds: request.thresholds,
    perfectRouter: isPerfectRouterQuestion(request.a.form, request.b.form),
    oneRank: haveOneRank(request),
    labels: { a: request.a.label, b: request.b.label },
    metric: primary.label.toLowerCase(),
  });
  return { primary: { ...primary, effect }, verdict };
}

function notesOf(
  comparison: Comparison,
  passes: readonly PassResult[],
  primary: ComparedFigure | null,
): string[] {
  const { request } = comparison;
  const notes: string[] = [];
  const deleted = comparison.passes.length - passes.length;
  if (deleted > 0)
    notes.push(
      `The runs of ${deleted.toString()} ${deleted === 1 ? 'pass' : 'passes'} were deleted: their blocks are not counted.`,
    );
  const workload = workloadText(request);
  if (workload !== null) notes.push(workload);
  else if (primary === null && passes.length > 1)
    notes.push('The arms report no figure in common: only their iteration times can be compared.');
  if (request.a.form.recipeId !== request.b.form.recipeId)
    notes.push('The arms run different recipes: compared is what both report under the same name.');
  notes.push(
    ...placeText(request),
    ...missingFigures(request, passes.filter(isTiming)),
    ...windowText(request),
    ...cacheTexts(comparison),
  );
  if (differencesOf(request.a.form, request.b.form).length === 0)
    notes.push('The arms are the same: what is found is how much passes differ by themselves.');
  if (request.b.form.perfectRouter !== request.a.form.perfectRouter)
    notes.push('Output of a perfect router is wrong: it serves to measure, never to serve requests.');
  return notes;
}

/** The estimate is of waiting for other ranks: with one rank it has nothing to say. */
function whyOf(request: Comparison['request'], why: Why | null): Why | null {
  return why !== null && haveOneRank(request) ? { ...why, estimate: null } : why;
}

/** What the passes say so far. Pure: the same passes, the same answer. */
export function answerOf(comparison: Comparison, passes: readonly PassResult[]): ComparisonAnswer {
  const { request } = comparison;
  const timing = passes.filter(isTiming);
  const blocks = blocksOf(comparison, timing, ({ run }) => run.figures);
  const figures = compareFigures(blocks);
  const sameWork = workloadText(request) === null;
  const { primary, verdict } = judge(
    comparison,
    sameWork ? primaryOf(figures) : null,
    completeBlocks(blocks),
  );
  const linesOf = (arm: 'a' | 'b'): (readonly IterationLine[])[] =>
    timing.filter((pass) => pass.arm === arm).map(({ lines }) => lines);
  const profileOf = (arm: 'a' | 'b'): Profile | null =>
    passes.find((pass) => !isTiming(pass) && pass.arm === arm)?.profile ?? null;
  const groups = groupsOf(linesOf('a'), linesOf('b'));
  const iterations = compareIterations(groups, request.seed);
  return {
    primary,
    headline: sameWork
      ? headlineOf(verdict, primary?.effect ?? null, request.blocks)
      : sharedHeadline(request, iterations),
    verdict,
    figures: [...figures, ...compareFigures(blocksOf(comparison, timing, powerFigures))],
    iterations,
    suspects: suspectsOf(timing),
    differences: [...differencesOf(request.a.form, request.b.form), ...versionDifferences(request, passes)],
    confounders: confoundersOf(request, passes),
    notes: notesOf(comparison, passes, primary),
    why: whyOf(request, explain(profileOf('a'), profileOf('b'))),
    charts: chartsOf(timing, groups, primary, request.seed),
  };
}
