// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateFolders } from '#main/platform/private-folders.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const folder = temporaryFolder();
const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('folders are made for their user alone; those that are there stay as they are', () => {
  const root = folder();
  const foldersOf = {
    dataFolder: join(root, 'home/data'),
    cacheFolder: join(root, 'cache'),
    configFolder: join(root, 'x/y'),
  };
  mkdirSync(foldersOf.cacheFolder, { mode: 0o755 });
  writeFileSync(join(root, 'x'), 'in the way');
  makePrivateFolders(foldersOf);
  expect(modeOf(foldersOf.dataFolder)).toBe(0o700);
  expect(modeOf(join(root, 'home'))).toBe(0o700);
  expect(modeOf(foldersOf.cacheFolder)).toBe(0o755);
});
