// SPDX-License-Identifier: Apache-2.0
import type { ArgumentMatches } from '#shared/contract/search.ts';
import { kindName } from '#shared/trace/kinds.ts';
import type { SearchPattern } from '#renderer/data/trace-session.ts';
import type { TraceHits } from '#renderer/timeline/hits.ts';
import type { ReadyTrace } from './ready.ts';
import { BINS, keyOf, type Found, type FoundName, type HitPlace } from './search.ts';

/**
 * A search through the arguments of slices. They are not in the store: the sources are read once more, so it runs when it
 * is asked for, says how far it is, and can be cancelled.
 */

/** Hits that are kept of each trace, and names that the engine tells at once; all are counted. */
const MAX_ROWS = 16_000;

/** How far it is, in traces. */
export interface ReadSoFar {
  readonly done: number;
  readonly total: number;
  readonly count: number;
}

export interface ArgumentPart {
  readonly traceKey: string;
  readonly offsetNs: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly matches: ArgumentMatches;
  /** By id. */
  readonly names: ReadonlyMap<number, string>;
}

function hitsOf({ traceKey, offsetNs, startNs, endNs, matches }: ArgumentPart): TraceHits {
  const { count, rows, startsNs } = matches;
  const bins = new Uint32Array(BINS);
  const span = Math.max(endNs - startNs, 1);
  for (const start of startsNs) {
    const bin = Math.min(Math.max(Math.floor(((start - startNs) / span) * BINS), 0), BINS - 1);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const range = { startNs: startNs + offsetNs, endNs: endNs + offsetNs };
  // What was not kept cannot be told from what does not match: then nothing is dimmed.
  const isAll = rows.length >= count;
  return { traceKey, ...range, bins, isHit: () => true, ...(isAll ? { rows: new Set(rows) } : {}) };
}

function addNames(to: Map<string, FoundName>, { matches, names }: ArgumentPart): void {
  matches.names.forEach((id, at) => {
    const name = names.get(id) ?? '';
    const kind = kindName(matches.kinds[at] ?? 0);
    const key = keyOf(name, kind);
    const before = to.get(key) ?? { count: 0, totalNs: 0 };
    const totalNs = before.totalNs + (matches.dursNs[at] ?? 0);
    to.set(key, { key, name, kind, count: before.count + 1, totalNs });
  });
}

/** The answers of several traces as one; names with the most time come first. */
export function joinArguments(parts: readonly ArgumentPart[]): Found {
  const names = new Map<string, FoundName>();
  for (const part of parts) addNames(names, part);
  const places = parts.flatMap(({ matches, offsetNs }, traceIndex) =>
    Array.from(matches.rows, (row, at): HitPlace => ({
      traceIndex,
      row,
      startNs: (matches.startsNs[at] ?? 0) + offsetNs,
    })),
  );
  return {
    count: parts.reduce((sum, { matches }) => sum + matches.count, 0),
    totalNs: parts.reduce((sum, { matches }) => sum + matches.totalNs, 0),
    names: [...names.values()].sort((a, b) => b.totalNs - a.totalNs),
    complete: parts.every(({ matches }) => matches.rows.length >= matches.count),
    hits: parts.map(hitsOf),
    places: places.sort((a, b) => a.startNs - b.startNs || a.traceIndex - b.traceIndex || a.row - b.row),
  };
}

/** Reads one trace after the other: each of them is read by all cores, or by one disk. */
export async function searchArguments(
  traces: readonly ReadyTrace[],
  pattern: SearchPattern,
  onProgress: (soFar: ReadSoFar) => void,
  signal: AbortSignal,
): Promise<Found> {
  const parts: ArgumentPart[] = [];
  let before = 0;
  for (const [at, { session, offsetNs, trace }] of traces.entries()) {
    const matches = await session.searchArguments(pattern, MAX_ROWS, {
      signal,
      onProgress: ({ bytesDone, bytesTotal, slices }) => {
        const share = bytesTotal === 0 ? 0 : bytesDone / bytesTotal;
        onProgress({ done: at + share, total: traces.length, count: before + slices });
      },
    });
    before += matches.count;
    const names = await session.namesOf([...new Set(matches.names)]);
    const { startNs, endNs } = trace.summary;
    parts.push({ traceKey: session.source.sourceId, offsetNs, startNs, endNs, matches, names });
  }
  return joinArguments(parts);
}
