// SPDX-License-Identifier: Apache-2.0

/**
 * A typed view over a packed window (little-endian), as the engine sends it.
 * Layout, version 1: eight u32 of header, four u32 per track, then one column after the other, each
 * padded to four bytes. Nothing is copied: the views look into the buffer that arrived.
 */

export const WINDOW_MAGIC = 0x31575349;
const HEADER_WORDS = 8;
const TRACK_WORDS = 4;
const FLAG_FOLDED = 1;

export interface WindowTrack {
  readonly trackId: number;
  readonly first: number;
  readonly count: number;
  readonly lanes: number;
}

export interface WindowView {
  /** Horizontal resolution: x0 and x1 lie in 0..units. */
  readonly units: number;
  readonly tracks: readonly WindowTrack[];
  readonly count: number;
  readonly x0: Uint16Array;
  readonly x1: Uint16Array;
  readonly lane: Uint16Array;
  readonly kind: Uint8Array;
  readonly flags: Uint8Array;
  /** String id in the trace's names. */
  readonly name: Uint32Array;
  /** Slices that this rectangle stands for. */
  readonly slices: Uint32Array;
  /** Row of the slice, or of the longest one folded. */
  readonly row: Uint32Array;
}

const padded = (bytes: number): number => (bytes + 3) & ~3;

/** Reads a packed window; null when the bytes are not one of this version or are cut short. */
export function viewWindow(bytes: ArrayBuffer, version: number): WindowView | null {
  if (bytes.byteLength < HEADER_WORDS * 4) return null;
  const header = new Uint32Array(bytes, 0, HEADER_WORDS);
  const [magic, found, units, trackCount = 0, count = 0] = header;
  if (magic !== WINDOW_MAGIC || found !== version || units === undefined) return null;
  const columns = (HEADER_WORDS + trackCount * TRACK_WORDS) * 4;
  const expected = columns + 3 * padded(count * 2) + 2 * padded(count) + 3 * count * 4;
  if (bytes.byteLength < expected) return null;

  const table = new Uint32Array(bytes, HEADER_WORDS * 4, trackCount * TRACK_WORDS);
  const tracks = Array.from({ length: trackCount }, (_, index) => ({
    trackId: table[index * TRACK_WORDS] ?? 0,
    first: table[index * TRACK_WORDS + 1] ?? 0,
    count: table[index * TRACK_WORDS + 2] ?? 0,
    lanes: table[index * TRACK_WORDS + 3] ?? 0,
  }));

  let at = columns;
  const take = (size: number): number => {
    const offset = at;
    at += padded(count * size);
    return offset;
  };
  return {
    units,
    tracks,
    count,
    x0: new Uint16Array(bytes, take(2), count),
    x1: new Uint16Array(bytes, take(2), count),
    lane: new Uint16Array(bytes, take(2), count),
    kind: new Uint8Array(bytes, take(1), count),
    flags: new Uint8Array(bytes, take(1), count),
    name: new Uint32Array(bytes, take(4), count),
    slices: new Uint32Array(bytes, take(4), count),
    row: new Uint32Array(bytes, take(4), count),
  };
}

/** Whether a rectangle stands for several slices too narrow to tell apart. */
export function isFolded(view: WindowView, index: number): boolean {
  return ((view.flags[index] ?? 0) & FLAG_FOLDED) !== 0;
}
