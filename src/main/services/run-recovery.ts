// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { IterscopeError, toFailure } from '#shared/base/errors.ts';
import {
  endStates,
  type Artifact,
  type RunExit,
  type RunManifest,
  type RunStep,
} from '#shared/contract/run.ts';
import { iterationTimesOf } from './iteration-times.ts';
import type { RecipeService } from './recipes.ts';
import { isTrace } from './artifacts.ts';
import { endedWell } from './run-end.ts';
import type { RunLifeParts } from './run-life.ts';
import { captureOf, collectRun, iterationLinesOf, readTraces } from './run-reading.ts';
import { stepsOf } from './library.ts';
import { processName } from './steps/run-steps.ts';

/** Runs whose end nobody saw: found at the next start, and read when the user asks. */

/** What is waited for at the start. */
const RECOVERY_MS = 5_000;

export interface RecoveryParts extends RunLifeParts {
  readonly recipes: RecipeService;
}

/**
 * Takes over every run that has no end and no living owner: ends what is left of it, or waits for its
 * supervisor to do so, and marks it as interrupted. One that cannot be taken over says why and keeps no
 * other from it, and what takes longer than `mostMs` goes on after this has resolved.
 */
export async function recoverRuns(parts: RecoveryParts, mostMs = RECOVERY_MS): Promise<void> {
  const { runs } = await parts.library.list();
  const unfinished = runs.filter(({ state }) => !endStates.has(state));
  const recovered = Promise.all(
    unfinished.map(async (run) => {
      if (!(await parts.library.isOwned(run.id))) await recoverRun(parts, run);
    }),
  );
  // A process that cannot be ended, or a profiler that finalises for minutes, keeps nobody from starting.
  const done = new AbortController();
  await Promise.race([
    recovered,
    setTimeout(mostMs, undefined, { signal: done.signal }).catch(() => undefined),
  ]);
  done.abort();
}

async function recoverRun(parts: RecoveryParts, run: RunManifest): Promise<void> {
  const { library, recipes, events } = parts;
  try {
    const { exit, steps } = await endSteps(parts, run);
    const found = await recipes
      .get(run.form.recipeId)
      .then((recipe) => collectRun(library, recipe, { ...run, ...steps }))
      .catch(() => ({}));
    const endedAt = await lastSignOfLife(parts, run);
    const recovered = { ...run, ...steps, ...found, state: 'interrupted', endedAt } as const;
    const manifest: RunManifest = exit === undefined ? recovered : { ...recovered, exit };
    await library.write(manifest);
    await library.unlock(run.id);
    events.changed(library.summaryOf(manifest));
  } catch (thrown) {
    // It stays as it is on disk, for the next start to try again.
    events.changed(library.summaryOf({ ...run, state: 'interrupted', failure: toFailure(thrown) }));
  }
}

/** Ends what is left of every step; how the work ended, and every step's own end, where that was seen. */
async function endSteps(
  { library, targetOf }: RecoveryParts,
  run: RunManifest,
): Promise<{ exit: RunExit | undefined; steps: Pick<RunManifest, 'steps'> }> {
  const target = targetOf(run.target);
  const end = (step?: string): Promise<RunExit | undefined> =>
    target.endLeftovers({
      name: processName(run.id, step),
      processFolder: library.processFolderOf(run.id, step),
    });
  if (run.steps === undefined) return { exit: await end(), steps: {} };
  const steps: RunStep[] = [];
  for (const step of run.steps) {
    const exit = await end(step.name);
    steps.push(exit === undefined ? step : { ...step, state: 'ended', exit });
  }
  return { exit: steps.findLast(({ role }) => role === 'load')?.exit, steps: { steps } };
}

/** When the run's supervisor wrote last: nearer to the run's end than the time of its discovery. */
async function lastSignOfLife({ library }: RecoveryParts, run: RunManifest): Promise<string> {
  const times = await Promise.all(
    stepsOf(run)
      .flatMap((step) => [library.journalOf(run.id, step), library.logOf(run.id, 'stdout', step)])
      .map((path) =>
        stat(path).then(
          ({ mtime }) => mtime.toISOString(),
          () => run.startedAt ?? run.createdAt,
        ),
      ),
  );
  return times.reduce((a, b) => (a > b ? a : b));
}

/** Reads what an ended run left, as if at its end. A run whose program had ended well becomes ready by it. */
export async function ingestRun(parts: RecoveryParts, id: string, signal: AbortSignal): Promise<RunManifest> {
  const { library, recipes, events } = parts;
  const run = await library.read(id);
  if (!endStates.has(run.state)) {
    const message = `The run is not over (${run.state}): what it leaves is read at its end.`;
    throw new IterscopeError({ code: 'run.state', message });
  }
  const startedMs = performance.now();
  const found = withFreed(run, await collectRun(library, await recipes.get(run.form.recipeId), run));
  const iterationTimes = iterationTimesOf(
    (await iterationLinesOf(library, run)).map(({ hostStepMs }) => hostStepMs),
  );
  const { artifacts, ranks, failure } = await readTraces(
    parts,
    { ...run, ...found },
    {
      signal,
      onProgress: (step, ratio) => {
        const elapsedMs = performance.now() - startedMs;
        events.progress({ id, state: run.state, step, ratio, elapsedMs, lines: [] });
      },
    },
  );
  const read: RunManifest = {
    ...run,
    ...found,
    artifacts,
    ...(iterationTimes === undefined ? {} : { iterationTimes }),
    // What was deleted to free space has been checked when it was there.
    ...(artifacts.some(isFreedTrace) ? {} : captureOf(run, ranks)),
  };
  const manifest = run.exit !== undefined && endedWell(run.exit) ? withEnd(read, failure) : read;
  await library.write(manifest);
  events.changed(library.summaryOf(manifest));
  return manifest;
}

const isFreedTrace = (artifact: Artifact): boolean => isTrace(artifact) && artifact.freedAt !== undefined;

/** Artifacts that were deleted to free space stay known. */
function withFreed<T extends Pick<RunManifest, 'artifacts'>>(run: RunManifest, found: T): T {
  const there = new Set(found.artifacts.map(({ path }) => path));
  const freed = run.artifacts.filter(({ path, freedAt }) => freedAt !== undefined && !there.has(path));
  return { ...found, artifacts: [...found.artifacts, ...freed] };
}

/** The end of a run whose program ended well: what could not be read is all that can have failed. */
function withEnd(run: RunManifest, failure: RunManifest['failure']): RunManifest {
  const { failure: _before, ...rest } = run;
  return failure === undefined ? { ...rest, state: 'ready' } : { ...rest, state: 'failed', failure };
}
