// SPDX-License-Identifier: Apache-2.0
import type { LaunchCheck, LaunchForm } from '#shared/contract/launch.ts';
import { eraOf } from '#shared/contract/recipe-rules.ts';
import { estimatePass, seenIterations } from '../launch/estimate.ts';
import { valuesOf } from '../launch/parameters.ts';
import { planPasses } from '../launch/passes.ts';
import { planLaunch } from '../launch/plan.ts';
import { preflight } from '../launch/preflight/index.ts';
import type { LaunchFacts, PreflightInput } from '../launch/preflight/facts.ts';
import { describeFacts } from '../launch/preflight/describe.ts';
import type { Gpus } from '../ports/gpus.ts';
import type { FlagService } from './flags.ts';
import type { LaunchPlanner, LaunchPlannerParts } from './launch-planner.ts';
import { anyFreePort, countersRestricted, diskFree, portIsFree } from './probe/machine.ts';
import { modelFacts, placementSlots } from './probe/model.ts';
import { findProgram, pathState } from './probe/programs.ts';
import { cudaRuntime, packageFolders, tensorrtLlm } from './probe/python.ts';

export interface LaunchCheckParts extends LaunchPlannerParts {
  readonly planner: LaunchPlanner;
  readonly flags: FlagService;
  readonly gpus: Gpus;
}

type Question = Omit<PreflightInput, 'facts'>;

/** The pre-flight: asks the machine what a launch needs to know, then applies the rules. */
export class LaunchCheckService {
  readonly #parts: LaunchCheckParts;

  constructor(parts: LaunchCheckParts) {
    this.#parts = parts;
  }

  async check(form: LaunchForm): Promise<LaunchCheck> {
    const question = await this.#question(form);
    const input = { ...question, facts: await this.#facts(question) };
    const findings = preflight(input, await this.#parts.flags.list());
    return { findings, facts: describeFacts(input) };
  }

  async #question(form: LaunchForm): Promise<Question> {
    const { recipes, library, planner } = this.#parts;
    const recipe = await recipes.get(form.recipeId);
    const passes = planPasses(recipe, form);
    const { runs } = await library.list();
    const places = await planner.placesFor(form);
    const optionsText = await planner.optionsText(recipe, form);
    const bytes = passes.map(({ kinds }) => estimatePass(runs, recipe.id, kinds).bytes);
    return {
      recipe,
      form,
      passes,
      steps: passes.flatMap((pass) => planLaunch(recipe, pass.form, places, optionsText).steps),
      optionsText,
      seenIterations: seenIterations(runs, recipe, form),
      values: valuesOf(recipe, form),
      era: eraOf(recipe, form.parameters),
      expectedBytes: bytes.every((size) => size === null)
        ? null
        : bytes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
    };
  }

  async #facts({ form, steps, recipe, values, passes }: Question): Promise<LaunchFacts> {
    const { environment, gpus, nsys, platform } = this.#parts;
    const path = environment['PATH'] ?? '';
    const sameFiles = form.target?.kind !== 'container';
    const programs = new Map<string, string | null>();
    for (const { program, wraps } of steps)
      programs.set(wraps ?? program, await findProgram(wraps ?? program, path));
    const paths: LaunchFacts['paths'] = new Map(
      await Promise.all(
        recipe.parameters
          .map(({ name }) => values.get(name) ?? '')
          .filter((value) => value.startsWith('/'))
          .map(async (value) => [value, await pathState(value)] as const),
      ),
    );
    const folders = sameFiles ? await this.#packages([...programs.values()]) : [];
    const given = values.get('model-path') ?? '';
    const model = given === '' ? (values.get('model') ?? '') : given;
    const nsight = passes.some(({ kinds }) => kinds.includes('nsight'));
    return {
      sameFiles,
      programs,
      paths,
      diskFreeBytes: await diskFree(platform.dataFolder),
      gpus: await gpus.sample(),
      ...(await portFacts(steps)),
      // The one in a container speaks for itself.
      nsys: nsight && sameFiles ? await nsys.facts() : null,
      cudaRuntime: await cudaRuntime(folders),
      countersRestricted: await countersRestricted(),
      isAdministrator: process.getuid?.() === 0,
      tensorrtLlm: await tensorrtLlm(folders),
      model: model.startsWith('/') ? await modelFacts(model) : null,
      placementSlots: await placementSlots(values.get('load-balancer') ?? ''),
      inherited: new Map(
        Object.entries(environment).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value] as const],
        ),
      ),
    };
  }

  /** Folders of packages of the Pythons that steps start. */
  async #packages(programs: readonly (string | null)[]): Promise<string[]> {
    const known = programs.filter((program) => program !== null);
    const found = await Promise.all(known.map((program) => packageFolders(program)));
    return [...new Set(found.flat())];
  }
}

async function portFacts(steps: PreflightInput['steps']): Promise<Pick<LaunchFacts, 'ports' | 'freePort'>> {
  const ready = steps
    .flatMap(({ ready: own, awaits }) => own ?? awaits ?? [])
    .filter(({ port }) => Number.isInteger(port) && port > 0);
  const ports = new Map<number, boolean>();
  for (const { port, host } of ready) ports.set(port, await portIsFree(port, host));
  return { ports, freePort: [...ports.values()].includes(false) ? await anyFreePort() : null };
}
