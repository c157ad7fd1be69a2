// SPDX-License-Identifier: Apache-2.0

/**
 * A typed view over packed counters (little-endian). Layout, version 1: eight u32 of header (magic, version, units,
 * counters, samples), four u32 per counter (id, first, count, 0), then one column after the other: least, greatest and
 * last value of a unit as f64, how many samples fell on it as u32, and the unit as u16. A value holds until the
 * next one; a counter's first sample is the one that holds at the left edge, where there is one.
 */

const COUNTER_MAGIC = 0x31435349;
const COUNTER_VERSION = 1;
const HEADER_WORDS = 8;
const COUNTER_WORDS = 4;
const SAMPLE_BYTES = 30;

export interface WindowCounter {
  readonly counterId: number;
  readonly first: number;
  readonly count: number;
}

export interface CounterView {
  /** Horizontal resolution: x lies in 0..units. */
  readonly units: number;
  readonly counters: readonly WindowCounter[];
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** The last value of a unit: what holds until the next sample. */
  readonly last: Float64Array;
  readonly samples: Uint32Array;
  readonly x: Uint16Array;
}

/** Reads packed counters; null when the bytes are not of this version, cut short, or point past their end. */
export function viewCounters(bytes: ArrayBuffer): CounterView | null {
  if (bytes.byteLength < HEADER_WORDS * 4) return null;
  const [magic, version, units = 0, counterCount = 0, total = 0] = new Uint32Array(bytes, 0, HEADER_WORDS);
  if (magic !== COUNTER_MAGIC || version !== COUNTER_VERSION) return null;
  const columns = (HEADER_WORDS + counterCount * COUNTER_WORDS) * 4;
  if (bytes.byteLength < columns + total * SAMPLE_BYTES) return null;
  const table = new Uint32Array(bytes, HEADER_WORDS * 4, counterCount * COUNTER_WORDS);
  const counters = Array.from({ length: counterCount }, (_, at) => ({
    counterId: table[at * COUNTER_WORDS] ?? 0,
    first: table[at * COUNTER_WORDS + 1] ?? 0,
    count: table[at * COUNTER_WORDS + 2] ?? 0,
  }));
  if (counters.some(({ first, count }) => first + count > total)) return null;
  return {
    units,
    counters,
    min: new Float64Array(bytes, columns, total),
    max: new Float64Array(bytes, columns + total * 8, total),
    last: new Float64Array(bytes, columns + total * 16, total),
    samples: new Uint32Array(bytes, columns + total * 24, total),
    x: new Uint16Array(bytes, columns + total * 28, total),
  };
}
