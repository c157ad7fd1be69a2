// SPDX-License-Identifier: Apache-2.0
import type {
  Comparison,
  ComparisonAnswer,
  ComparedFigure,
  SuspectPass,
  Verdict,
} from '#shared/contract/comparison.ts';
import type { IterationLine, RunManifest } from '#shared/contract/run.ts';
import { confoundersOf, differencesOf, isPerfectRouterQuestion } from './differences.ts';
import { effectOf } from './effect.ts';
import { compareFigures, logRatiosOf, primaryOf } from './figures.ts';
import type { Block } from './figures.ts';
import { compareIterations } from './iterations.ts';
import { lookAt, planLooks } from './looks.ts';
import { doubtsAbout } from './suspects.ts';
import { headlineOf, verdictOf } from './verdict.ts';
import type { Profile } from './profile.ts';
import { explain } from './why.ts';

/** A finished pass with what its run left. */
export interface PassResult {
  readonly block: number;
  readonly arm: 'a' | 'b';
  readonly purpose: 'timing' | 'profile';
  readonly run: RunManifest;
  readonly lines: readonly IterationLine[];
  /** What a profile pass recorded; null of timing passes. */
  readonly profile: Profile | null;
}

function blocksOf(comparison: Comparison, passes: readonly PassResult[]): Block[] {
  const timing = passes.filter(({ purpose }) => purpose === 'timing');
  const find = (block: number, arm: 'a' | 'b'): RunManifest | null =>
    timing.find((pass) => pass.block === block && pass.arm === arm)?.run ?? null;
  return Array.from({ length: comparison.request.blocks }, (_, index) => ({
    a: find(index + 1, 'a'),
    b: find(index + 1, 'b'),
  })).filter(({ a, b }) => a !== null || b !== null);
}

const completeBlocks = (blocks: readonly Block[]): number =>
  blocks.filter(({ a, b }) => a !== null && b !== null).length;

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
    labels: { a: request.a.label, b: request.b.label },
    metric: primary.label.toLowerCase(),
  });
  return { primary: { ...primary, effect }, verdict };
}

function suspectsOf(passes: readonly PassResult[]): SuspectPass[] {
  return passes
    .filter(({ purpose }) => purpose === 'timing')
    .flatMap(({ run, lines, block, arm }) =>
      doubtsAbout(run, lines).map((reason) => ({ runId: run.id, block, arm, reason })),
    );
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
  if (primary === null && passes.length > 1)
    notes.push('The arms report no figure in common: only their iteration times can be compared.');
  if (request.a.form.recipeId !== request.b.form.recipeId)
    notes.push('The arms run different recipes: compared is what both report under the same name.');
  if (differencesOf(request.a.form, request.b.form).length === 0)
    notes.push('The arms are the same: what is found is how much passes differ by themselves.');
  if (request.b.form.perfectRouter !== request.a.form.perfectRouter)
    notes.push('Output of a perfect router is wrong: it serves to measure, never to serve requests.');
  return notes;
}

/** What the passes say so far. Pure: the same passes, the same answer. */
export function answerOf(comparison: Comparison, passes: readonly PassResult[]): ComparisonAnswer {
  const { request } = comparison;
  const blocks = blocksOf(comparison, passes);
  const figures = compareFigures(blocks);
  const { primary, verdict } = judge(comparison, primaryOf(figures), completeBlocks(blocks));
  const linesOf = (arm: 'a' | 'b'): (readonly IterationLine[])[] =>
    passes.filter((pass) => pass.purpose === 'timing' && pass.arm === arm).map(({ lines }) => lines);
  const profileOf = (arm: 'a' | 'b'): Profile | null =>
    passes.find((pass) => pass.purpose === 'profile' && pass.arm === arm)?.profile ?? null;
  return {
    primary,
    headline: headlineOf(verdict, primary?.effect ?? null, request.blocks),
    verdict,
    figures,
    iterations: compareIterations(linesOf('a'), linesOf('b'), request.seed),
    suspects: suspectsOf(passes),
    differences: differencesOf(request.a.form, request.b.form),
    confounders: confoundersOf(passes.map(({ run }) => run)),
    notes: notesOf(comparison, passes, primary),
    why: explain(profileOf('a'), profileOf('b')),
  };
}
