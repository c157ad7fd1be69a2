// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test, vi } from 'vitest';
import { follow } from '#renderer/base/follow.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('an answer that is followed', () => {
  test('is handed on, and so is its failure', async () => {
    const take = vi.fn();
    const fail = vi.fn();
    follow(Promise.resolve(7), take, fail);
    follow(Promise.reject(new Error('gone')), take, fail);
    await settled();
    expect(take.mock.calls).toEqual([[7]]);
    expect(fail.mock.calls).toEqual([[new Error('gone')]]);
  });

  test('is nobody’s once it was let go, whichever way it ends', async () => {
    const take = vi.fn();
    const fail = vi.fn();
    follow(Promise.resolve(7), take, fail)();
    follow(Promise.reject(new Error('gone')), take, fail)();
    await settled();
    expect(take).not.toHaveBeenCalled();
    expect(fail).not.toHaveBeenCalled();
  });
});
