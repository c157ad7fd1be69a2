// SPDX-License-Identifier: Apache-2.0

const NS_PER_MS = 1_000_000n;
/** Origins before this are no wall clock: the recorder counted from the start of the machine or of the recording. */
const EARLIEST_NS = BigInt(Date.UTC(2000, 0, 1)) * NS_PER_MS;

/**
 * A moment on the wall clock, UTC, to the nanosecond: `2026-01-31 09:41:07.123 456 789`. Null when the trace's origin
 * (nanoseconds since the epoch, decimal) is no wall-clock time.
 */
export function clockText(originNs: string, atNs: number): string | null {
  const ns = BigInt(originNs) + BigInt(Math.round(atNs));
  if (BigInt(originNs) < EARLIEST_NS) return null;
  const iso = new Date(Number(ns / NS_PER_MS)).toISOString();
  const rest = (ns % NS_PER_MS).toString().padStart(6, '0');
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)} ${rest.slice(0, 3)} ${rest.slice(3)} UTC`;
}
