// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { cachesOf, withCaches } from '#main/launch/pass-caches.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { launchTarget } from '#shared/contract/target.ts';
import { makeForm, makeRecipe } from '../../builders/recipe.ts';

const recipe = {
  ...makeRecipe(),
  caches: [
    { variable: 'TUNER_CACHE', title: 'tuner’s cache', file: 'tuner.json' },
    { variable: 'KERNEL_CACHE', title: 'kernels', file: 'kernels', home: '.engine/kernels' },
  ],
};
const container = launchTarget.parse({ kind: 'container', runtime: 'docker', image: 'engine:1' });
const places = { folder: '/caches/one', together: false, environment: {} };
const placesOf = (form: LaunchForm, changes: Partial<typeof places> = {}): unknown[] =>
  cachesOf(recipe, form, 'b', { ...places, ...changes }).map(({ owner, path }) => [owner, path]);

test('a cache that the program keeps at home stays there; another gets a place of this comparison, by arm', () => {
  expect(placesOf(makeForm())).toEqual([
    ['comparison', '/caches/one/b/tuner.json'],
    ['home', '.engine/kernels'],
  ]);
  expect(placesOf(makeForm(), { together: true })[0]).toEqual(['comparison', '/caches/one/both/tuner.json']);
});

test('what the user said stays as it is', () => {
  const stated = makeForm({ extraEnvironment: [{ name: 'TUNER_CACHE', value: '/mine' }] });
  expect(placesOf(stated)[0]).toEqual(['user', '/mine']);
  expect(placesOf(makeForm(), { environment: { KERNEL_CACHE: '/shell' } })[1]).toEqual(['user', '/shell']);
  expect(withCaches(stated, cachesOf(recipe, stated, 'b', places), '/caches/one')).toBe(stated);
});

test('a container has no home that lasts and inherits nothing: it sees the folder of the caches', () => {
  const form = makeForm({ target: container });
  const caches = cachesOf(recipe, form, 'b', { ...places, environment: { KERNEL_CACHE: '/shell' } });
  expect(caches.map(({ path }) => path)).toEqual(['/caches/one/b/tuner.json', '/caches/one/b/kernels']);
  const launched = withCaches(form, caches, '/caches/one');
  expect(launched.extraEnvironment).toEqual([
    { name: 'TUNER_CACHE', value: '/caches/one/b/tuner.json' },
    { name: 'KERNEL_CACHE', value: '/caches/one/b/kernels' },
  ]);
  expect(launched.target).toMatchObject({
    mounts: [{ source: '/caches/one', target: '/caches/one', readOnly: false }],
  });
});
