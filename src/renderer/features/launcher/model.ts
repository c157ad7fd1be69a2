// SPDX-License-Identifier: Apache-2.0
import { formatCount } from '#shared/base/units.ts';
import type { Finding, IterationSpan, LaunchForm, LaunchPreview } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';
import { applies } from '#shared/contract/recipe-rules.ts';
import { plural } from '#renderer/base/format.ts';
import { targetProblems, TARGET_FIELDS } from './target.ts';
import { numberOf } from '#renderer/base/launch-form.ts';

/** What the form means, without any element of it: everything here is pure. */

export interface Message {
  readonly severity: Finding['severity'];
  readonly text: string;
  readonly brief?: string;
}

/** What is wrong with a text that is no number, in words; undefined where the parameter is one. */
function textProblemOf(parameter: RecipeParameter, text: string): string | null | undefined {
  const given = text.trim();
  switch (parameter.type) {
    case 'choice':
      return parameter.choices.some((choice) => choice.value === text)
        ? null
        : `“${text}” is not one of the choices.`;
    case 'boolean':
      return ['true', 'false'].includes(text) ? null : `“${text}” is neither true nor false.`;
    case 'path':
      if (given === '') return parameter.required ? 'Enter a whole path, beginning with /.' : null;
      return given.startsWith('/') ? null : `“${text}” is not a whole path: begin with /.`;
    case 'text':
      return given === '' && parameter.required ? 'Enter a text.' : null;
    default:
      return given === '' && parameter.default === '' ? null : undefined;
  }
}

/** What is wrong with a parameter's text, in words; null when it can be used. */
export function problemOf(parameter: RecipeParameter, text: string): string | null {
  const problem = textProblemOf(parameter, text);
  if (problem !== undefined || (parameter.type !== 'integer' && parameter.type !== 'number')) {
    return problem ?? null;
  }
  const whole = parameter.type === 'integer';
  const kind = whole ? 'a whole number' : 'a number';
  const range = `from ${formatBound(parameter.min)} to ${formatBound(parameter.max)}`;
  if (text.trim() === '') return `Enter ${kind} ${range}.`;
  const value = numberOf(text);
  if (value === null || (whole && !Number.isInteger(value)))
    return `“${text.trim()}” is not ${kind}; enter one ${range}.`;
  if (value < parameter.min || value > parameter.max)
    return `${text.trim()} is out of range; enter ${kind} ${range}.`;
  return null;
}

function formatBound(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : value.toString();
}

/** The same in the few words that fit under a narrow field. */
export function briefProblemOf(parameter: RecipeParameter): string {
  if (parameter.type === 'choice' || parameter.type === 'boolean') return 'Choose one.';
  if (parameter.type === 'path') return 'Begin with /.';
  if (parameter.type === 'text') return 'Enter a text.';
  return `Enter ${formatBound(parameter.min)} to ${formatBound(parameter.max)}.`;
}

/** Every parameter and field of the target that cannot be used, with the reason. */
export function problemsOf(recipe: Recipe, form: LaunchForm): ReadonlyMap<string, string> {
  const problems = new Map(targetProblems(form.target));
  for (const parameter of recipe.parameters) {
    if (!applies(recipe, form.parameters, parameter)) continue;
    const problem = problemOf(parameter, textOf(parameter, form));
    if (problem !== null) problems.set(parameter.name, problem);
  }
  return problems;
}

/** A parameter's text; its default where the form does not say. */
export function textOf(parameter: RecipeParameter, form: LaunchForm): string {
  return (form.parameters[parameter.name] ?? parameter.default).toString();
}

export function isDefault(parameter: RecipeParameter, form: LaunchForm): boolean {
  return textOf(parameter, form) === parameter.default.toString();
}

/** Findings of one field; a finding may name a part of it (`extraEnvironment.0`). */
export function findingsOf(findings: readonly Finding[], field: string): readonly Message[] {
  return findings
    .filter((finding) => finding.field === field || finding.field?.startsWith(`${field}.`) === true)
    .map((finding) => ({ severity: finding.severity, text: finding.message }));
}

/** Messages of a parameter: our own check first; what main says of a value that cannot be used adds nothing. */
export function parameterMessages(
  parameter: RecipeParameter,
  problems: ReadonlyMap<string, string>,
  findings: readonly Finding[],
): readonly Message[] {
  const problem = problems.get(parameter.name);
  if (problem !== undefined) return [{ severity: 'error', text: problem, brief: briefProblemOf(parameter) }];
  return findingsOf(findings, parameter.name).map((message) => ({ ...message, brief: message.text }));
}

/** What a window captures, in words. */
export function explainSpans(spans: readonly IterationSpan[]): string {
  if (spans.length === 0) return 'Captures no iteration.';
  const parts = spans.map(({ first, last }) =>
    first === last ? formatCount(first) : `${formatCount(first)} to ${formatCount(last)}`,
  );
  const total = spans.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const noun = total === 1 ? 'iteration' : 'iterations';
  const windows = spans.length === 1 ? '' : ` in ${plural(spans.length, 'window')}`;
  return `Captures ${noun} ${joinWords(parts)} (${plural(total, 'iteration')}${windows}).`;
}

function joinWords(parts: readonly string[]): string {
  const head = parts.slice(0, -1).join(', ');
  const last = parts.at(-1) ?? '';
  return head === '' ? last : `${head} and ${last}`;
}

/** Why the run cannot be started now, in words; null when it can. */
export function blockerOf(
  recipe: Recipe | undefined,
  problems: ReadonlyMap<string, string>,
  preview: LaunchPreview | null,
  starting: boolean,
): string | null {
  if (recipe === undefined) return 'No recipe is loaded.';
  const [problem] = problems;
  if (problem?.[0].startsWith(TARGET_FIELDS) === true) return problem[1];
  if (problem !== undefined) {
    const label = recipe.parameters.find((parameter) => parameter.name === problem[0])?.label ?? problem[0];
    return `${label}: ${problem[1]}`;
  }
  if (starting) return 'Starting…';
  if (preview === null) return 'Checking the form…';
  if (preview.runnable) return null;
  const error = preview.findings.find((finding) => finding.severity === 'error');
  return error?.message ?? 'This form cannot be run as it is.';
}

/** The iterations that the run will make; null when the recipe does not bound them. */
export function totalIterations(recipe: Recipe, form: LaunchForm): number | null {
  const parameter = recipe.parameters.find((known) => known.name === recipe.iterationsParameter);
  if (parameter === undefined) return null;
  const value = numberOf(textOf(parameter, form));
  return value !== null && value > 0 ? value : null;
}
