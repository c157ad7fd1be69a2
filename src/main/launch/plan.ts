// SPDX-License-Identifier: Apache-2.0
import type { Finding, IterationSpan, LaunchForm } from '#shared/contract/launch.ts';
import type { LaunchTarget } from '#shared/contract/target.ts';
import type { Recipe, Recorder } from '#shared/contract/recipe.ts';
import type { Era } from '#shared/contract/recipe-parameter.ts';
import { eraOf } from '#shared/contract/recipe-rules.ts';
import {
  checkEnvironment,
  checkNeeds,
  checkParameters,
  checkRecorders,
  checkWindow,
  type WindowUse,
} from './checks.ts';
import { parameterVariables, valuesOf, type Values } from './parameters.ts';
import { mergeOptions, yamlOptions } from './options-file.ts';
import { recordersOf } from './passes.ts';
import type { RecorderKind } from './recorder-words.ts';
import { RUN_FOLDER } from './run-folder.ts';
import { holds, planSteps, type LaunchPlaces, type PlannedStep } from './steps.ts';
import { fill } from './template.ts';
import type { Variable } from './variable.ts';
import { parseWindowText, startStopText } from './window-text.ts';

/**
 * From a form to the exact commands: pure, so that what the launcher shows while it is edited and what
 * runs are one and the same. Paths of what a program writes are relative to its working folder.
 */

/** Variables of TensorRT-LLM that forms decide about: what a shell holds of them is never inherited. */
export const controlledVariables = [
  'TLLM_PROFILE_START_STOP',
  'TLLM_TORCH_PROFILE_TRACE',
  'ENABLE_PERFECT_ROUTER',
  'EXPERT_STATISTIC_ITER_RANGE',
  'EXPERT_STATISTIC_PATH',
] as const;

export interface PlannedFile {
  /** Relative to the folder of artifacts. */
  readonly path: string;
  readonly text: string;
}

export interface LaunchPlan {
  readonly steps: readonly PlannedStep[];
  /** The step that does the work. */
  readonly main: PlannedStep;
  /** What every step gets that is no preparation, beyond what is inherited. */
  readonly environment: readonly Variable[];
  /** Variables that are never inherited. */
  readonly controlled: readonly string[];
  readonly spans: readonly IterationSpan[];
  /** Where their numbers count from. */
  readonly windowFrom: 'start' | 'load';
  readonly era: Era;
  /** What this load of the program records; only time where it is empty. */
  readonly recorders: readonly RecorderKind[];
  /** Files that are written into the run's folder of artifacts before its first step. */
  readonly files: readonly PlannedFile[];
  /** Where it runs. */
  readonly target: LaunchTarget;
  /** Of the installation that the steps read from. */
  readonly places: LaunchPlaces;
  /** A profiler or recorder is on: throughput of this run is not a measurement. */
  readonly profiled: boolean;
  readonly findings: readonly Finding[];
}

/** Whether a recorder of the form needs to be told iterations. */
function needsWindow(recipe: Recipe, kind: RecorderKind): boolean {
  return recipe.recorders[kind]?.window === 'iterations';
}

function windowUse(recipe: Recipe, asked: readonly RecorderKind[]): WindowUse {
  const use = asked.filter((kind) => recipe.recorders[kind]?.window !== 'all');
  return {
    need: use.filter((kind) => needsWindow(recipe, kind)),
    use,
    // Only the variable that lists them can hold several.
    one: use.filter((kind) => !JSON.stringify(recipe.recorders[kind] ?? {}).includes('{start-stop}')),
  };
}

function windowValues(spans: readonly IterationSpan[], era: Era): [string, string][] {
  const [first] = spans;
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return [];
  return [
    ['start-stop', startStopText(spans, era)],
    ['first', first.first.toString()],
    ['last', last.last.toString()],
    ['stop', (last.last + 1).toString()],
    ['count', (last.last + 1 - first.first).toString()],
    ['windowed', 'true'],
  ];
}

/** Several recorders may set one variable to the same value. */
function unique(variables: readonly Variable[]): Variable[] {
  return [...new Map(variables.map((variable) => [variable.name, variable])).values()];
}

function activeRecorders(recipe: Recipe, form: LaunchForm, spans: readonly IterationSpan[]): Recorder[] {
  const kinds = recordersOf(form).filter((kind) => spans.length > 0 || !needsWindow(recipe, kind));
  const all = form.perfectRouter ? [...kinds, 'perfect-router' as const] : kinds;
  return all.flatMap((kind) => recipe.recorders[kind] ?? []);
}

function controlledBy(recipe: Recipe): string[] {
  const byRecorders = Object.values(recipe.recorders).flatMap((recorder) => recorder?.environment ?? []);
  const byParameters = recipe.parameters.flatMap(({ variable }) => variable ?? []);
  return [...new Set([...controlledVariables, ...byRecorders.map(({ name }) => name), ...byParameters])];
}

interface Options {
  /** What the program is told to read; empty when it is told nothing. */
  readonly path: string;
  readonly files: readonly PlannedFile[];
  readonly findings: readonly Finding[];
}

/** The options file: the user's own, or a merged copy where parameters add to it. */
function planOptions(recipe: Recipe, values: Values, baseText: string): Options {
  const { yaml } = recipe;
  const base = yaml?.base === undefined ? '' : (values.get(yaml.base) ?? '');
  const options = yamlOptions(recipe, values);
  if (yaml === undefined || options.length === 0) return { path: base, files: [], findings: [] };
  const merged = mergeOptions(baseText, options);
  if (merged.ok) {
    return { path: yaml.file, files: [{ path: yaml.file, text: merged.text }], findings: [] };
  }
  const finding: Finding = { severity: 'error', code: 'form.parameter', message: merged.message };
  return {
    path: '',
    files: [],
    findings: [{ ...finding, ...(yaml.base === undefined ? {} : { field: yaml.base }) }],
  };
}

function recordingVariables(recorders: readonly Recorder[], values: Values): Variable[] {
  const variables = recorders
    .flatMap(({ environment }) => environment)
    .filter(({ when }) => when === undefined || holds(when, values));
  const filled = variables.map(({ name, value }) => ({ name, value: fill(value, values) }));
  return unique(filled.filter(({ value }) => value !== ''));
}

/**
 * The plan for one load of the program; findings of severity error mean that it must not be run. `optionsText` is
 * what the user's own options file holds.
 */
export function planLaunch(
  recipe: Recipe,
  form: LaunchForm,
  places: LaunchPlaces,
  optionsText = '',
): LaunchPlan {
  const era = eraOf(recipe, form.parameters);
  const parsed = parseWindowText(form.window);
  const spans = parsed.ok ? parsed.spans : [];
  const asked = recordersOf(form);
  const controlled = controlledBy(recipe);
  const given = valuesOf(recipe, form);
  const options = planOptions(recipe, given, optionsText);
  const values = new Map([
    ...given,
    ['assets', places.assetsFolder],
    ['options-file', options.path],
    ['folder', RUN_FOLDER],
    ...windowValues(spans, era),
  ]);
  const recorders = activeRecorders(recipe, form, spans);
  const recording = recordingVariables(recorders, values);
  const environment = [...parameterVariables(recipe, values), ...form.extraEnvironment];
  const steps = planSteps({ recipe, form, places, values, recorders, environment, recording });
  return {
    steps,
    main: mainStep(recipe, steps),
    environment: [...recording, ...environment],
    controlled,
    files: options.files,
    places,
    target: form.target ?? { kind: 'local' },
    spans,
    windowFrom: steps.some(({ opensWindow }) => opensWindow) ? 'load' : 'start',
    era,
    recorders: asked,
    profiled: asked.length > 0,
    findings: [
      ...checkParameters(recipe, form),
      ...checkRecorders(recipe, asked, form),
      ...checkNeeds(recipe, asked, form, values),
      ...checkWindow(recipe, form, parsed, windowUse(recipe, asked)),
      ...checkEnvironment(form, controlled),
      ...options.findings,
    ],
  };
}

function mainStep(recipe: Recipe, steps: readonly PlannedStep[]): PlannedStep {
  const named = steps.find(({ name }) => name === recipe.mainStep);
  const main = named ?? steps.find(({ role }) => role === 'load') ?? steps.at(-1);
  if (main === undefined) throw new RangeError('A recipe without a load passed its checks');
  return main;
}
