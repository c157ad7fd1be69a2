// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact, ReportedFigure } from '#shared/contract/run.ts';
import type { ArtifactKind } from '#shared/contract/recipe.ts';
import { IterationRecords } from '../launch/figures/iteration-records.ts';
import { mergeFigures } from '../launch/figures/names.ts';
import { reportJsonFigures } from '../launch/figures/report-json.ts';
import { reportTextFigures } from '../launch/figures/report-text.ts';
import { requestJsonFigures } from '../launch/figures/request-json.ts';
import { servingJsonFigures } from '../launch/figures/serving-json.ts';
import { readJson } from './files.ts';
import { LogTail, readLogChunk } from './log-tail.ts';

/** What a run's programs said of themselves in figures: in their reports, else at the end of their logs. */

/** A report is the last that a benchmark prints, and shorter than this. */
const REPORT_BYTES = 256 * 1024;
/** Larger files hold more requests than are worth reading for a mean. */
const MOST_JSON_BYTES = 256 * 1024 * 1024;

async function jsonFigures(
  path: string,
  read: (json: unknown) => ReportedFigure[],
): Promise<ReportedFigure[]> {
  const bytes = await sizeOf(path);
  // A file that is cut or damaged has no figures; whoever opens it hears why.
  const json = bytes > MOST_JSON_BYTES ? undefined : await readJson(path).catch(() => undefined);
  return read(json);
}

async function recordFigures(path: string): Promise<ReportedFigure[]> {
  const records = new IterationRecords();
  for await (const lines of new LogTail(path).drain()) for (const line of lines) records.take(line);
  return records.figures();
}

/** What the report at the end of an output says. */
export async function textFigures(path: string): Promise<ReportedFigure[]> {
  const { text } = await readLogChunk(path, Math.max(0, (await sizeOf(path)) - REPORT_BYTES));
  return reportTextFigures(text.split('\n'));
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** All figures, each from the most exact source that has it. `said`: what the outputs say. */
export async function readFigures(
  artifacts: readonly Artifact[],
  folder: string,
  said: readonly ReportedFigure[],
): Promise<ReportedFigure[]> {
  const of = (kind: ArtifactKind): string[] =>
    artifacts.flatMap((artifact) => (artifact.kind === kind ? [join(folder, artifact.path)] : []));
  const lists = await Promise.all([
    ...of('report-json').map((path) => jsonFigures(path, reportJsonFigures)),
    ...of('benchmark-json').map((path) => jsonFigures(path, servingJsonFigures)),
    Promise.resolve(said),
    ...of('request-json').map((path) => jsonFigures(path, requestJsonFigures)),
    ...of('iteration-statistics').map(recordFigures),
  ]);
  return mergeFigures(lists);
}
