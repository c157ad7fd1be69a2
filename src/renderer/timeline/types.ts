// SPDX-License-Identifier: Apache-2.0
import type { SliceDetails, Track } from '#shared/contract/engine.ts';
import type { Counter, InstantDetails } from '#shared/contract/points.ts';
import type { Neighbours } from '#shared/contract/search.ts';
import type { CounterView } from '#shared/trace/counters.ts';
import type { CoverageView } from '#shared/trace/coverage.ts';
import type { WindowView } from '#shared/trace/window.ts';
import type { Arrangement } from './arrangement.ts';

/**
 * What the timeline shows and whom it asks. *World* time is nanoseconds from the earliest start of all
 * traces shown together; *trace* time is nanoseconds from one trace's own origin.
 */

/** A question about one trace, in trace time. */
export interface WindowRequest {
  readonly startNs: number;
  readonly endNs: number;
  readonly units: number;
  readonly tracks: readonly number[];
}

/** A question about values of one trace, in trace time. */
export interface CounterRequest {
  readonly startNs: number;
  readonly endNs: number;
  readonly units: number;
  readonly counters: readonly number[];
}

/** A question about how busy groups of tracks of one trace are, in trace time. */
export interface CoverageRequest {
  readonly startNs: number;
  readonly endNs: number;
  readonly units: number;
  readonly groups: readonly (readonly number[])[];
}

/** Where slices, names and details of one trace come from. */
export interface TimelineSource {
  window(request: WindowRequest, signal: AbortSignal): Promise<WindowView>;
  /** In the layout of windows, with the index of an instant as row. */
  instantWindow(request: WindowRequest, signal: AbortSignal): Promise<WindowView>;
  counterWindow(request: CounterRequest, signal: AbortSignal): Promise<CounterView>;
  instant(index: number): Promise<InstantDetails>;
  coverage(request: CoverageRequest, signal: AbortSignal): Promise<CoverageView>;
  /** Undefined while it is being fetched; whoever owns the source calls `Timeline.invalidate` when it came. */
  name(id: number): string | undefined;
  slice(row: number): Promise<SliceDetails>;
  /** The slices of the same name before and after a slice, on all tracks of the trace. */
  neighbours(row: number): Promise<Neighbours>;
}

/** What an iteration does: prefill (context) work, only decoding (generation), or not said by its marker. */
export type IterationKind = 'context' | 'generation' | 'unknown';

/** One iteration on one kind of track, in trace time. */
export interface IterationBand {
  readonly index: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly kind: IterationKind;
  readonly inferred: boolean;
}

export interface TimelineTrace {
  readonly key: string;
  /** As people call it: `Rank 0`. */
  readonly label: string;
  /** World time of the trace's origin. */
  readonly offsetNs: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly tracks: readonly Track[];
  readonly counters: readonly Counter[];
  /** Names of the GPUs by device. */
  readonly deviceNames: ReadonlyMap<number, string>;
  readonly hostBands: readonly IterationBand[];
  /** GPU windows by device; a device without any shows the host's. */
  readonly gpuBands: ReadonlyMap<number, readonly IterationBand[]>;
  readonly source: TimelineSource;
}

/** Points at one slice of one trace. */
export interface SliceRef {
  readonly traceKey: string;
  readonly row: number;
}

/** Points at one moment that one trace holds. */
export interface InstantRef {
  readonly traceKey: string;
  readonly index: number;
}

/** A span of world time. */
export interface TimeRange {
  readonly startNs: number;
  readonly endNs: number;
}

export interface TimelineCallbacks {
  onSelect(ref: SliceRef | null): void;
  onInstant(ref: InstantRef | null): void;
  /** The user wants to note something at a moment or a range of world time; the trace is that of the selected slice. */
  onBookmark(at: {
    readonly startNs: number;
    readonly endNs: number | null;
    readonly traceKey: string | null;
  }): void;
  onRange(range: TimeRange | null): void;
  /** The user moved to an iteration by key. */
  onIteration(index: number): void;
  /** The user arranged the tracks; what is hidden is counted. */
  onArrangement(arrangement: Arrangement): void;
  /** The rows changed, for whatever reason. */
  onRows(rows: { readonly shown: number; readonly hidden: number }): void;
  /** The user wants to search slices. */
  onSearch(): void;
  /** The user wants to filter the tracks. */
  onFilter(): void;
}
