// SPDX-License-Identifier: Apache-2.0
import type { Finding, LaunchForm } from '#shared/contract/launch.ts';
import type { Recipe, RecipeParameter } from '#shared/contract/recipe.ts';
import { MASK } from './secrets.ts';
import type { WindowText } from './window-text.ts';
import { describeSpans } from './window-text.ts';

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

export function checkParameters(recipe: Recipe, form: LaunchForm): Finding[] {
  const findings: Finding[] = [];
  for (const parameter of recipe.parameters) {
    const value = form.parameters[parameter.name] ?? parameter.default;
    if (parameter.type === 'choice') {
      const choices = parameter.choices.map((choice) => choice.value);
      if (choices.includes(String(value))) continue;
      const message = `${parameter.label} is "${String(value)}": choose one of ${choices.join(', ')}.`;
      findings.push(error('form.parameter', parameter.name, message));
    } else if (parameter.type === 'path') {
      if (String(value).trim() === '' || String(value).startsWith('/')) continue;
      const message = `${parameter.label} is "${String(value)}": give the whole path, since the run works in a folder of its own.`;
      findings.push(error('form.parameter', parameter.name, message));
    } else {
      const message = checkNumber(parameter, value);
      if (message !== null) findings.push(error('form.parameter', parameter.name, message));
    }
  }
  const known = new Set(recipe.parameters.map(({ name }) => name));
  for (const name of Object.keys(form.parameters)) {
    if (known.has(name)) continue;
    const message = `The recipe "${recipe.title}" has no parameter "${name}": it knows ${[...known].join(', ')}.`;
    findings.push(error('form.parameter', name, message));
  }
  return findings;
}

/** Iterations that the run will do, when the recipe bounds them (0 = until all requests are done). */
function iterationLimit(recipe: Recipe, form: LaunchForm): number | undefined {
  const name = recipe.iterationsParameter;
  if (name === undefined) return undefined;
  const parameter = recipe.parameters.find((candidate) => candidate.name === name);
  const limit = Number(form.parameters[name] ?? parameter?.default ?? 0);
  return limit > 0 ? limit : undefined;
}

export function checkWindow(recipe: Recipe, form: LaunchForm, parsed: WindowText): Finding[] {
  if (!parsed.ok) return [error('form.window', 'window', parsed.message)];
  const { spans } = parsed;
  const findings: Finding[] = [];
  const recorder = form.torchTrace
    ? 'A PyTorch-profiler trace'
    : form.expertStatistics
      ? 'Recording expert statistics'
      : null;
  if (recorder !== null && spans.length === 0) {
    const message = `${recorder} needs an iteration window: write first+count, for example ${recipe.defaultWindow}.`;
    findings.push(error('form.window', 'window', message));
  }
  if (spans.length > 1 && form.torchTrace) {
    const message =
      'Several windows write to one trace file, so each would replace the one before: state one window.';
    findings.push(error('form.window', 'window', message));
  } else if (spans.length > 1 && form.expertStatistics) {
    const message = 'Expert statistics are recorded over exactly one range: state one window.';
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
  if (spans.length > 0 && recorder === null) {
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
