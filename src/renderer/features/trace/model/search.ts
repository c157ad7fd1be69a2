// SPDX-License-Identifier: Apache-2.0
import type { SearchResult } from '#shared/contract/search.ts';
import { kindName } from '#shared/trace/kinds.ts';
import type { SearchPattern } from '#renderer/data/trace-session.ts';
import type { SelectedSlice } from '#renderer/stores/trace-view.ts';
import type { TraceHits } from '#renderer/timeline/hits.ts';
import type { ReadyTrace } from './ready.ts';

/** A search through the slices of all traces of a set. */

export type Way = 'next' | 'previous';

/** A name and kind that was found, of all traces together. */
export interface FoundName {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly count: number;
  readonly totalNs: number;
}

export interface Found {
  readonly count: number;
  readonly totalNs: number;
  readonly names: readonly FoundName[];
  /** False when there are more names than were asked for. */
  readonly complete: boolean;
  readonly hits: readonly TraceHits[];
  /** Where each hit is, by start; null where the engine is asked for the next one. */
  readonly places: readonly HitPlace[] | null;
}

/** A hit by the place of its trace among those searched. */
export interface HitPlace {
  readonly traceIndex: number;
  readonly row: number;
  /** World time. */
  readonly startNs: number;
}

export const BINS = 2048;
const MAX_NAMES = 20_000;
export const keyOf = (name: string, kind: string): string => `${kind}\n${name}`;

export interface SearchPart {
  readonly traceKey: string;
  readonly offsetNs: number;
  readonly result: SearchResult;
}

function hitsOf({ traceKey, offsetNs, result }: SearchPart): TraceHits {
  const { names, nameCount, bins, startNs, endNs } = result;
  const found = new Set(names.map(({ name, kind }) => keyOf(name, kind)));
  // What the list leaves out cannot be told from what does not match: then nothing is dimmed.
  const all = nameCount > names.length;
  return {
    traceKey,
    startNs: startNs + offsetNs,
    endNs: endNs + offsetNs,
    bins,
    isHit: (name, kind) => all || found.has(keyOf(name, kindName(kind))),
  };
}

/** The answers of several traces as one; names with the most time come first. */
export function joinFound(parts: readonly SearchPart[]): Found {
  const names = new Map<string, FoundName>();
  for (const { name, kind, count, totalNs } of parts.flatMap(({ result }) => result.names)) {
    const key = keyOf(name, kind);
    const before = names.get(key) ?? { count: 0, totalNs: 0 };
    names.set(key, { key, name, kind, count: before.count + count, totalNs: before.totalNs + totalNs });
  }
  return {
    count: parts.reduce((sum, { result }) => sum + result.count, 0),
    totalNs: parts.reduce((sum, { result }) => sum + result.totalNs, 0),
    names: [...names.values()].sort((a, b) => b.totalNs - a.totalNs),
    complete: parts.every(({ result }) => result.nameCount <= result.names.length),
    hits: parts.map(hitsOf),
    places: null,
  };
}

/** `query.bad-pattern` when an expression cannot be read. */
export async function searchAll(
  traces: readonly ReadyTrace[],
  pattern: SearchPattern,
  signal: AbortSignal,
): Promise<Found> {
  const parts = await Promise.all(
    traces.map(async ({ session, offsetNs }) => ({
      traceKey: session.source.sourceId,
      offsetNs,
      result: await session.search(pattern, BINS, MAX_NAMES, signal),
    })),
  );
  return joinFound(parts);
}

/** Searches for one name alone: as plain text where no other name holds it, else as an expression. */
export function patternOf(name: string, names: readonly { readonly name: string }[]): SearchPattern {
  const alone = names.every((other) => other.name === name || !other.name.includes(name));
  if (alone) return { text: name, isExpression: false, matchCase: true };
  return { text: `^${escaped(name)}$`, isExpression: true, matchCase: true };
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** Where a step begins: a slice of one of the traces, or a moment of world time. */
export interface StepFrom {
  readonly atNs: number;
  readonly slice: { readonly traceIndex: number; readonly row: number } | null;
}

/**
 * The moment that a trace is asked from: `next` is what starts at or after it, `previous` what starts before.
 * Slices are ordered by start, then trace, then row: traces above that of the slice come before it.
 */
export const momentFor = ({ atNs, slice }: StepFrom, traceIndex: number): number =>
  slice !== null && traceIndex < slice.traceIndex ? atNs + 1 : atNs;

/** Where a step begins: at the selected slice, else at the near edge of the view. */
export async function stepFrom(
  traces: readonly ReadyTrace[],
  selected: SelectedSlice | null,
  view: { readonly startNs: number; readonly endNs: number },
  way: Way,
): Promise<StepFrom> {
  const traceIndex = traces.findIndex(({ session }) => session.source.sourceId === selected?.sourceId);
  const ready = traces[traceIndex];
  if (selected === null || ready === undefined) {
    return { atNs: way === 'next' ? view.startNs : view.endNs, slice: null };
  }
  const { row } = selected;
  const { startNs } = await ready.session.slice(row);
  return { atNs: startNs + ready.offsetNs, slice: { traceIndex, row } };
}

/** The hit that a step leads to; null when none lies that way. */
export async function nearestHit(
  traces: readonly ReadyTrace[],
  pattern: SearchPattern,
  from: StepFrom,
  way: Way,
): Promise<SelectedSlice | null> {
  const asked = traces.map(async ({ session, offsetNs }, at) => {
    const fromNs = Math.ceil(momentFor(from, at) - offsetNs);
    const place = at === from.slice?.traceIndex ? { fromNs, fromRow: from.slice.row } : { fromNs };
    const hit = await session.nearestMatch(pattern, place, way);
    return hit === null
      ? []
      : [{ sourceId: session.source.sourceId, row: hit.row, startNs: hit.startNs + offsetNs }];
  });
  const hits = (await Promise.all(asked)).flat();
  const best = way === 'next' ? firstOf(hits) : lastOf(hits);
  return best === undefined ? null : { sourceId: best.sourceId, row: best.row };
}

interface Starts {
  readonly startNs: number;
}

/** The earliest; of equal ones that of the upper trace. */
const firstOf = <T extends Starts>(hits: readonly T[]): T | undefined =>
  hits.toSorted((a, b) => a.startNs - b.startNs)[0];

/** The latest; of equal ones that of the lower trace. */
const lastOf = <T extends Starts>(hits: readonly T[]): T | undefined =>
  hits.toSorted((a, b) => a.startNs - b.startNs).at(-1);

/** The hit that a step leads to, going round at the ends; undefined where there is none. */
export function placeAfter(places: readonly HitPlace[], from: StepFrom, way: Way): HitPlace | undefined {
  const { atNs, slice } = from;
  const order = (hit: HitPlace): number => {
    if (hit.startNs !== atNs || slice === null) return hit.startNs - atNs;
    return hit.traceIndex - slice.traceIndex || hit.row - slice.row;
  };
  // Without a slice to start from, a hit at the very moment is the next one.
  if (way === 'next')
    return places.find((hit) => (slice === null ? order(hit) >= 0 : order(hit) > 0)) ?? places[0];
  return places.findLast((hit) => order(hit) < 0) ?? places.at(-1);
}

/** Where a step begins anew when it came to an end of the time. */
export function farEnd(traces: readonly ReadyTrace[], way: Way): StepFrom {
  const starts = traces.map(({ trace, offsetNs }) => trace.summary.startNs + offsetNs);
  const ends = traces.map(({ trace, offsetNs }) => trace.summary.endNs + offsetNs + 1);
  return { atNs: way === 'next' ? Math.min(...starts) : Math.max(...ends), slice: null };
}
