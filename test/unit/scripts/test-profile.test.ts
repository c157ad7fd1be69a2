// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const native = join(import.meta.dirname, '../../../src/native');
const text = (path: string) => readFileSync(join(native, path), 'utf8');

it('every package of the workspace is tested with checks of overflow and assertions', () => {
  const members = /^members = \[([^\]]*)\]/m.exec(text('Cargo.toml'))?.[1] ?? '';
  const packages = [...members.matchAll(/"([^"]+)"/g)].map(
    ([, folder = '']) => /^name = "(.+)"$/m.exec(text(`${folder}/Cargo.toml`))?.[1],
  );
  const profiles = [...text('test-profile.toml').matchAll(/^\[profile\.release\.package\.(.+)\]\n([^[]*)/gm)];
  expect(profiles.map(([, name]) => name).toSorted()).toEqual(packages.toSorted());
  expect(packages.length).toBeGreaterThan(10);
  for (const [, , settings = ''] of profiles)
    expect(settings.trim()).toBe('opt-level = 1\ndebug-assertions = true\noverflow-checks = true');
});
