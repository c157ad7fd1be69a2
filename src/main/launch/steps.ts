// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm } from '#shared/contract/launch.ts';
import type {
  EndSignal,
  LogRule,
  Recipe,
  RecipeStep,
  Recorder,
  StepArgument,
} from '#shared/contract/recipe.ts';
import { nsysCommand } from './nsys.ts';
import { recordersOf } from './passes.ts';
import { optionOf, wordsOf, type Values } from './parameters.ts';
import { fill } from './template.ts';
import type { Variable } from './variable.ts';

/** From a recipe's steps to what exactly is started. */

/** Where the files of this installation are, and how its tools are spoken to. */
export interface LaunchPlaces {
  readonly assetsFolder: string;
  /** Of the programs that ship with Iterscope. */
  readonly nativeFolder: string;
  /** The path of a program that ships with Iterscope. */
  bundled(name: string): string;
  /** What the nsys that will record calls its option for GPU metrics. */
  readonly gpuMetricsOption: string;
}

/** Which of the installation's folders a step reads: they have to be there where it runs. */
export function neededFolders(
  { program, wraps, args }: Pick<PlannedStep, 'program' | 'wraps' | 'args'>,
  { nativeFolder, assetsFolder }: Pick<LaunchPlaces, 'nativeFolder' | 'assetsFolder'>,
): string[] {
  return [nativeFolder, assetsFolder].filter((folder) =>
    [program, wraps ?? '', ...args].some((word) => word.startsWith(`${folder}/`)),
  );
}

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
}

export interface PlannedStep {
  readonly name: string;
  readonly title: string;
  readonly role: RecipeStep['role'];
  /** An absolute path, or a name to be found in the folders of PATH. */
  readonly program: string;
  /** The program of the recipe where another one wraps it. */
  readonly wraps?: string;
  readonly args: readonly string[];
  /** All that this step gets beyond what is inherited. */
  readonly environment: readonly Variable[];
  /** The address that answers once a server is ready. */
  readonly ready?: Address;
  /** The address that has to answer before it begins: of a server that runs already. */
  readonly awaits?: Address;
  /** It asks a program that runs already to record from now on. */
  readonly opensWindow: boolean;
  readonly endSignal: EndSignal;
  readonly graceMs: number;
  readonly log: readonly LogRule[];
}

export interface StepParts {
  readonly recipe: Recipe;
  readonly form: LaunchForm;
  readonly places: LaunchPlaces;
  /** Of all parameters and places. */
  readonly values: Values;
  readonly recorders: readonly Recorder[];
  /** Given to every step. */
  readonly environment: readonly Variable[];
  /** What the recorders set. */
  readonly recording: readonly Variable[];
}

export function holds(
  { parameter, is }: { parameter: string; is: readonly string[] },
  values: Values,
): boolean {
  return is.includes(values.get(parameter) ?? '');
}

function argumentsOf(argument: StepArgument, { recipe, values }: StepParts): readonly string[] {
  if (typeof argument === 'string') return [fill(argument, values)];
  if ('words' in argument) return wordsOf(argument.words, values);
  if ('parameters' in argument) {
    return argument.parameters.flatMap((name) => {
      const parameter = recipe.parameters.find((known) => known.name === name);
      return parameter === undefined ? [] : optionOf(parameter, values);
    });
  }
  if ('options' in argument) {
    const path = values.get('options-file') ?? '';
    return recipe.yaml === undefined || path === '' ? [] : [recipe.yaml.argument, path];
  }
  const given =
    'when' in argument
      ? holds(argument.when, values) && (argument.and === undefined || holds(argument.and, values))
      : !holds(argument.unless, values);
  return given ? argument.args.map((arg) => fill(arg, values)) : [];
}

/** The step whose process a profiler wraps: the server where there is one, else the load. */
export function profiledStepOf(recipe: Recipe): string | undefined {
  const { steps, profiledStep } = recipe;
  return (
    profiledStep ??
    (steps.find(({ role }) => role === 'serve') ?? steps.find(({ role }) => role === 'load'))?.name
  );
}

function addressOf(
  { host, port, path, timeoutMs }: NonNullable<RecipeStep['ready']>,
  values: Values,
): Address {
  return { host: fill(host, values), port: Number(fill(port, values)), path, timeoutMs };
}

function plan(step: RecipeStep, parts: StepParts): PlannedStep {
  const { values, places, recorders, recording, environment } = parts;
  const { name, title, role, program, ready, awaits, endSignal, graceMs, log } = step;
  const isAwaited = awaits !== undefined && (awaits.when === undefined || holds(awaits.when, values));
  const records = role !== 'prepare';
  const own = step.environment.map((entry) => ({ name: entry.name, value: fill(entry.value, values) }));
  const extra = recorders
    .flatMap(({ args }) => args[name] ?? [])
    .flatMap((argument) => argumentsOf(argument, parts));
  return {
    name,
    title,
    role,
    program: program.kind === 'bundled' ? places.bundled(program.name) : fill(program.name, values),
    args: [...step.args.flatMap((argument) => argumentsOf(argument, parts)), ...extra],
    environment: [...own.filter(({ value }) => value !== ''), ...(records ? recording : []), ...environment],
    ...(ready === undefined ? {} : { ready: addressOf(ready, values) }),
    ...(isAwaited ? { awaits: addressOf(awaits, values) } : {}),
    opensWindow: step.recorder !== undefined,
    endSignal,
    graceMs,
    log,
  };
}

export function planSteps(parts: StepParts): PlannedStep[] {
  const { recipe, form, values } = parts;
  const profiled = form.nsight ? profiledStepOf(recipe) : undefined;
  return recipe.steps
    .filter(({ when }) => when === undefined || holds(when, values))
    .filter(({ recorder }) => recorder === undefined || recordersOf(form).some((kind) => kind === recorder))
    .map((step) => plan(step, parts))
    .map((step) => (step.name === profiled ? underNsys(step, parts) : step));
}

/** Finalising a report takes minutes, and it is done on SIGINT only. */
const NSYS_GRACE_MS = 600_000;

function underNsys(step: PlannedStep, { form, recipe, places }: StepParts): PlannedStep {
  const window = recipe.recorders.nsight?.window ?? 'iterations';
  const windowed = window === 'iterations' || (window === 'optional' && form.window.trim() !== '');
  const { program, args } = nsysCommand(form, { windowed, gpuMetricsOption: places.gpuMetricsOption }, step);
  return {
    ...step,
    program,
    args,
    wraps: step.program,
    endSignal: 'SIGINT',
    graceMs: Math.max(step.graceMs, NSYS_GRACE_MS),
  };
}
