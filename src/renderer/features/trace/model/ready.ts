// SPDX-License-Identifier: Apache-2.0
import type { Iteration, OpenedTrace } from '#shared/contract/engine.ts';
import type { TraceSetSnapshot } from '#renderer/data/trace-set.ts';
import type { TraceSession } from '#renderer/data/trace-session.ts';

/** The traces of a set that are open, on one clock. */

export interface ReadyTrace {
  readonly session: TraceSession;
  readonly trace: OpenedTrace;
  readonly iterations: readonly Iteration[];
  /** As people call it: its rank, else its file. */
  readonly label: string;
  /** World time of the trace's origin, nanoseconds. */
  readonly offsetNs: number;
}

export interface ReadySet {
  readonly traces: readonly ReadyTrace[];
  /** False when the clocks are so far apart that each trace was put at zero. */
  readonly sharedClock: boolean;
}

/** How many times the longest trace the clocks may be apart and still be shown on one axis. */
const MAX_APART = 20;

interface Clock {
  readonly originNs: string;
  readonly startNs: number;
  readonly endNs: number;
}

/**
 * Offsets that put traces on one axis whose zero is the earliest start. Origins are absolute and need
 * all their digits, so the subtraction is done in whole numbers before anything becomes a double.
 */
export function alignClocks(clocks: readonly Clock[]): { offsets: number[]; sharedClock: boolean } {
  const starts = clocks.map(({ originNs, startNs }) => BigInt(originNs) + BigInt(Math.round(startNs)));
  const earliest = starts.reduce((least, start) => (start < least ? start : least), starts[0] ?? 0n);
  const apart = starts.map((start) => Number(start - earliest));
  const longest = Math.max(...clocks.map(({ startNs, endNs }) => endNs - startNs), 1);
  const sharedClock = apart.every((ns) => ns <= longest * MAX_APART);
  const offsets = clocks.map(({ startNs }, at) => (sharedClock ? (apart[at] ?? 0) : 0) - startNs);
  return { offsets, sharedClock };
}

function labelOf(session: TraceSession, trace: OpenedTrace, several: boolean): string {
  const rank = trace.summary.rank ?? session.source.rank;
  if (rank !== undefined) return `Rank ${rank}`;
  return several ? session.source.name : 'Trace';
}

/** Traces that are open, by rank; the same picture gives the same answer. */
export function readySet({ sessions, states }: TraceSetSnapshot): ReadySet {
  const open = sessions.flatMap((session, at) => {
    const state = states[at];
    return state?.phase === 'ready' ? [{ session, trace: state.trace, iterations: state.iterations }] : [];
  });
  const rankOf = (at: (typeof open)[number]): number =>
    at.trace.summary.rank ?? at.session.source.rank ?? Number.MAX_SAFE_INTEGER;
  open.sort((a, b) => rankOf(a) - rankOf(b));
  const { offsets, sharedClock } = alignClocks(open.map(({ trace }) => trace.summary));
  const several = sessions.length > 1;
  const traces = open.map(({ session, trace, iterations }, at) => ({
    session,
    trace,
    iterations,
    label: labelOf(session, trace, several),
    offsetNs: offsets[at] ?? 0,
  }));
  return { traces, sharedClock };
}
