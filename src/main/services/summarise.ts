// SPDX-License-Identifier: Apache-2.0
import type { RunManifest, RunSummary } from '#shared/contract/run.ts';

/** What a list shows of a run. */
export function summarise(run: RunManifest): RunSummary {
  const { id, title, createdAt, startedAt, endedAt, state, failure, recipeTitle } = run;
  const { spans, profiled, figures, exit } = run;
  return {
    id,
    title,
    createdAt,
    state,
    recipeTitle,
    spans,
    profiled,
    figures,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(failure === undefined ? {} : { failure }),
    ...(exit === undefined ? {} : { exit }),
  };
}
