// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CacheService } from '#main/services/cache.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const folder = temporaryFolder();
const HOUR_MS = 3_600_000;
const NOW_MS = 1_000 * HOUR_MS;

/** Stores of 100 bytes, each used so many hours ago. */
function makeCache(ages: Readonly<Record<string, number>>): {
  cache: CacheService;
  has: (name: string) => boolean;
} {
  const root = folder();
  for (const [name, hours] of Object.entries(ages)) {
    const store = join(root, 'stores', name);
    mkdirSync(store, { recursive: true });
    writeFileSync(join(store, 'slices.arrow'), 'x'.repeat(100));
    const used = new Date(NOW_MS - hours * HOUR_MS);
    utimesSync(join(store, 'slices.arrow'), used, used);
    utimesSync(store, used, used);
  }
  return { cache: new CacheService(root), has: (name) => existsSync(join(root, 'stores', name)) };
}

describe('the trace cache', () => {
  test('is measured, also where there is none', async () => {
    expect(await makeCache({ a: 2, b: 3 }).cache.usage()).toEqual({ bytes: 200, stores: 2 });
    expect(await new CacheService(join(folder(), 'none')).usage()).toEqual({ bytes: 0, stores: 0 });
  });

  test('gives up what was not used for longest until the rest fits', async () => {
    const { cache, has } = makeCache({ newest: 2, oldest: 9, middle: 5 });
    expect(await cache.trim(150, NOW_MS)).toBe(200);
    expect(['newest', 'middle', 'oldest'].map(has)).toEqual([true, false, false]);
    expect(await cache.trim(150, NOW_MS)).toBe(0);
  });

  test('keeps what may be in use, whatever the limit', async () => {
    const { cache, has } = makeCache({ fresh: 0.5, old: 3 });
    expect(await cache.trim(1, NOW_MS)).toBe(100);
    expect(has('fresh')).toBe(true);
  });
});
