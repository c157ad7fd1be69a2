// SPDX-License-Identifier: Apache-2.0
import type { Finding, LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';
import { applies } from '#shared/contract/recipe-rules.ts';
import { matchesWhole } from './log-rules.ts';
import { canShare } from './passes.ts';
import { recorderFields, recorderWords, type RecorderKind } from './recorder-words.ts';
import { MASK } from './secrets.ts';
import type { WindowText } from './window-text.ts';
import { describeSpans } from './window-text.ts';
import { splitWords } from './words.ts';

/** What is wrong with a form, or worth knowing before it runs: each finding a sentence, at its field. */

const error = (code: string, field: string, message: string): Finding => ({
  severity: 'error',
  code,
  field,
  message,
});
const warning = (code: string, field: string, message: string): Finding => ({
  severity: 'warning',
  code,
  field,
  message,
});

function checkNumber(
  parameter: Extract<RecipeParameter, { type: 'integer' | 'number' }>,
  value: string | number,
): string | null {
  const number = typeof value === 'number' ? value : Number(value.trim() === '' ? 'empty' : value);
  const unit = parameter.unit === undefined ? '' : ` ${parameter.unit}`;
  const range = `${parameter.min} to ${parameter.max}${unit}`;
  if (!Number.isFinite(number)) {
    return `${parameter.label} is "${String(value)}", which is not a number: give one from ${range}.`;
  }
  if (parameter.type === 'integer' && !Number.isInteger(number)) {
    return `${parameter.label} must be a whole number from ${range}.`;
  }
  if (number < parameter.min || number > parameter.max) {
    return `${parameter.label} is ${number}: it must be from ${range}.`;
  }
  return null;
}

/** What is wrong with a value, in words; null when it can be used. */
function problemOf(parameter: RecipeParameter, value: string | number): string | null {
  const { label } = parameter;
  const text = String(value).trim();
  if (text.includes('\0')) return `${label} holds a NUL character, which no program can be given.`;
  switch (parameter.type) {
    case 'choice':
      return checkChoice(
        label,
        text,
        parameter.choices.map((choice) => choice.value),
      );
    case 'boolean':
      return checkChoice(label, text, ['true', 'false']);
    case 'path':
      if (text === '') return parameter.required ? `${label} is missing: give the whole path.` : null;
      if (text.startsWith('/')) return null;
      return `${label} is "${text}": give the whole path, since the run works in a folder of its own.`;
    case 'text':
      return checkText(parameter, text);
    case 'integer':
    case 'number':
      return text === '' && parameter.default === '' ? null : checkNumber(parameter, value);
  }
}

function checkChoice(label: string, text: string, choices: readonly string[]): string | null {
  return choices.includes(text) ? null : `${label} is "${text}": choose one of ${choices.join(', ')}.`;
}

function checkText(parameter: Extract<RecipeParameter, { type: 'text' }>, text: string): string | null {
  const { label, required, format } = parameter;
  if (text === '') return required ? `${label} is missing.` : null;
  if (format === undefined || matchesWhole(format.pattern, text)) return null;
  return `${label} is "${text}": give ${format.words}.`;
}

/** Texts that are split into words, and cannot be. */
function checkWords(recipe: Recipe, form: LaunchForm): Finding[] {
  const names = recipe.steps.flatMap(({ args }) =>
    args.flatMap((argument) => (typeof argument === 'object' && 'words' in argument ? [argument.words] : [])),
  );
  return [...new Set(names)].flatMap((name) => {
    const split = splitWords(String(form.parameters[name] ?? ''));
    const label = recipe.parameters.find((parameter) => parameter.name === name)?.label ?? name;
    return split.ok
      ? []
      : [error('form.parameter', name, `${label}: ${split.message}. Programs are started without a shell.`)];
  });
}

export function checkParameters(recipe: Recipe, form: LaunchForm): Finding[] {
  const findings: Finding[] = [];
  for (const parameter of recipe.parameters) {
    if (!applies(recipe, form.parameters, parameter)) continue;
    const value = form.parameters[parameter.name] ?? String(parameter.default);
    const message = String(value).includes(MASK)
      ? `${parameter.label} held a secret, which was not kept: type it again.`
      : problemOf(parameter, value);
    if (message !== null) findings.push(error('form.parameter', parameter.name, message));
  }
  const known = new Set(recipe.parameters.map(({ name }) => name));
  for (const name of Object.keys(form.parameters)) {
    if (known.has(name)) continue;
    const message = `The recipe "${recipe.title}" has no parameter "${name}": it knows ${[...known].join(', ')}.`;
    findings.push(error('form.parameter', name, message));
  }
  return [...findings, ...checkWords(recipe, form)];
}

/** Recorders that this recipe does not offer, or that cannot share one load of the program. */
export function checkRecorders(recipe: Recipe, asked: readonly RecorderKind[], form: LaunchForm): Finding[] {
  const findings = asked
    .filter((kind) => !recipe.passes.includes(kind))
    .map((kind) =>
      error(
        'form.passes',
        recorderFields[kind],
        `${recorderWords[kind]} is not offered by the recipe "${recipe.title}".`,
      ),
    );
  if (form.perfectRouter && recipe.recorders['perfect-router'] === undefined) {
    const message = `The recipe "${recipe.title}" has no perfect router.`;
    findings.push(error('form.passes', 'perfectRouter', message));
  }
  if (!canShare(recipe, asked)) {
    const message = `${asked.map((kind) => recorderWords[kind]).join(' and ')} cannot share one load of the program: run them one after the other.`;
    findings.push(error('form.passes', recorderFields[asked[1] ?? 'nsight'], message));
  }
  return findings;
}

/** Recorders that lack what they need, by what the recipe says of them. */
export function checkNeeds(
  recipe: Recipe,
  asked: readonly RecorderKind[],
  form: LaunchForm,
  values: ReadonlyMap<string, string>,
): Finding[] {
  const kinds = form.perfectRouter ? [...asked, 'perfect-router' as const] : asked;
  return kinds.flatMap((kind) => {
    const needs = recipe.recorders[kind]?.needs;
    if (needs === undefined || needs.is.includes(values.get(needs.parameter) ?? '')) return [];
    const [field, what] =
      kind === 'perfect-router'
        ? ['perfectRouter', 'The perfect router']
        : [recorderFields[kind], recorderWords[kind]];
    return [error('form.passes', field, `${what} ${needs.words}.`)];
  });
}

/** Iterations that the run will do, when the recipe bounds them (0 = until all requests are done). */
function iterationLimit(recipe: Recipe, form: LaunchForm): number | undefined {
  const name = recipe.iterationsParameter;
  if (name === undefined) return undefined;
  const parameter = recipe.parameters.find((candidate) => candidate.name === name);
  const limit = Number(form.parameters[name] ?? parameter?.default ?? 0);
  return limit > 0 ? limit : undefined;
}

/** Recorders that are on, by what they do with a window. */
export interface WindowUse {
  /** Record nothing without one. */
  readonly need: readonly RecorderKind[];
  /** Record it where there is one. */
  readonly use: readonly RecorderKind[];
  /** Can record only one. */
  readonly one: readonly RecorderKind[];
}

export function checkWindow(
  recipe: Recipe,
  form: LaunchForm,
  parsed: WindowText,
  { need, use, one }: WindowUse,
): Finding[] {
  if (!parsed.ok) return [error('form.window', 'window', parsed.message)];
  const { spans } = parsed;
  const findings: Finding[] = [];
  const [recorder] = need;
  if (recorder !== undefined && spans.length === 0) {
    const message = `${recorderWords[recorder]} needs an iteration window: write first+count, for example ${recipe.defaultWindow === '' ? '100+20' : recipe.defaultWindow}.`;
    findings.push(error('form.window', 'window', message));
  }
  if (spans.length > 1 && use.includes('torch-trace')) {
    const message =
      'Several windows write to one trace file, so each would replace the one before: state one window.';
    findings.push(error('form.window', 'window', message));
  } else if (spans.length > 1 && one[0] !== undefined) {
    const message = `${recorderWords[one[0]]} takes exactly one range: state one window.`;
    findings.push(error('form.window', 'window', message));
  }
  const last = spans.at(-1)?.last;
  const limit = iterationLimit(recipe, form);
  if (last !== undefined && limit !== undefined) {
    // The recorder writes its files when the iteration after the window runs.
    const needed = last + (form.expertStatistics ? 2 : 1);
    if (needed > limit) {
      const message = `The window captures ${describeSpans(spans)}, but the run ends after ${limit} iterations (0 to ${(limit - 1).toString()})${form.expertStatistics ? ', and expert statistics are written one iteration after the window' : ''}: choose an earlier window or more iterations.`;
      findings.push(error('form.window', 'window', message));
    }
  }
  if (spans.length > 0 && use.length === 0) {
    const message =
      'Nothing records this window: switch on the PyTorch-profiler trace or the expert statistics.';
    findings.push(warning('window-unused', 'window', message));
  }
  if (spans[0]?.first === 0) {
    const message =
      'Iteration 0 includes first-touch costs: a window from iteration 10 on shows the steady state.';
    findings.push(warning('window-cold', 'window', message));
  }
  return [...findings, ...checkSwitches(form)];
}

function checkSwitches(form: LaunchForm): Finding[] {
  const findings: Finding[] = [];
  if (form.perfectRouter) {
    const message =
      'The perfect router spreads tokens evenly whatever they are: the output text is wrong. For analysis only.';
    findings.push(warning('perfect-router', 'perfectRouter', message));
  }
  if (form.torchTrace && form.expertStatistics) {
    const message =
      'Recording expert statistics costs time in every MoE layer, so the traced iterations are slower than without it.';
    findings.push({ severity: 'note', code: 'recorders-together', field: 'expertStatistics', message });
  }
  return findings;
}

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function checkEnvironment(form: LaunchForm, controlled: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const { name, value } of form.extraEnvironment) {
    const refuse = (message: string): void => {
      findings.push(error('form.environment', 'extraEnvironment', message));
    };
    if (!VARIABLE_NAME.test(name)) {
      refuse(
        `"${name}" is not a variable name: use letters, digits and underscores, not starting with a digit.`,
      );
    } else if (controlled.includes(name)) {
      refuse(`${name} is set by the switches of this form: remove it here.`);
    } else if (seen.has(name)) {
      refuse(`${name} is given twice: keep one.`);
    }
    if (value.includes('\0'))
      refuse(`The value of ${name} holds a NUL character, which no environment can carry.`);
    if (value === MASK) refuse(`The value of ${name} was a secret and was not kept: type it again.`);
    seen.add(name);
  }
  return findings;
}
