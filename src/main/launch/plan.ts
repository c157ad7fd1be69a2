// SPDX-License-Identifier: Apache-2.0
import type { Finding, IterationSpan, LaunchForm, LaunchPreview } from '#shared/contract/launch.ts';
import type { PassKind, Recipe, Recorder } from '#shared/contract/recipe.ts';
import type { Era } from '#shared/contract/recipe-parameter.ts';
import { checkEnvironment, checkParameters, checkRecorders, checkWindow } from './checks.ts';
import { eraOf, parameterVariables, valuesOf } from './parameters.ts';
import { isSecretName, maskEntry } from './secrets.ts';
import { shellText } from './shell.ts';
import { planSteps, type LaunchPlaces, type PlannedStep } from './steps.ts';
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

export interface LaunchPlan {
  readonly steps: readonly PlannedStep[];
  /** The step that does the work. */
  readonly main: PlannedStep;
  /** What every step gets that is no preparation, beyond what is inherited. */
  readonly environment: readonly Variable[];
  /** Variables that are never inherited. */
  readonly controlled: readonly string[];
  readonly spans: readonly IterationSpan[];
  readonly era: Era;
  /** What this load of the program records; only time where it is empty. */
  readonly recorders: readonly PassKind[];
  /** A profiler or recorder is on: throughput of this run is not a measurement. */
  readonly profiled: boolean;
  readonly findings: readonly Finding[];
}

/** The recorders that a form switches on, in the order in which they are told of. */
export function recordersOf(form: LaunchForm): Exclude<PassKind, 'timing'>[] {
  const kinds: Exclude<PassKind, 'timing'>[] = [];
  if (form.nsight) kinds.push('nsight');
  if (form.torchTrace) kinds.push('torch-trace');
  if (form.expertStatistics) kinds.push('expert-statistics');
  return kinds;
}

/** Whether a recorder of the form needs to be told iterations. */
function needsWindow(recipe: Recipe, kind: Exclude<PassKind, 'timing'>): boolean {
  return recipe.recorders[kind]?.window === 'iterations';
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

/** The plan for one load of the program; findings of severity error mean that it must not be run. */
export function planLaunch(recipe: Recipe, form: LaunchForm, places: LaunchPlaces): LaunchPlan {
  const era = eraOf(recipe, form);
  const parsed = parseWindowText(form.window);
  const spans = parsed.ok ? parsed.spans : [];
  const controlled = controlledBy(recipe);
  const values = new Map([
    ...valuesOf(recipe, form),
    ['assets', places.assetsFolder],
    ...windowValues(spans, era),
  ]);
  const recorders = activeRecorders(recipe, form, spans);
  const recording = unique(
    recorders.flatMap(({ environment }) =>
      environment.map(({ name, value }) => ({ name, value: fill(value, values) })),
    ),
  );
  const environment = [...parameterVariables(recipe, values), ...form.extraEnvironment];
  const steps = planSteps({ recipe, form, places, values, recorders, environment, recording });
  return {
    steps,
    main: mainStep(steps),
    environment: [...recording, ...environment],
    controlled,
    spans,
    era,
    recorders: recordersOf(form),
    profiled: recordersOf(form).length > 0,
    findings: [
      ...checkParameters(recipe, form),
      ...checkRecorders(recipe, recordersOf(form), form),
      ...checkWindow(
        recipe,
        form,
        parsed,
        recordersOf(form).filter((kind) => needsWindow(recipe, kind)),
      ),
      ...checkEnvironment(form, controlled),
    ],
  };
}

function mainStep(steps: readonly PlannedStep[]): PlannedStep {
  const main = steps.find(({ role }) => role === 'load') ?? steps.at(-1);
  if (main === undefined) throw new RangeError('A recipe without a load passed its checks');
  return main;
}

/** What the launcher shows of a plan. `inherited` are the names that the application's own environment holds. */
export function previewLaunch(plan: LaunchPlan, inherited: ReadonlySet<string>): LaunchPreview {
  const set = new Set(plan.main.environment.map(({ name }) => name));
  return {
    shell: shellText({
      program: plan.main.program,
      args: plan.main.args,
      environment: plan.main.environment.map((entry) => ({ ...entry, secret: isSecretName(entry.name) })),
      unset: plan.controlled.filter((name) => inherited.has(name) && !set.has(name)),
    }),
    environment: plan.environment.map(maskEntry),
    spans: [...plan.spans],
    findings: [...plan.findings],
    runnable: !plan.findings.some(({ severity }) => severity === 'error'),
  };
}
