// SPDX-License-Identifier: Apache-2.0

/**
 * A typed view over packed coverage (little-endian): how busy groups of tracks are, unit by unit. Layout,
 * version 1: eight u32 of header, two u32 per column (group, kind), then one byte per unit and column, padded
 * to four bytes. The kinds of a unit add up to the share of it in which anything ran; 255 is all of it.
 */

const COVERAGE_MAGIC = 0x31555349;
const COVERAGE_VERSION = 1;
const HEADER_WORDS = 8;
export const FULL_SHARE = 255;

export interface CoverageColumn {
  /** Index of the group in the question. */
  readonly group: number;
  readonly kind: number;
  /** By unit, 0 to FULL_SHARE. */
  readonly shares: Uint8Array;
}

export interface CoverageView {
  readonly units: number;
  readonly columns: readonly CoverageColumn[];
}

/** Reads packed coverage; null when the bytes are not of this version or are cut short. */
export function viewCoverage(bytes: ArrayBuffer): CoverageView | null {
  if (bytes.byteLength < HEADER_WORDS * 4) return null;
  const [magic, version, units = 0, , columnCount = 0] = new Uint32Array(bytes, 0, HEADER_WORDS);
  if (magic !== COVERAGE_MAGIC || version !== COVERAGE_VERSION) return null;
  const first = HEADER_WORDS * 4 + columnCount * 8;
  const size = (units + 3) & ~3;
  if (bytes.byteLength < first + columnCount * size) return null;
  const table = new Uint32Array(bytes, HEADER_WORDS * 4, columnCount * 2);
  const columns = Array.from({ length: columnCount }, (_, at) => ({
    group: table[at * 2] ?? 0,
    kind: table[at * 2 + 1] ?? 0,
    shares: new Uint8Array(bytes, first + at * size, units),
  }));
  return { units, columns };
}
