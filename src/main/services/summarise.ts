// SPDX-License-Identifier: Apache-2.0
import type { RunAnnotations, RunManifest, RunSummary } from '#shared/contract/run.ts';

/** What a list shows of a run: its manifest in part, and what its user says of it. */
export function summarise(run: RunManifest, annotations: RunAnnotations): RunSummary {
  const { id, createdAt, startedAt, endedAt, state, failure, recipeTitle, form } = run;
  const { spans, profiled, figures, exit, iterationTimes, steps, comparison } = run;
  const { tags, notes, importedAt } = annotations;
  return {
    id,
    title: annotations.title ?? run.title,
    createdAt,
    state,
    recipeTitle,
    form,
    spans,
    profiled,
    figures,
    tags,
    notes,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(failure === undefined ? {} : { failure }),
    ...(exit === undefined ? {} : { exit }),
    ...(iterationTimes === undefined ? {} : { iterationTimes }),
    ...(steps === undefined ? {} : { steps }),
    ...(comparison === undefined ? {} : { comparison }),
    ...(importedAt === undefined ? {} : { importedAt }),
  };
}
