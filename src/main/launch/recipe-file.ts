// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { recipe as schema, type Recipe, type StepArgument } from '#shared/contract/recipe.ts';
import { groupsOf, neededGroups, patternProblem } from './log-rules.ts';
import { fromV1 } from './recipe-v1.ts';
import { placesOf } from './template.ts';

/** Reading a recipe file: its form by the schema, then what a schema cannot say. */

export type RecipeReading =
  { readonly ok: true; readonly recipe: Recipe } | { readonly ok: false; readonly message: string };

/** Names that templates may hold beside parameters: everywhere, and where a recorder speaks. */
export const GENERAL_PLACES = ['assets', 'folder'] as const;
export const RECORDER_PLACES = ['start-stop', 'first', 'last', 'stop', 'count', 'windowed'] as const;

/** A recipe of any version; the message names the place in the file. */
export function readRecipe(file: unknown): RecipeReading {
  try {
    const version = z.object({ version: z.int() }).parse(file).version;
    if (version > 2) {
      const message = `it is of version ${version.toString()}: this Iterscope knows versions 1 and 2`;
      return { ok: false, message };
    }
    const recipe = version === 1 ? fromV1(file) : schema.parse(file);
    const [problem] = problemsOf(recipe);
    return problem === undefined ? { ok: true, recipe } : { ok: false, message: problem };
  } catch (thrown) {
    if (!(thrown instanceof z.ZodError)) throw thrown;
    const [issue] = thrown.issues;
    const place = issue?.path.join('.') ?? '';
    return {
      ok: false,
      message: `${place === '' ? 'at its top' : `at ${place}`}: ${issue?.message ?? 'unknown'}`,
    };
  }
}

function repeated(names: readonly string[], what: string): string[] {
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `two ${what} are named "${name}"`);
}

/** What the file says that does not fit together. */
function problemsOf(recipe: Recipe): string[] {
  const parameters = recipe.parameters.map(({ name }) => name);
  const steps = recipe.steps.map(({ name }) => name);
  return [
    ...repeated(parameters, 'parameters'),
    ...repeated(steps, 'steps'),
    ...roleProblems(recipe),
    ...referenceProblems(recipe, new Set(parameters)),
    ...deliveryProblems(recipe),
    ...ruleProblems(recipe),
    ...recorderProblems(recipe, new Set(parameters), new Set(steps)),
  ];
}

const ORDER = ['prepare', 'serve', 'load'] as const;

function roleProblems({ steps, profiledStep, mainStep }: Recipe): string[] {
  const problems: string[] = [];
  const places = steps.map(({ role }) => ORDER.indexOf(role));
  if (places.some((place, index) => place < (places[index - 1] ?? 0))) {
    problems.push('steps that prepare come first, then those that serve, then the load');
  }
  if (!steps.some(({ role }) => role === 'load')) problems.push('no step is the load');
  for (const { name, role, ready } of steps) {
    if ((role === 'serve') !== (ready !== undefined)) {
      problems.push(`step "${name}": "ready" says when a step that serves is ready; no other step has it`);
    }
  }
  for (const { name, role, awaits } of steps) {
    if (role === 'serve' && awaits !== undefined)
      problems.push(`step "${name}" serves: only a load or a preparation awaits another's server`);
  }
  if (mainStep !== undefined && !steps.some(({ name, role }) => name === mainStep && role === 'load')) {
    problems.push(`mainStep names no load: "${mainStep}"`);
  }
  if (profiledStep !== undefined && !steps.some(({ name }) => name === profiledStep)) {
    problems.push(`profiledStep names no step: "${profiledStep}"`);
  }
  return problems;
}

function namesIn(argument: StepArgument): string[] {
  if (typeof argument === 'string') return placesOf(argument);
  if ('parameters' in argument) return argument.parameters;
  if ('words' in argument) return [argument.words];
  if ('options' in argument) return [];
  const { parameter } = 'when' in argument ? argument.when : argument.unless;
  const and = 'when' in argument && argument.and !== undefined ? [argument.and.parameter] : [];
  return [parameter, ...and, ...argument.args.flatMap(placesOf)];
}

function referenceProblems(recipe: Recipe, parameters: ReadonlySet<string>): string[] {
  const problems = recipe.steps.flatMap((step) => {
    const { name, program, args, environment, when, recorder } = step;
    const known = new Set([
      ...parameters,
      ...GENERAL_PLACES,
      ...(recorder === undefined ? [] : RECORDER_PLACES),
    ]);
    const addresses = [step.ready, step.awaits].filter((address) => address !== undefined);
    const used = [
      ...(program.kind === 'named' ? placesOf(program.name) : []),
      ...args.flatMap(namesIn),
      ...environment.flatMap(({ value }) => placesOf(value)),
      ...(when === undefined ? [] : [when.parameter]),
      ...addresses.flatMap(({ port, host }) => [...placesOf(port), ...placesOf(host)]),
      ...(step.awaits?.when === undefined ? [] : [step.awaits.when.parameter]),
    ];
    return used
      .filter((place) => !known.has(place))
      .map((place) => `step "${name}" uses "${place}", which is no parameter`);
  });
  const named = [recipe.eraParameter, recipe.iterationsParameter, recipe.yaml?.base];
  named.push(...recipe.parameters.map(({ when }) => when?.parameter));
  for (const name of named) {
    if (name !== undefined && !parameters.has(name)) problems.push(`"${name}" is used, but is no parameter`);
  }
  return problems;
}

/** Every parameter has at most one way to the program, and an option is given to some step. */
function deliveryProblems(recipe: Recipe): string[] {
  const given = new Set(
    recipe.steps.flatMap(({ args }) =>
      args.flatMap((argument) =>
        typeof argument === 'object' && 'parameters' in argument ? argument.parameters : [],
      ),
    ),
  );
  return recipe.parameters.flatMap(({ name, argument, variable, yaml }) => {
    const ways = [argument, variable, yaml].filter((way) => way !== undefined).length;
    if (ways > 1) return [`parameter "${name}" has more than one of argument, variable and yaml`];
    if (yaml !== undefined && recipe.yaml === undefined)
      return [`parameter "${name}" has a yaml key, but the recipe has no yaml file`];
    if (argument !== undefined && !given.has(name))
      return [`parameter "${name}" has an option that no step is given`];
    return [];
  });
}

function ruleProblems(recipe: Recipe): string[] {
  const problems = recipe.steps.flatMap(({ name: step, log }) =>
    log.flatMap((rule) => {
      if (rule.means === 'iteration') return [];
      const problem = patternProblem(rule.pattern);
      if (problem !== null) return [`log rule "${rule.name}" of step "${step}": ${problem}`];
      const groups = groupsOf(rule.pattern);
      return neededGroups(rule)
        .filter((group) => !groups.includes(group))
        .map((group) => `log rule "${rule.name}" of step "${step}" lacks a group named "${group}"`);
    }),
  );
  for (const parameter of recipe.parameters) {
    if (parameter.type !== 'text' || parameter.format === undefined) continue;
    const problem = patternProblem(parameter.format.pattern);
    if (problem !== null) problems.push(`the format of parameter "${parameter.name}": ${problem}`);
  }
  return problems;
}

function recorderProblems(
  recipe: Recipe,
  parameters: ReadonlySet<string>,
  steps: ReadonlySet<string>,
): string[] {
  const known = new Set([...parameters, ...GENERAL_PLACES, ...RECORDER_PLACES]);
  return Object.entries(recipe.recorders).flatMap(([kind, recorder]) => {
    if (recorder === undefined) return [];
    const { environment, args, needs } = recorder;
    const used = [
      ...environment.flatMap(({ value, when }) => [...placesOf(value), ...(when ? [when.parameter] : [])]),
      ...(needs === undefined ? [] : [needs.parameter]),
      ...Object.values(args).flat().flatMap(namesIn),
    ];
    return [
      ...used
        .filter((place) => !known.has(place))
        .map((place) => `recorder "${kind}" uses "${place}", which is no parameter`),
      ...Object.keys(args)
        .filter((step) => !steps.has(step))
        .map((step) => `recorder "${kind}" gives arguments to "${step}", which is no step`),
    ];
  });
}
