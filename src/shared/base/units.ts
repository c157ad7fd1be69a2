// SPDX-License-Identifier: Apache-2.0

/** Figures as text. One place decides precision and units, so that equal figures look equal everywhere. */

const NS_PER_US = 1_000;
const NS_PER_MS = 1_000_000;
const NS_PER_S = 1_000_000_000;

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A whole number with thousands separators. */
export function formatCount(value: number): string {
  return grouped.format(value);
}

function digits(value: number, significant: number): string {
  const magnitude = Math.abs(value) < 1 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
  return value.toFixed(Math.max(0, significant - magnitude));
}

/** A duration in nanoseconds with the unit that keeps it readable, four significant digits. */
export function formatDurationNs(ns: number): string {
  const size = Math.abs(ns);
  if (size < NS_PER_US) return `${Math.round(ns).toString()} ns`;
  if (size < NS_PER_MS) return `${digits(ns / NS_PER_US, 4)} µs`;
  if (size < NS_PER_S) return `${digits(ns / NS_PER_MS, 4)} ms`;
  return `${digits(ns / NS_PER_S, 4)} s`;
}

/** Milliseconds (as engines log them) with a unit. */
export function formatDurationMs(ms: number): string {
  return formatDurationNs(ms * NS_PER_MS);
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size in bytes, binary units. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value.toString() : digits(value, 3)} ${BYTE_UNITS[unit] ?? 'B'}`;
}

/** A ratio as a percentage with one decimal. */
export function formatPercent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

/** A dimensionless figure with three significant digits. */
export function formatRatio(value: number): string {
  return digits(value, 4);
}

/** A relative change with its sign and one decimal; what rounds to zero has no sign. */
export function formatChange(ratio: number): string {
  const text = formatPercent(Math.abs(ratio));
  if (text === formatPercent(0)) return text;
  return `${ratio < 0 ? '−' : '+'}${text}`;
}
