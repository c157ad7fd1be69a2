// SPDX-License-Identifier: Apache-2.0
import type { Iteration, OpenedTrace } from '#shared/contract/engine.ts';
import type { TraceSetSnapshot } from '#renderer/data/trace-set.ts';
import type { TraceSession } from '#renderer/data/trace-session.ts';
import { align, type ClockBasis, type ClockChoice } from './clocks.ts';

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
  /** What the traces share an axis by. */
  readonly clock: ClockBasis;
  /** The first step that all of several traces hold. */
  readonly commonStep: number | null;
  /** The set has several traces, whether they are open yet or not. */
  readonly several: boolean;
  /** Traces of the set, open yet or not. */
  readonly traceCount: number;
}

function labelOf(session: TraceSession, trace: OpenedTrace, several: boolean): string {
  const rank = trace.summary.rank ?? session.source.rank;
  const { group } = session.source;
  if (group !== undefined) return rank === undefined ? group : `${group} · Rank ${rank}`;
  if (rank !== undefined) return `Rank ${rank}`;
  return several ? session.source.name : 'Trace';
}

/** Traces that are open, by group and rank; the same picture gives the same answer. */
export function readySet({ sessions, states }: TraceSetSnapshot, wanted: ClockChoice): ReadySet {
  const open = sessions.flatMap((session, at) => {
    const state = states[at];
    return state?.phase === 'ready' ? [{ session, trace: state.trace, iterations: state.iterations }] : [];
  });
  const rankOf = (at: (typeof open)[number]): number =>
    at.trace.summary.rank ?? at.session.source.rank ?? Number.MAX_SAFE_INTEGER;
  const groups = [...new Set(sessions.map(({ source }) => source.group))];
  const groupOf = (at: (typeof open)[number]): number => groups.indexOf(at.session.source.group);
  open.sort((a, b) => groupOf(a) - groupOf(b) || rankOf(a) - rankOf(b));
  // Runs that followed each other share a clock, but are compared step by step.
  const { basis, offsets, step } = align(open, groups.length > 1 ? 'step' : wanted);
  const several = sessions.length > 1;
  const traces = open.map(({ session, trace, iterations }, at) => ({
    session,
    trace,
    iterations,
    label: labelOf(session, trace, several),
    offsetNs: offsets[at] ?? 0,
  }));
  return { traces, clock: basis, commonStep: step, several, traceCount: sessions.length };
}
