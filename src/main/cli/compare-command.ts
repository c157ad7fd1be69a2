// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import type { Arm, Comparison, ComparisonProgress, ComparisonRequest } from '#shared/contract/comparison.ts';
import type { LaunchTarget } from '#shared/contract/target.ts';
import { defaultThresholds } from '../compare/verdict.ts';
import type { Services } from '../composition.ts';
import { formOf } from './run-command.ts';
import { targetOf } from './target-option.ts';
import { remark, say } from './terminal.ts';

export interface CompareOptions {
  readonly recipe?: string;
  readonly set: readonly string[];
  readonly env: readonly string[];
  readonly b: readonly string[];
  readonly bEnv: readonly string[];
  readonly bRecipe?: string;
  readonly target: string;
  readonly bTarget?: string;
  readonly mount: readonly string[];
  readonly gpus?: string;
  readonly shmSize?: string;
  readonly window?: string;
  readonly perfectRouter: boolean;
  readonly blocks: string;
  readonly seed: string;
  readonly early: boolean;
  readonly profile: boolean;
  readonly resume?: string;
  readonly html?: string;
  readonly markdown?: string;
  readonly json: boolean;
  readonly failIfSlower?: string;
}

const GATE_NOT_MET = 3;

function wholeNumber(text: string, option: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const message = `${option} ${text} is not a whole number from ${least.toString()} to ${most.toString()}.`;
  throw new IterscopeError({ code: 'form.parameter', message });
}

/** `3%` or `3 %` as 0.03. */
export function percentage(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (match !== null) return Number(match[1]) / 100;
  const message = `--fail-if-slower ${text} is not a percentage: write for example --fail-if-slower 3%.`;
  throw new IterscopeError({ code: 'form.parameter', message });
}

/** What B's recipe knows of the parameters of both arms. */
async function knownBy(services: Services, recipe: string, set: readonly string[]): Promise<string[]> {
  const { parameters } = await services.recipes.get(recipe);
  return set.filter((text) => parameters.some(({ name }) => text.startsWith(`${name}=`)));
}

/** What B does otherwise, as its label. */
function changeText({ b, bEnv, bRecipe, bTarget }: CompareOptions): string {
  const places = bTarget === undefined ? [] : [bTarget];
  return (
    [...(bRecipe === undefined ? [] : [bRecipe]), ...places, ...b, ...bEnv].join(', ') || 'the same again'
  );
}

/** An arm's form with the window that its profiled pass captures. */
async function armOf(
  services: Services,
  label: string,
  options: Pick<CompareOptions, 'set' | 'env' | 'perfectRouter' | 'window'> & { readonly recipe: string },
  target: LaunchTarget,
): Promise<Arm> {
  const recorders = { trace: false, nsight: false, expertStatistics: false, json: false };
  const form = await formOf(services, { ...options, ...recorders });
  const { defaultWindow } = await services.recipes.get(options.recipe);
  const window = form.window === '' ? defaultWindow : form.window;
  return { label: label.slice(0, 120), form: { ...form, window, target } };
}

async function armsOf(services: Services, options: CompareOptions): Promise<{ a: Arm; b: Arm }> {
  const { recipe, set, env, b: setB, bEnv, bRecipe, perfectRouter, window, target, bTarget } = options;
  if (recipe === undefined) {
    const message = 'Say which recipe with --recipe, or which comparison goes on with --resume.';
    throw new IterscopeError({ code: 'form.parameter', message });
  }
  const shared = bRecipe === undefined ? set : await knownBy(services, bRecipe, set);
  const captured = window === undefined ? {} : { window };
  const [labelA, labelB] = perfectRouter
    ? (['learned router', 'perfect router'] as const)
    : (['baseline', changeText(options)] as const);
  const a = { recipe, set, env, perfectRouter: false, ...captured };
  const b = {
    recipe: bRecipe ?? recipe,
    set: [...shared, ...setB],
    env: [...env, ...bEnv],
    perfectRouter,
    ...captured,
  };
  return {
    a: await armOf(services, labelA, a, targetOf('--target', target, options)),
    b: await armOf(services, labelB, b, targetOf('--b-target', bTarget ?? target, options)),
  };
}

async function requestOf(services: Services, options: CompareOptions): Promise<ComparisonRequest> {
  return {
    ...(await armsOf(services, options)),
    blocks: wholeNumber(options.blocks, '--blocks', 3, 100),
    seed: wholeNumber(options.seed, '--seed', 0, 0xffff_ffff),
    early: options.early,
    profile: options.profile,
    thresholds: defaultThresholds,
  };
}

/** A line a pass, on the error output: results go to the other. */
export function showComparison({ done, total, step }: ComparisonProgress): void {
  remark(`[${done.toString()}/${total.toString()}] ${step}`);
}

async function writeReports(services: Services, id: string, options: CompareOptions): Promise<void> {
  for (const format of ['html', 'markdown'] as const) {
    const path = options[format];
    if (path === undefined) continue;
    await writeFile(
      resolve(process.env['INIT_CWD'] ?? '.', path),
      await services.comparisons.report(id, format),
    );
  }
}

/** Slower beyond the limit, or not shown to be within it. */
function gateFails(ratioLow: number | undefined, limit: number): boolean {
  return ratioLow === undefined || ratioLow < -limit;
}

function exitCode(comparison: Comparison, low: number | undefined, options: CompareOptions): number {
  if (comparison.state !== 'done') return 1;
  if (options.failIfSlower === undefined) return 0;
  return gateFails(low, percentage(options.failIfSlower)) ? GATE_NOT_MET : 0;
}

/** Compares two arms to the end; resolves to the exit code: 0 done, 1 failed, 3 gate not met. */
export async function compareArms(services: Services, options: CompareOptions): Promise<number> {
  if (options.failIfSlower !== undefined) percentage(options.failIfSlower);
  const { id } =
    options.resume === undefined
      ? await services.comparisons.start(await requestOf(services, options))
      : await services.comparisons.resume(options.resume);
  const cancel = (): void => {
    // A second signal finds it cancelled already.
    services.comparisons.cancel(id).catch(() => undefined);
  };
  process.once('SIGINT', cancel);
  process.once('SIGTERM', cancel);
  const comparison = await services.comparisons.finished(id);
  const answer = await services.comparisons.answer(id);
  await writeReports(services, id, options);
  if (options.json) say(await services.comparisons.report(id, 'json'));
  else {
    say(answer.headline);
    for (const note of [...answer.notes, ...answer.confounders]) say(note);
    if (comparison.reason !== undefined) remark(comparison.reason);
    say(`Comparison  ${id} (${comparison.state})`);
  }
  return exitCode(comparison, answer.primary?.effect?.low, options);
}
