// SPDX-License-Identifier: Apache-2.0
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';

/**
 * What is selected in the views of one run, or of files opened together: ids and numbers only. Its trace view and
 * its experts share the window of iterations.
 */

export interface SelectedSlice {
  readonly sourceId: string;
  readonly row: number;
}

export interface SelectedInstant {
  readonly sourceId: string;
  readonly index: number;
}

export type TraceTab = 'overview' | 'iterations' | 'kernels' | 'operators' | 'differences' | 'hta';

export interface TraceViewState {
  readonly slice: SelectedSlice | null;
  /** A moment that a trace holds; never beside a slice. */
  readonly instant: SelectedInstant | null;
  /** Counts up when the timeline should move to the slice. */
  readonly revealNonce: number;
  readonly iteration: number | null;
  /** Counts up when the timeline should zoom to the iteration. */
  readonly iterationNonce: number;
  /** Iterations that everything is asked about, both included; null for all. */
  readonly window: { readonly first: number; readonly last: number } | null;
  /** Nanoseconds of world time. */
  readonly range: { readonly startNs: number; readonly endNs: number } | null;
  /** Null until one is chosen: then it follows from the number of ranks. */
  readonly tab: TraceTab | null;
  /** What several traces should share an axis by. */
  readonly clock: 'wall' | 'step';
  /** The user selected something on the timeline. */
  readonly sliceChosen: (slice: SelectedSlice | null) => void;
  readonly instantChosen: (instant: SelectedInstant | null) => void;
  readonly iterationShown: (index: number) => void;
  readonly rangeChosen: (range: TraceViewState['range']) => void;
  /** The user asked from elsewhere to be led there. */
  readonly goToSlice: (slice: SelectedSlice) => void;
  readonly goToIteration: (index: number) => void;
  readonly chooseWindow: (window: TraceViewState['window']) => void;
  readonly showTab: (tab: TraceTab) => void;
  readonly chooseClock: (clock: TraceViewState['clock']) => void;
}

export type TraceViewStore = StoreApi<TraceViewState>;

export function createTraceViewStore(): TraceViewStore {
  return createStore((set) => ({
    slice: null,
    instant: null,
    revealNonce: 0,
    iteration: null,
    iterationNonce: 0,
    window: null,
    range: null,
    tab: null,
    clock: 'wall',
    sliceChosen: (slice) => set(slice === null ? { slice } : { slice, instant: null }),
    instantChosen: (instant) => set({ instant }),
    iterationShown: (iteration) => set({ iteration }),
    rangeChosen: (range) => set({ range }),
    goToSlice: (slice) => set((before) => ({ slice, instant: null, revealNonce: before.revealNonce + 1 })),
    goToIteration: (iteration) => set((before) => ({ iteration, iterationNonce: before.iterationNonce + 1 })),
    chooseWindow: (window) => set({ window }),
    showTab: (tab) => set({ tab }),
    chooseClock: (clock) => set({ clock }),
  }));
}

/** A part of a view's state, kept up to date. The selector must return what the state holds, nothing fresh. */
export function useTraceView<T>(store: TraceViewStore, selector: (state: TraceViewState) => T): T {
  return useStore(store, selector);
}
