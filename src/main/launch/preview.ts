// SPDX-License-Identifier: Apache-2.0
import type {
  Finding,
  LaunchForm,
  LaunchPreview,
  OptionsChange,
  PassEstimate,
} from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { lineChanges } from './options-file.ts';
import { planPasses, type Pass } from './passes.ts';
import { planLaunch, type LaunchPlan } from './plan.ts';
import { passScript, stepCommand } from './script.ts';
import { maskEntry } from './secrets.ts';
import type { LaunchPlaces } from './steps.ts';

/** What the launcher shows of a form: its passes, their commands, and what was found. */

export interface PreviewParts {
  readonly places: LaunchPlaces;
  /** The names that the application's own environment holds. */
  readonly inherited: ReadonlySet<string>;
  /** What the user's own options file holds. */
  readonly optionsText: string;
  estimate(pass: Pass): PassEstimate;
}

interface PlannedPass {
  readonly pass: Pass;
  readonly plan: LaunchPlan;
}

/** Passes share most findings: each is told once. */
function findingsOf(passes: readonly PlannedPass[]): Finding[] {
  const all = passes.flatMap(({ plan }) => plan.findings);
  return [...new Map(all.map((finding) => [`${finding.field ?? ''} ${finding.message}`, finding])).values()];
}

function optionsOf(recipe: Recipe, form: LaunchForm, plan: LaunchPlan, before: string): OptionsChange | null {
  const [file] = plan.files;
  if (file === undefined || recipe.yaml === undefined) return null;
  const base = recipe.yaml.base === undefined ? '' : String(form.parameters[recipe.yaml.base] ?? '').trim();
  return { base: base === '' ? null : base, file: file.path, lines: lineChanges(before, file.text) };
}

export function previewLaunch(recipe: Recipe, form: LaunchForm, parts: PreviewParts): LaunchPreview {
  const { places, inherited, optionsText } = parts;
  const passes = planPasses(recipe, form).map((pass) => ({
    pass,
    plan: planLaunch(recipe, pass.form, places, optionsText),
  }));
  const findings = findingsOf(passes);
  const [first] = passes;
  const spans = passes.find(({ plan }) => plan.spans.length > 0)?.plan.spans ?? [];
  return {
    shell: first === undefined ? '' : stepCommand(first.plan, first.plan.main, inherited),
    passes: passes.map(({ pass, plan }) => ({
      kinds: [...pass.kinds],
      title: pass.title,
      why: pass.why,
      steps: plan.steps.map((step) => ({
        title: step.title,
        role: step.role,
        shell: stepCommand(plan, step, inherited),
      })),
      script: passScript(
        plan,
        `${recipe.title}, ${pass.title}`,
        `${recipe.id}-${pass.kinds.join('-')}`,
        inherited,
      ),
      estimate: parts.estimate(pass),
    })),
    options: first === undefined ? null : optionsOf(recipe, form, first.plan, optionsText),
    environment: (first?.plan.environment ?? []).map(maskEntry),
    spans: [...spans],
    findings,
    runnable: !findings.some(({ severity }) => severity === 'error'),
  };
}
