// SPDX-License-Identifier: Apache-2.0
import { IterscopeError } from '#shared/base/errors.ts';
import type { Source } from '#shared/contract/app.ts';
import type { Services } from '../composition.ts';
import { withProgress } from './progress.ts';

/** The one trace that a file or folder holds, opened; of several that of a rank, which has to be named then. */
export async function openOneTrace(services: Services, file: string, rank?: number): Promise<Source> {
  const { sources } = await services.sources.fromPaths([file]);
  const traces: Source[] = [];
  for (const source of sources.filter(({ kind }) => kind === 'trace')) {
    traces.push(...(await ranksOf(services, source)));
  }
  if (rank !== undefined) return openRank(services, file, traces, rank);
  const [trace, ...more] = traces;
  if (trace === undefined) throw notOne(file, 'no trace: name another file.');
  const count = (more.length + 1).toString();
  if (more.length > 0) throw notOne(file, `${count} traces: name one file, or a rank with --rank.`);
  await openTrace(services, trace);
  return trace;
}

async function ranksOf(services: Services, source: Source): Promise<readonly Source[]> {
  const ranks = await withProgress(`Reading ${source.name}`, (calls) =>
    services.engine.call('trace.ranks', { sourceId: source.sourceId }, calls),
  );
  return ranks.length === 0 ? [source] : ranks;
}

/** Names of files tell their ranks without being read; other files do when they are opened. */
async function openRank(
  services: Services,
  file: string,
  traces: readonly Source[],
  rank: number,
): Promise<Source> {
  const known: number[] = [];
  const named = traces.find((trace) => trace.rank === rank);
  for (const trace of named === undefined ? traces : [named]) {
    const found = trace.rank ?? (await openTrace(services, trace));
    if (found === rank) {
      await openTrace(services, trace);
      return trace;
    }
    if (found !== null) known.push(found);
  }
  const held = known.length === 0 ? 'no trace that names its rank' : `ranks ${known.join(', ')}`;
  throw notOne(file, `no rank ${rank.toString()}: it holds ${held}.`);
}

/** The rank that the trace itself states. */
async function openTrace(services: Services, { sourceId, name }: Source): Promise<number | null> {
  const { summary } = await withProgress(`Reading ${name}`, (calls) =>
    services.engine.call('trace.open', { sourceId }, calls),
  );
  return summary.rank;
}

const notOne = (file: string, what: string): IterscopeError =>
  new IterscopeError({ code: 'trace.not-found', message: `${file} holds ${what}`, path: file });
