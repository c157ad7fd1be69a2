// SPDX-License-Identifier: Apache-2.0
import type { EndSignal, Era, Recipe } from '#shared/contract/recipe.ts';
import type { Finding, IterationSpan, LaunchForm, LaunchPreview } from '#shared/contract/launch.ts';
import { checkEnvironment, checkParameters, checkWindow } from './checks.ts';
import { isSecretName, maskEntry } from './secrets.ts';
import { shellText } from './shell.ts';
import { parseWindowText, startStopText } from './window-text.ts';

/**
 * From a form to the exact command: pure, so that what the launcher shows while it is edited and what
 * runs are one and the same. Paths of what the program writes are relative to its working folder.
 */

/** Variables that the form decides about: what a shell holds of them is never inherited. */
export const controlledVariables = [
  'TLLM_PROFILE_START_STOP',
  'TLLM_TORCH_PROFILE_TRACE',
  'ENABLE_PERFECT_ROUTER',
  'EXPERT_STATISTIC_ITER_RANGE',
  'EXPERT_STATISTIC_PATH',
] as const;

export interface Variable {
  readonly name: string;
  readonly value: string;
}

export interface LaunchPlan {
  readonly args: readonly string[];
  readonly environment: readonly Variable[];
  readonly spans: readonly IterationSpan[];
  readonly era: Era;
  /** A profiler or recorder is on: throughput of this run is not a measurement. */
  readonly profiled: boolean;
  /** How the run is asked to end, and how long it then has. */
  readonly endSignal: EndSignal;
  readonly graceMs: number;
  readonly findings: readonly Finding[];
}

function eraOf(recipe: Recipe, form: LaunchForm): Era {
  const chosen = form.parameters[recipe.eraParameter];
  return chosen === 'e2' || chosen === 'e3' ? chosen : 'e1';
}

/** Expert statistics cover the half-open range [first, last + 1). */
function statisticRange(spans: readonly IterationSpan[]): string | undefined {
  const [first] = spans;
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return `${first.first}-${(last.last + 1).toString()}`;
}

function profilingVariables(form: LaunchForm, spans: readonly IterationSpan[], era: Era): Variable[] {
  const variables: Variable[] = [];
  if (form.torchTrace && spans.length > 0) {
    variables.push(
      { name: 'TLLM_PROFILE_START_STOP', value: startStopText(spans, era) },
      { name: 'TLLM_TORCH_PROFILE_TRACE', value: 'trace.json' },
    );
  }
  const range = statisticRange(spans);
  if (form.expertStatistics && range !== undefined) {
    variables.push(
      { name: 'EXPERT_STATISTIC_ITER_RANGE', value: range },
      { name: 'EXPERT_STATISTIC_PATH', value: 'expert_statistic' },
    );
  }
  if (form.perfectRouter) variables.push({ name: 'ENABLE_PERFECT_ROUTER', value: '1' });
  return variables;
}

function parameterArguments(recipe: Recipe, form: LaunchForm): string[] {
  return recipe.parameters.flatMap((parameter) => {
    const value = form.parameters[parameter.name] ?? parameter.default;
    if (parameter.type === 'path' && String(value).trim() === '') return [];
    return [parameter.argument, String(value)];
  });
}

/** The plan for a form; findings of severity error mean that it must not be run. */
export function planLaunch(recipe: Recipe, form: LaunchForm): LaunchPlan {
  const era = eraOf(recipe, form);
  const parsed = parseWindowText(form.window);
  const spans = parsed.ok ? parsed.spans : [];
  return {
    args: [...parameterArguments(recipe, form), ...recipe.fixedArguments],
    environment: [...profilingVariables(form, spans, era), ...form.extraEnvironment],
    spans,
    era,
    profiled: form.torchTrace || form.expertStatistics,
    endSignal: recipe.endSignal,
    graceMs: recipe.graceMs,
    findings: [
      ...checkParameters(recipe, form),
      ...checkWindow(recipe, form, parsed),
      ...checkEnvironment(form, controlledVariables),
    ],
  };
}

/** What the launcher shows of a plan. `inherited` are the names that the application's own environment holds. */
export function previewLaunch(
  plan: LaunchPlan,
  program: string,
  inherited: ReadonlySet<string>,
): LaunchPreview {
  const set = new Set(plan.environment.map(({ name }) => name));
  return {
    shell: shellText({
      program,
      args: plan.args,
      environment: plan.environment.map((entry) => ({ ...entry, secret: isSecretName(entry.name) })),
      unset: controlledVariables.filter((name) => inherited.has(name) && !set.has(name)),
    }),
    environment: plan.environment.map(maskEntry),
    spans: [...plan.spans],
    findings: [...plan.findings],
    runnable: !plan.findings.some(({ severity }) => severity === 'error'),
  };
}
