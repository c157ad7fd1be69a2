// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { bookmarkPlace, placedBookmarks } from '#renderer/features/trace/model/bookmark-places.ts';
import { Bookmarks } from '#renderer/features/trace/model/bookmarks.ts';
import type { Bookmark } from '#shared/contract/bookmarks.ts';
import { makeReady } from '../../../../builders/trace.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

function stage(kept: Readonly<Record<string, readonly Bookmark[]>> = {}) {
  const saved: [string, readonly Bookmark[]][] = [];
  const failures: unknown[] = [];
  const bookmarks = new Bookmarks(
    {
      list: (sourceId) => Promise.resolve(kept[sourceId] ?? []),
      save: (sourceId, list) => {
        saved.push([sourceId, list]);
        const isFull = list.some(({ text }) => text === 'full disk');
        return isFull ? Promise.reject(new Error('full')) : Promise.resolve();
      },
    },
    (thrown) => failures.push(thrown),
  );
  return { bookmarks, saved, failures, items: () => bookmarks.store.getState().items };
}

describe('bookmarks in the window', () => {
  test('of several traces are one list by time, each kept with its own trace', async () => {
    const old = { id: 'a', startNs: 50, endNs: null, text: 'old' };
    const { bookmarks, saved, items } = stage({ one: [old] });
    bookmarks.load(['one', 'two']);
    bookmarks.load(['one']);
    await settle();
    await bookmarks.add('two', 10, 20);
    expect(items().map(({ sourceId, startNs }) => [sourceId, startNs])).toEqual([
      ['two', 10],
      ['one', 50],
    ]);
    expect(bookmarks.store.getState().editing).toBe(items()[0]?.id);
    expect(saved).toEqual([['two', [{ id: items()[0]?.id, startNs: 10, endNs: 20, text: '' }]]]);
  });

  test('what is removed can be put back as it was', async () => {
    const { bookmarks, saved, items } = stage({ one: [{ id: 'a', startNs: 5, endNs: 9, text: 'gap' }] });
    bookmarks.load(['one']);
    await settle();
    const [gap] = items();
    if (gap === undefined) throw new Error('not loaded');
    bookmarks.remove(gap);
    expect(items()).toEqual([]);
    bookmarks.restore(gap);
    bookmarks.restore(gap);
    expect(items()).toEqual([gap]);
    expect(saved.map(([, list]) => list.length)).toEqual([0, 1, 1]);
  });

  test('a note that cannot be kept is told of', async () => {
    const { bookmarks, failures, items } = stage({ one: [{ id: 'a', startNs: 5, endNs: null, text: '' }] });
    bookmarks.load(['one']);
    await settle();
    const [first] = items();
    if (first === undefined) throw new Error('not loaded');
    bookmarks.rename(first, 'full disk');
    await settle();
    expect(failures).toHaveLength(1);
  });

  test('are in the time of their trace, whatever that is aligned to', () => {
    const traces = [
      { ...makeReady('one', []), offsetNs: 100 },
      { ...makeReady('two', []), offsetNs: 1000 },
    ];
    const at = { startNs: 1500, endNs: null, traceKey: 'two' };
    expect(bookmarkPlace(at, traces)).toEqual({ sourceId: 'two', startNs: 500, endNs: null });
    expect(bookmarkPlace({ ...at, traceKey: null }, traces)?.sourceId).toBe('one');
    expect(bookmarkPlace(at, [])).toBeUndefined();
    const item = { id: 'a', sourceId: 'two', startNs: 500, endNs: 600, text: 'x' };
    expect(placedBookmarks([item, { ...item, sourceId: 'closed' }], traces)).toEqual([
      { key: 'a', text: 'x', startNs: 1500, endNs: 1600 },
    ]);
  });
});
