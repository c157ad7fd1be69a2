// SPDX-License-Identifier: Apache-2.0

/** Figures of the shell as text: what #shared/base/units.ts does not cover because only the window shows it. */

const pad = (value: number): string => value.toString().padStart(2, '0');

/** A running time as a clock: `0:07`, `12:34`, `1:02:03`. Counts whole seconds, so that it never flickers. */
export function formatClock(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = pad(seconds % 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** The unit of what `formatClock` makes of the same time. */
export const clockUnit = (elapsedMs: number): string => (elapsedMs < 3_600_000 ? 'min:s' : 'h:min:s');

const SIGNIFICANT = 4;
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A reported figure: four significant digits, thousands separated, never an exponent. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return whole.format(value);
  const magnitude = size < 1 ? 1 : Math.floor(Math.log10(size)) + 1;
  return value.toFixed(Math.max(0, SIGNIFICANT - magnitude));
}

/** When something happened, seen from `now`: the time today, else the date with the time. Local time zone. */
export function formatWhen(iso: string, now: Date): string {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return iso;
  const time = `${pad(when.getHours())}:${pad(when.getMinutes())}`;
  if (when.toDateString() === now.toDateString()) return time;
  return `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())} ${time}`;
}

/** A date and time to the second, local time zone. */
export function formatInstant(iso: string): string {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return iso;
  const date = `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())}`;
  return `${date} ${pad(when.getHours())}:${pad(when.getMinutes())}:${pad(when.getSeconds())}`;
}

/** The time of day to the second, local time zone: what tells two presses of a button apart. */
export function formatClockTime(iso: string): string {
  return formatInstant(iso).slice(-8);
}

/** `1 iteration`, `2 iterations`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${whole.format(count)} ${count === 1 ? one : many}`;
}
