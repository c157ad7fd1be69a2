// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { NameCache } from '#renderer/data/trace-names.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('names of a trace', () => {
  test('that are missing at one moment are asked for together, once', async () => {
    const asked: (readonly number[])[] = [];
    let arrivals = 0;
    const names = new NameCache(
      (ids) => {
        asked.push(ids);
        return Promise.resolve(ids.map((id) => `name ${id}`));
      },
      () => (arrivals += 1),
    );
    expect([names.get(3), names.get(5), names.get(3)]).toEqual([undefined, undefined, undefined]);
    await settle();
    expect(asked).toEqual([[3, 5]]);
    expect(arrivals).toBe(1);
    expect(names.get(5)).toBe('name 5');
    names.get(6);
    await settle();
    expect(asked).toEqual([[3, 5], [6]]);
  });

  test('that could not be had are asked for again', async () => {
    let calls = 0;
    const names = new NameCache(
      (ids) => {
        calls += 1;
        return calls === 1 ? Promise.reject(new Error('gone')) : Promise.resolve(ids.map(() => 'here'));
      },
      () => undefined,
    );
    names.get(1);
    await settle();
    expect(names.get(1)).toBeUndefined();
    await settle();
    expect(names.get(1)).toBe('here');
  });
});
