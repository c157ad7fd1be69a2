// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import type { TelemetryHead, TelemetrySample, TelemetrySeries } from '#shared/contract/telemetry.ts';

/** The telemetry of runs as it comes; a run that was looked at late gets what it missed from main. */

export interface Telemetry {
  readonly head: TelemetryHead;
  /** Ascending in time; thinned where there are more than a chart can tell apart. */
  readonly samples: readonly TelemetrySample[];
}

interface TelemetryState {
  readonly runs: Readonly<Record<string, Telemetry>>;
}

const MOST_SAMPLES = 1_000;

export const useTelemetry = create<TelemetryState>(() => ({ runs: {} }));

/** Two pieces of one series, each sample once. */
function joined(
  known: readonly TelemetrySample[],
  arrived: readonly TelemetrySample[],
): readonly TelemetrySample[] {
  const last = known.at(-1)?.atMs ?? -Infinity;
  const all = [...known, ...arrived.filter(({ atMs }) => atMs > last)];
  // The newest stay whole: it is they that the eye is on.
  return all.length > MOST_SAMPLES ? all.filter((_, at) => at % 2 === 0 || at > all.length / 2) : all;
}

export function takeTelemetry(id: string, head: TelemetryHead, arrived: readonly TelemetrySample[]): void {
  useTelemetry.setState(({ runs }) => ({
    runs: { ...runs, [id]: { head, samples: joined(runs[id]?.samples ?? [], arrived) } },
  }));
}

/** What main has of a run: earlier than what came by itself. */
export function takeSeries(id: string, { head, samples }: TelemetrySeries): void {
  if (head === null) return;
  useTelemetry.setState(({ runs }) => ({
    runs: { ...runs, [id]: { head, samples: joined(samples, runs[id]?.samples ?? []) } },
  }));
}
