// SPDX-License-Identifier: Apache-2.0
import type { EngineHandlers } from './handlers.ts';
import type { TraceSessions } from './traces.ts';

type SearchMethod =
  | 'trace.search'
  | 'trace.nearestMatch'
  | 'trace.searchArguments'
  | 'trace.neighbours'
  | 'trace.nameStatistics';

/** Answers searches in open traces. */
export function searchHandlers(traces: TraceSessions): EngineHandlers<SearchMethod> {
  return {
    'trace.search': async (source, { bins, rowsPerTrack, names, ...pattern }) =>
      (await traces.handle(source)).search(pattern, { bins, rowsPerTrack, names }),
    'trace.nearestMatch': async (source, { fromNs, fromRow, way, ...pattern }) =>
      (await traces.handle(source)).nearestMatch(pattern, fromNs, fromRow ?? null, way === 'next'),
    'trace.searchArguments': async (source, { limit, ...pattern }, { signal, onProgress }) => {
      const handle = await traces.handle(source);
      const token = traces.tokenOf(signal);
      return handle.searchArguments(
        pattern,
        limit,
        ({ done, total, count, rows }) => {
          onProgress({ bytesDone: done, bytesTotal: total, slices: count, foundRows: rows });
        },
        token,
      );
    },
    'trace.neighbours': async (source, { row, on }) =>
      (await traces.handle(source)).neighbours(row, on === 'own-track'),
    'trace.nameStatistics': async (source, { name, startNs, endNs, tracks }) =>
      (await traces.handle(source)).nameStatistics(name, startNs ?? null, endNs ?? null, tracks ?? null),
  };
}
