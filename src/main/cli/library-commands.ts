// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import { formatBytes, formatDurationMs, formatRatio } from '#shared/base/units.ts';
import type { JobProgress } from '#shared/contract/library.ts';
import type { RunSummary } from '#shared/contract/run.ts';
import type { Services } from '../composition.ts';
import { columns } from './columns.ts';
import { clearLine, remark, say, showLine } from './terminal.ts';

const JOB = 'terminal';

/** One line on a terminal that is rewritten; nothing where the output is not a terminal. */
export function showJobProgress({ step, bytesDone, bytesTotal }: JobProgress): void {
  showLine(`${step}: ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`);
}

function endProgressLine(): void {
  clearLine();
}

/** The run that a word names: its id, or the beginning of just one. */
async function runNamed(services: Services, word: string): Promise<RunSummary> {
  const runs = await services.runs.list();
  const [found, ...more] = runs.filter(({ id }) => id.startsWith(word));
  const exact = runs.find(({ id }) => id === word);
  if (exact !== undefined) return exact;
  if (found !== undefined && more.length === 0) return found;
  const message =
    found === undefined
      ? `There is no run ${word}: "iterscope list" names them all.`
      : `${word} is the beginning of ${more.length + 1} runs: give more of the id.`;
  throw new IterscopeError({ code: 'run.unknown', message });
}

function cancelled(services: Services): void {
  const cancel = (): void => services.archives.cancel(JOB);
  process.once('SIGINT', cancel);
  process.once('SIGTERM', cancel);
}

export async function exportRunTo(services: Services, word: string, file: string): Promise<number> {
  const { id } = await runNamed(services, word);
  const target = resolve(file);
  cancelled(services);
  try {
    await services.archives.exportTo(JOB, id, target);
  } finally {
    endProgressLine();
  }
  say(target);
  return 0;
}

export async function importRunFrom(services: Services, file: string): Promise<number> {
  cancelled(services);
  const archive = resolve(file);
  const { ids, refused } = await services.archives.import(JOB, [archive]);
  endProgressLine();
  for (const { message } of refused) remark(message);
  for (const id of ids) say(services.library.folderOf(id));
  return ids.length === 1 ? 0 : 1;
}

function throughputOf({ figures, profiled }: RunSummary): string {
  const figure = figures.find(({ label }) => /output throughput/i.test(label));
  if (figure === undefined) return '-';
  return `${formatRatio(figure.value)} ${figure.unit}${profiled ? ' (profiled)' : ''}`;
}

/** Every run, newest first; as JSON one document a line. */
export async function listRuns(services: Services, json: boolean): Promise<number> {
  const runs = await services.runs.list();
  for (const { failure } of (await services.library.list()).failures) {
    remark(failure.message);
  }
  if (json) {
    for (const run of runs) {
      say(JSON.stringify({ folder: services.library.folderOf(run.id), ...run }));
    }
    return 0;
  }
  const rows = runs.map((run) => [
    run.id,
    run.state,
    run.exit === undefined ? '-' : formatDurationMs(run.exit.wallMs),
    throughputOf(run),
    run.iterationTimes === undefined ? '-' : formatDurationMs(run.iterationTimes.medianMs),
    run.tags.join(','),
    run.title,
  ]);
  const head = ['Run', 'State', 'Duration', 'Output throughput', 'Median iteration', 'Tags', 'Title'];
  say(columns([head, ...rows]).join('\n'));
  return 0;
}
