// SPDX-License-Identifier: Apache-2.0
import type { TimeRange } from './types.ts';

/** Ticks of the time ruler: steps of 1, 2 or 5 times a power of ten, labelled in one unit with as many digits as the step needs. */

export interface Tick {
  readonly atNs: number;
  readonly label: string;
}

const UNITS = [
  { name: 'ns', ns: 1 },
  { name: 'µs', ns: 1_000 },
  { name: 'ms', ns: 1_000_000 },
  { name: 's', ns: 1_000_000_000 },
] as const;

/** The smallest 1-2-5 step that is at least `leastNs`, never below a nanosecond. */
export function tickStepNs(leastNs: number): number {
  const least = Math.max(leastNs, 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10;
  return step * power;
}

/** A moment with digits enough to tell it from the next tick. */
export function formatTick(atNs: number, stepNs: number, largestNs: number): string {
  const unit = UNITS.findLast(({ ns }) => Math.abs(largestNs) >= ns) ?? UNITS[0];
  const decimals = Math.max(0, Math.ceil(Math.log10(unit.ns / stepNs) - 1e-9));
  const text = (atNs / unit.ns).toFixed(decimals);
  return `${Number(text) === 0 ? '0' : text} ${unit.name}`;
}

/** Ticks of a visible span; `zeroNs` is the moment that is called 0. */
export function rulerTicks(view: TimeRange, widthPx: number, minGapPx: number, zeroNs: number): Tick[] {
  const span = view.endNs - view.startNs;
  if (widthPx <= 0 || span <= 0) return [];
  const stepNs = tickStepNs((span / widthPx) * minGapPx);
  const first = Math.ceil((view.startNs - zeroNs) / stepNs);
  const last = Math.floor((view.endNs - zeroNs) / stepNs);
  const largest = Math.max(Math.abs(first), Math.abs(last)) * stepNs;
  const ticks: Tick[] = [];
  for (let at = first; at <= last; at += 1) {
    ticks.push({ atNs: zeroNs + at * stepNs, label: formatTick(at * stepNs, stepNs, largest) });
  }
  return ticks;
}
