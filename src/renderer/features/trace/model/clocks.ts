// SPDX-License-Identifier: Apache-2.0
import type { Iteration, OpenedTrace } from '#shared/contract/engine.ts';

/** Puts traces on one time axis: by the wall clock that each recorded, or by a step that all of them hold. */

export type ClockChoice = 'wall' | 'step';

/** What the axis is: one trace's own, a shared one, or none because each trace was put at zero. */
export type ClockBasis = 'single' | ClockChoice | 'apart';

export interface Alignment {
  readonly basis: ClockBasis;
  /** World time of each trace's origin, nanoseconds. */
  readonly offsets: readonly number[];
  /** The first step that all traces hold; null when there is none. */
  readonly step: number | null;
}

/** How many times the longest trace the clocks may be apart and still be shown on one axis. */
const MAX_APART = 20;

interface Clock {
  readonly originNs: string;
  readonly startNs: number;
  readonly endNs: number;
}

interface Clocked {
  readonly trace: Pick<OpenedTrace, 'summary'>;
  readonly iterations: readonly Iteration[];
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

/** The first step that all traces hold with a marker. */
function commonStep(traces: readonly Clocked[]): number | null {
  const [first, ...others] = traces;
  const held = others.map(({ iterations }) => new Set(iterations.map(({ index }) => index)));
  const step = first?.iterations.find(({ index }) => held.every((steps) => steps.has(index)));
  return step?.index ?? null;
}

/** Offsets at which a step begins at one time in all traces; the earliest start is zero. */
function alignStep(traces: readonly Clocked[], step: number): number[] {
  const begins = traces.map(({ iterations }) => iterations.find(({ index }) => index === step)?.startNs ?? 0);
  const lead = Math.max(...traces.map(({ trace }, at) => (begins[at] ?? 0) - trace.summary.startNs));
  return begins.map((begin) => lead - begin);
}

const saysWhen = ({ trace }: Clocked): boolean =>
  trace.summary.warnings.every(({ code }) => code !== 'no-wall-clock');

/** The traces on one axis, as wanted where that is possible. */
export function align(traces: readonly Clocked[], wanted: ClockChoice): Alignment {
  const step = traces.length > 1 ? commonStep(traces) : null;
  const { offsets, sharedClock } = alignClocks(traces.map(({ trace }) => trace.summary));
  if (traces.length < 2) return { basis: 'single', offsets, step };
  const hasWall = sharedClock && traces.every(saysWhen);
  if (step !== null && (wanted === 'step' || !hasWall)) {
    return { basis: 'step', offsets: alignStep(traces, step), step };
  }
  if (hasWall) return { basis: 'wall', offsets, step };
  return { basis: 'apart', offsets: traces.map(({ trace }) => -trace.summary.startNs), step };
}
