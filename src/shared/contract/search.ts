// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { limit } from './analysis.ts';
import type { Distribution } from './analysis.ts';
import { traceRef } from './experts.ts';

/** Searches in a trace, and their answers. Times are nanoseconds from the trace's origin. */

/** Where; without times and tracks it is the whole trace. Slices that overlap the range count. */
const tracePlaces = z.object({
  startNs: z.number().exactOptional(),
  endNs: z.number().exactOptional(),
  tracks: z.array(z.int().min(0)).max(4096).exactOptional(),
});

const tracePattern = tracePlaces.extend({
  text: z.string().min(1).max(10_000),
  /** Regular expressions are those of the Rust crate `regex`: linear time, no back-references. */
  isExpression: z.boolean(),
  matchCase: z.boolean(),
});

export const searchRequests = {
  /** Slices whose name or kind matches: counts, names, places. */
  'trace.search': traceRef.extend({
    ...tracePattern.shape,
    /** Equal parts of the range, or of the trace, in which hits are counted. */
    bins: z.int().min(0).max(65_535),
    rowsPerTrack: z.int().min(0).max(10_000),
    names: z.int().min(0).max(100_000),
  }),
  /** The nearest match from a moment on, or beside a slice when its row is given. */
  'trace.nearestMatch': traceRef.extend({
    ...tracePattern.shape,
    fromNs: z.number(),
    fromRow: z.int().min(0).exactOptional(),
    way: z.enum(['next', 'previous']),
  }),
  /** Slices whose arguments match, read anew from the source. Progress has rows found on the way; the answer has all. */
  'trace.searchArguments': traceRef.extend({ ...tracePattern.shape, limit }),
  /** The slices of the same name next to a slice. */
  'trace.neighbours': traceRef.extend({ row: z.int().min(0), on: z.enum(['own-track', 'all-tracks']) }),
  /** How long all slices of exactly this name are; in a range those that overlap it. */
  'trace.nameStatistics': traceRef.extend({
    name: z.string().max(1 << 20),
    ...tracePlaces.shape,
  }),
} as const;

export interface SearchResult {
  readonly count: number;
  /** Sum of durations. */
  readonly totalNs: number;
  /** Distinct names and kinds, also of those beyond the asked number. */
  readonly nameCount: number;
  /** The most time first. */
  readonly names: readonly {
    readonly name: string;
    readonly kind: string;
    readonly count: number;
    readonly totalNs: number;
  }[];
  /** What the bins divide into equal parts. */
  readonly startNs: number;
  readonly endNs: number;
  /** Hits that begin in each part; the first one also has those that begin before it. */
  readonly bins: Uint32Array;
  /** Tracks with hits, and the first rows of each by start. */
  readonly tracks: readonly {
    readonly trackId: number;
    readonly count: number;
    readonly rows: Uint32Array;
  }[];
}

export interface FoundSlice {
  readonly row: number;
  readonly trackId: number;
  readonly lane: number;
  readonly startNs: number;
  readonly durNs: number;
}

export interface ArgumentMatches {
  readonly count: number;
  /** Sum of durations, of all that were counted. */
  readonly totalNs: number;
  /** In the order of the file, as many as asked for; the columns beside tell of the same slices. */
  readonly rows: Uint32Array;
  readonly startsNs: Float64Array;
  readonly dursNs: Float64Array;
  /** Ids of their names. */
  readonly names: Uint32Array;
  /** Numbers of their kinds. */
  readonly kinds: Uint8Array;
}

export interface Neighbours {
  readonly previous: FoundSlice | null;
  readonly next: FoundSlice | null;
}

export interface NameStatistics {
  readonly durations: Distribution;
  /** Slices of each bin; the bins are equal ratios, 32 of them or one when all durations are equal. */
  readonly counts: readonly number[];
  /** One more than bins. */
  readonly edgesNs: readonly number[];
}

export interface SearchOutputs {
  'trace.search': SearchResult;
  'trace.nearestMatch': FoundSlice | null;
  'trace.searchArguments': ArgumentMatches;
  'trace.neighbours': Neighbours;
  'trace.nameStatistics': NameStatistics | null;
}
