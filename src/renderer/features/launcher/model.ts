// SPDX-License-Identifier: Apache-2.0
import { formatCount } from '#shared/base/units.ts';
import type { Finding, IterationSpan, LaunchForm, LaunchPreview } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';
import { applies } from '#shared/contract/recipe-rules.ts';
import { plural } from '#renderer/base/format.ts';
import { IMAGE_FIELD, TARGET_FIELDS, targetProblems } from '#renderer/base/launch-target.ts';
import { numberOf } from '#renderer/base/launch-form.ts';

/** What the form means, without any element of it: everything here is pure. */

export interface Message {
  readonly severity: Finding['severity'];
  readonly text: string;
  readonly brief?: string;
}

/** Of a field that is empty and may not stay so. */
const NEEDED = 'needed before the run can start.';

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
      if (given === '') return parameter.required ? NEEDED : null;
      return given.startsWith('/') ? null : `“${text}” is not a whole path: begin with /.`;
    case 'text':
      return given === '' && parameter.required ? NEEDED : null;
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
  if (parameter.type === 'text') return 'Needed to run.';
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

/** Fields that are empty and may not stay so, each with its label. */
export function missingOf(recipe: Recipe, form: LaunchForm): ReadonlyMap<string, string> {
  const missing = new Map<string, string>();
  if (form.target?.kind === 'container' && form.target.image.trim() === '') {
    missing.set(IMAGE_FIELD, 'Image');
  }
  for (const parameter of recipe.parameters) {
    const needed = (parameter.type === 'text' || parameter.type === 'path') && parameter.required;
    if (!needed || !applies(recipe, form.parameters, parameter)) continue;
    if (textOf(parameter, form).trim() === '') missing.set(parameter.name, parameter.label);
  }
  return missing;
}

/** What is still to be entered, in a sentence. */
export const missingSentence = (missing: ReadonlyMap<string, string>): string =>
  `Still to enter: ${joinWords([...missing.values()])}.`;

/** Missing fields that nobody has touched: they are asked for, not complained about. */
export function untouchedOf(
  missing: ReadonlyMap<string, string>,
  touched: readonly string[],
  attempts: number,
): ReadonlyMap<string, string> {
  if (attempts > 0) return new Map();
  return new Map([...missing].filter(([name]) => !touched.includes(name)));
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
    .filter((finding) => !isSaidInList(finding))
    .map((finding) => ({ severity: finding.severity, text: finding.message }));
}

/** A field that waits to be filled in. */
export const askedMessages: readonly Message[] = [
  { severity: 'note', text: 'It is needed before the run can start.', brief: 'Needed to run.' },
];

/** Fields that have room for whole sentences below them. */
const ROOMY = new Set(['window', 'torchTrace', 'expertStatistics', 'perfectRouter', 'nsight']);

/** Whether a finding is said at its field alone: as a whole, and with nothing to press beside it. */
export function isSaidAtField({ field = '', severity, fix }: Finding): boolean {
  const place = field.split('.')[0] ?? '';
  return severity !== 'error' && fix === undefined && (ROOMY.has(place) || place === 'extraEnvironment');
}

/** Whether a finding is said in the list of checks alone, where it has its button. */
function isSaidInList({ field = '', severity, fix }: Finding): boolean {
  return severity !== 'error' && fix !== undefined && ROOMY.has(field);
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

/** Why the run cannot be started now, in words; null when it can. `missing`: the problems that are empty fields. */
export function blockerOf(
  recipe: Recipe | undefined,
  problems: ReadonlyMap<string, string>,
  preview: LaunchPreview | null,
  starting: boolean,
  missing: ReadonlyMap<string, string> = new Map(),
): string | null {
  if (recipe === undefined) return 'No recipe is loaded.';
  const problem = [...problems].find(([field]) => !missing.has(field));
  if (problem?.[0].startsWith(TARGET_FIELDS) === true) return problem[1];
  if (problem !== undefined) {
    const label = recipe.parameters.find((parameter) => parameter.name === problem[0])?.label ?? problem[0];
    return `${label}: ${problem[1]}`;
  }
  if (missing.size > 0) return missingSentence(missing);
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
