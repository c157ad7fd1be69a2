// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import type { Finding, LaunchForm, LaunchPreview } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { estimatePass } from '../launch/estimate.ts';
import { planPasses } from '../launch/passes.ts';
import { planLaunch, type LaunchPlan } from '../launch/plan.ts';
import { previewLaunch } from '../launch/preview.ts';
import type { LaunchPlaces } from '../launch/steps.ts';
import type { Platform } from '../ports/platform.ts';
import { readText } from './files.ts';
import { gpuMetricsOption } from '../launch/nsys.ts';
import type { Library } from './library.ts';
import type { NsysProbe } from './probe/nsys.ts';
import type { RecipeService } from './recipes.ts';

export interface LaunchPlannerParts {
  readonly platform: Platform;
  readonly library: Library;
  readonly recipes: RecipeService;
  readonly nsys: NsysProbe;
  /** The environment that runs start from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface PlannedForm {
  readonly form: LaunchForm;
  readonly recipe: Recipe;
  readonly plan: LaunchPlan;
}

/** The user's own options file, which plans build upon. */
interface OptionsText {
  readonly text: string;
  readonly problem: Finding | undefined;
}

/** Plans forms with what only a service can know: where programs lie, what files hold, what earlier runs took. */
export class LaunchPlanner {
  readonly #parts: LaunchPlannerParts;

  constructor(parts: LaunchPlannerParts) {
    this.#parts = parts;
  }

  async preview(form: LaunchForm): Promise<LaunchPreview> {
    const { recipes, library, environment } = this.#parts;
    const recipe = await recipes.get(form.recipeId);
    const options = await readOptions(recipe, form);
    const { runs } = await library.list();
    const preview = previewLaunch(recipe, form, {
      places: await this.placesFor(form),
      inherited: new Set(Object.keys(environment).filter((name) => environment[name] !== undefined)),
      optionsText: options.text,
      estimate: ({ kinds }) => estimatePass(runs, recipe.id, kinds),
    });
    if (options.problem === undefined) return preview;
    return { ...preview, findings: [...preview.findings, options.problem], runnable: false };
  }

  /** What the user's own options file holds; nothing where it cannot be read, which the preview tells. */
  async optionsText(recipe: Recipe, form: LaunchForm): Promise<string> {
    return (await readOptions(recipe, form)).text;
  }

  /** The plan of one load of the program. Throws what keeps it from running. */
  async plan(form: LaunchForm): Promise<PlannedForm> {
    const recipe = await this.#parts.recipes.get(form.recipeId);
    const { text, problem } = await readOptions(recipe, form);
    const plan = planLaunch(recipe, form, await this.placesFor(form), text);
    const refused = problem ?? plan.findings.find(({ severity }) => severity === 'error');
    if (refused !== undefined) throw formError(refused);
    return { form, recipe, plan };
  }

  /** The plans of all passes of a form. Throws before any could run. */
  async planAll(form: LaunchForm): Promise<PlannedForm[]> {
    const recipe = await this.#parts.recipes.get(form.recipeId);
    return Promise.all(planPasses(recipe, form).map((pass) => this.plan(pass.form)));
  }

  /** nsys is asked only where the form needs to know; the one in a container speaks for itself. */
  async placesFor({ nsight, nsightOptions, target }: LaunchForm): Promise<LaunchPlaces> {
    const { nsys, platform } = this.#parts;
    const isAsked = nsight && nsightOptions.gpuMetrics && target?.kind !== 'container';
    const help = isAsked ? ((await nsys.facts())?.help ?? null) : null;
    return {
      gpuMetricsOption: gpuMetricsOption(help),
      assetsFolder: platform.assetsFolder,
      nativeFolder: platform.nativeFolder,
      bundled: (name) => join(platform.nativeFolder, platform.programFile(name)),
    };
  }
}

/** Far more than options take. */
const MOST_OPTIONS_BYTES = 1024 ** 2;

async function readOptions(recipe: Recipe, form: LaunchForm): Promise<OptionsText> {
  const name = recipe.yaml?.base;
  const path = name === undefined ? '' : String(form.parameters[name] ?? '').trim();
  if (name === undefined || !path.startsWith('/')) return { text: '', problem: undefined };
  try {
    return { text: await readText(path, MOST_OPTIONS_BYTES), problem: undefined };
  } catch {
    const message = `The options file ${path} cannot be read: give the path of a YAML file of at most 1 MiB that you may read, or none.`;
    return { text: '', problem: { severity: 'error', code: 'form.parameter', field: name, message } };
  }
}

function formError({ code, message, field }: Finding): IterscopeError {
  const known =
    code === 'form.window' || code === 'form.environment' || code === 'form.passes' ? code : 'form.parameter';
  return new IterscopeError({ code: known, message, ...(field === undefined ? {} : { field }) });
}
