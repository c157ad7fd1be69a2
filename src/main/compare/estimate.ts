// SPDX-License-Identifier: Apache-2.0
import type { ComparisonPlan, ComparisonRequest } from '#shared/contract/comparison.ts';
import type { PlannedPass } from '#shared/contract/comparison-pass.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { differencesOf } from './differences.ts';
import { medianOf } from './bootstrap.ts';

/** What the passes of a comparison will take, by what runs of the same recipe took. A guess that names its ground. */

export interface PastRun {
  readonly form: LaunchForm;
  readonly profiled: boolean;
  readonly wallMs: number;
  readonly bytes: number;
}

/** From a run's first step to its end: preparing data and loading the model are part of it, in whichever step. */
function wallMsOf({ startedAt, endedAt, exit }: RunManifest): number | null {
  const ms =
    startedAt === undefined || endedAt === undefined ? NaN : Date.parse(endedAt) - Date.parse(startedAt);
  return ms > 0 ? ms : (exit?.wallMs ?? null);
}

/** A run that ended well, as one to estimate from; none of any other. */
export function pastRun(run: RunManifest): PastRun[] {
  const wallMs = wallMsOf(run);
  if (run.state !== 'ready' || wallMs === null) return [];
  const bytes = run.artifacts.reduce((sum, artifact) => sum + artifact.bytes, 0);
  return [{ form: run.form, profiled: run.profiled, wallMs, bytes }];
}

interface PassEstimate {
  readonly wallMs: number;
  readonly bytes: number;
  /** Earlier runs with the same parameters, or only of the same recipe. */
  readonly same: boolean;
}

function estimatePass(form: LaunchForm, profiled: boolean, past: readonly PastRun[]): PassEstimate | null {
  const ofRecipe = past.filter(({ form: { recipeId } }) => recipeId === form.recipeId);
  const alike = ofRecipe.filter((run) => run.profiled === profiled);
  const same = alike.filter((run) => differencesOf(run.form, form).length === 0);
  const found = [same, alike, ofRecipe].find((runs) => runs.length > 0);
  if (found === undefined) return null;
  return {
    wallMs: medianOf(found.map(({ wallMs }) => wallMs)),
    bytes: medianOf(found.map(({ bytes }) => bytes)),
    same: found === same,
  };
}

/** Time and disk of all passes; null where no run of the recipe has ended well yet. */
export function estimatePasses(
  request: Pick<ComparisonRequest, 'a' | 'b'>,
  passes: readonly PlannedPass[],
  past: readonly PastRun[],
): ComparisonPlan['estimate'] {
  const estimates = passes.map(({ arm, purpose }) =>
    estimatePass(request[arm].form, purpose === 'profile', past),
  );
  const known = estimates.filter((estimate) => estimate !== null);
  if (known.length < passes.length) return null;
  const rough = known.filter(({ same }) => !same).length;
  return {
    totalMs: known.reduce((sum, { wallMs }) => sum + wallMs, 0),
    bytes: known.reduce((sum, { bytes }) => sum + bytes, 0),
    basis:
      rough === 0
        ? 'From earlier runs with the same parameters; loading the model counts in every pass.'
        : 'A rough guess: from earlier runs of this recipe with other parameters; loading the model counts in every pass.',
  };
}
