// SPDX-License-Identifier: Apache-2.0
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bookmark } from '#shared/contract/bookmarks.ts';
import { invoke } from '#renderer/data/bridge.ts';

/** The bookmarks of a view's traces: changed at once in the window, then kept by the main process. */

export interface TraceBookmark extends Bookmark {
  readonly sourceId: string;
}

interface BookmarkState {
  /** By start, whatever trace they belong to; times are those of their own trace. */
  readonly items: readonly TraceBookmark[];
  /** The one whose text is being typed. */
  readonly editing: string | null;
}

type BookmarkStore = StoreApi<BookmarkState>;

/** Where they are kept. */
interface BookmarkKeeper {
  list(sourceId: string): Promise<readonly Bookmark[]>;
  save(sourceId: string, bookmarks: readonly Bookmark[]): Promise<void>;
}

export const mainKeeper: BookmarkKeeper = {
  list: (sourceId) => invoke('bookmarks.list', { sourceId }),
  save: (sourceId, bookmarks) => invoke('bookmarks.save', { sourceId, bookmarks: [...bookmarks] }),
};

export class Bookmarks {
  readonly store: BookmarkStore = createStore(() => ({ items: [], editing: null }));
  readonly #keeper: BookmarkKeeper;
  readonly #onFailure: (thrown: unknown) => void;
  readonly #loaded = new Map<string, Promise<void>>();

  constructor(keeper: BookmarkKeeper, onFailure: (thrown: unknown) => void) {
    this.#keeper = keeper;
    this.#onFailure = onFailure;
  }

  /** Fetches those of traces that were not asked for yet. */
  load(sourceIds: readonly string[]): void {
    for (const sourceId of sourceIds) {
      if (!this.#loaded.has(sourceId)) this.#loaded.set(sourceId, this.#fetch(sourceId));
    }
  }

  /** Adds one, once those that were kept are there, and begins to type its text. */
  async add(sourceId: string, startNs: number, endNs: number | null): Promise<void> {
    this.load([sourceId]);
    await this.#loaded.get(sourceId);
    const added = { id: crypto.randomUUID(), sourceId, startNs, endNs, text: '' };
    this.#change(sourceId, (items) => [...items, added]);
    this.store.setState({ editing: added.id });
  }

  edit(id: string | null): void {
    this.store.setState({ editing: id });
  }

  rename({ id, sourceId }: TraceBookmark, text: string): void {
    this.#change(sourceId, (items) => items.map((item) => (item.id === id ? { ...item, text } : item)));
  }

  remove({ id, sourceId }: TraceBookmark): void {
    this.#change(sourceId, (items) => items.filter((item) => item.id !== id));
  }

  /** Puts back what was removed. */
  restore(bookmark: TraceBookmark): void {
    this.#change(bookmark.sourceId, (items) => [...items.filter(({ id }) => id !== bookmark.id), bookmark]);
  }

  async #fetch(sourceId: string): Promise<void> {
    try {
      const kept = await this.#keeper.list(sourceId);
      this.#set((items) => [
        ...items.filter((item) => item.sourceId !== sourceId),
        ...kept.map((each) => ({ ...each, sourceId })),
      ]);
    } catch (thrown) {
      this.#onFailure(thrown);
    }
  }

  #set(next: (items: readonly TraceBookmark[]) => readonly TraceBookmark[]): void {
    this.store.setState(({ items }) => ({ items: next(items).toSorted((a, b) => a.startNs - b.startNs) }));
  }

  #change(sourceId: string, next: (items: readonly TraceBookmark[]) => readonly TraceBookmark[]): void {
    this.#set(next);
    const own = this.store.getState().items.filter((item) => item.sourceId === sourceId);
    const kept = own.map(({ id, startNs, endNs, text }) => ({ id, startNs, endNs, text }));
    this.#keeper.save(sourceId, kept).catch(this.#onFailure);
  }
}

/** The selector must return what the state holds, nothing fresh. */
export function useBookmarks<T>({ store }: Bookmarks, selector: (state: BookmarkState) => T): T {
  return useStore(store, selector);
}
