// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { IterscopeError } from '#shared/base/errors.ts';
import {
  dismissNewestNotice,
  dismissNotice,
  notify,
  notifyFailure,
  useNotices,
} from '#renderer/stores/notices.ts';

const messages = (): readonly string[] => useNotices.getState().entries.map((entry) => entry.message);

describe('notices', () => {
  beforeEach(() => {
    useNotices.setState({ entries: [] });
  });

  it('keeps every sentence until it is dismissed', () => {
    notify('error', 'first');
    notify('note', 'second');
    const [first] = useNotices.getState().entries;
    dismissNotice(first?.id ?? -1);
    expect(messages()).toEqual(['second']);
    expect(dismissNewestNotice()).toBe(true);
    expect(dismissNewestNotice()).toBe(false);
  });

  it('counts a sentence that is said again', () => {
    notify('error', 'same');
    notify('error', 'same');
    expect(useNotices.getState().entries).toMatchObject([{ message: 'same', count: 2 }]);
  });

  it('names the file where the sentence does not', () => {
    notifyFailure(
      new IterscopeError({ code: 'trace.unreadable', message: 'It cannot be read.', path: '/a.json' }),
    );
    notifyFailure(
      new IterscopeError({ code: 'trace.unreadable', message: '/b.json cannot be read.', path: '/b.json' }),
    );
    expect(messages()).toEqual(['It cannot be read. (/a.json)', '/b.json cannot be read.']);
  });

  it('does not report what was cancelled on purpose', () => {
    notifyFailure(new IterscopeError({ code: 'request.cancelled', message: 'Cancelled.' }));
    expect(messages()).toEqual([]);
  });

  it('drops the oldest beyond a bound', () => {
    for (let index = 0; index < 60; index += 1) notify('note', `n${index}`);
    expect(messages()).toHaveLength(50);
    expect(messages()[0]).toBe('n10');
  });
});
