// SPDX-License-Identifier: Apache-2.0
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { NO_ARRANGEMENT, parseArrangement, type Arrangement } from '#renderer/timeline/arrangement.ts';

/** How the tracks of one view are arranged, kept on this machine for the next trace of the same kind. */

export interface ArrangementState {
  readonly arrangement: Arrangement;
  /** Only tracks whose name holds it are shown; not kept. */
  readonly filter: string;
  readonly shown: number;
  readonly hidden: number;
}

export type ArrangementStore = StoreApi<ArrangementState>;

const keyOf = (kind: string): string => `timeline-tracks:${kind}`;

/** What was kept for traces of a kind (a format, and whether several are shown together). */
export function createArrangementStore(kind: string): ArrangementStore {
  const store = createStore<ArrangementState>(() => ({
    arrangement: parseArrangement(localStorage.getItem(keyOf(kind))),
    filter: '',
    shown: 0,
    hidden: 0,
  }));
  store.subscribe(({ arrangement }, before) => {
    if (arrangement === before.arrangement) return;
    if (arrangement === NO_ARRANGEMENT) localStorage.removeItem(keyOf(kind));
    else localStorage.setItem(keyOf(kind), JSON.stringify(arrangement));
  });
  return store;
}

export function useArrangement<T>(store: ArrangementStore, selector: (state: ArrangementState) => T): T {
  return useStore(store, selector);
}
