// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodePlatform } from '#main/platform/node-platform.ts';
import { Library } from '#main/services/library.ts';
import { IterscopeError } from '#shared/base/errors.ts';
import { temporaryFolder } from '../../builders/folder.ts';
import { makeManifest } from '../../builders/run.ts';

const folder = temporaryFolder();

function makeLibrary(): { library: Library; runs: string } {
  const home = folder();
  const platform = nodePlatform({
    environment: { ITERSCOPE_HOME: home },
    assetsFolder: '',
    nativeFolder: '',
  });
  return { library: new Library(platform), runs: join(home, 'data', 'runs') };
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const thrown: unknown = await work.then(
    () => 'nothing',
    (reason: unknown) => reason,
  );
  return thrown instanceof IterscopeError ? thrown.failure.code : String(thrown);
};

describe('runs on disk', () => {
  test('a run is named by time, recipe and chance, and comes back as it was written', async () => {
    const { library } = makeLibrary();
    const id = await library.createFolder('embedded', new Date('2026-01-02T03:04:05.678Z'));
    expect(id).toMatch(/^20260102T030405Z-embedded-[0-9a-f]{4}$/);
    const manifest = makeManifest({ id });
    await library.write(manifest);
    expect(await library.read(id)).toEqual(manifest);
  });

  test('the list is newest first, and one damaged manifest hides no other run', async () => {
    const { library, runs } = makeLibrary();
    for (const [id, createdAt] of [
      ['older-run', '2026-01-01T00:00:00.000Z'],
      ['newer-run', '2026-01-03T00:00:00.000Z'],
    ] as const) {
      mkdirSync(join(runs, id), { recursive: true });
      await library.write(makeManifest({ id, createdAt }));
    }
    mkdirSync(join(runs, 'cut-short'));
    writeFileSync(join(runs, 'cut-short', 'manifest.json'), '{"version": 1, "id": ');
    mkdirSync(join(runs, 'other-format'));
    writeFileSync(join(runs, 'other-format', 'manifest.json'), '{"version": 99}');
    mkdirSync(join(runs, 'without-manifest'));
    const { runs: found, failures } = await library.list();
    expect(found.map(({ id }) => id)).toEqual(['newer-run', 'older-run']);
    expect(failures.map(({ failure }) => failure.code)).toEqual(['run.manifest', 'run.manifest']);
    expect(readFileSync(join(runs, 'cut-short', 'manifest.json'), 'utf8')).toBe('{"version": 1, "id": ');
  });

  test('an unknown run and an unreadable one say so', async () => {
    const { library, runs } = makeLibrary();
    expect(await codeOf(library.read('no-such-run'))).toBe('run.unknown');
    mkdirSync(join(runs, 'bad-run-1'), { recursive: true });
    writeFileSync(join(runs, 'bad-run-1', 'manifest.json'), '[]');
    expect(await codeOf(library.read('bad-run-1'))).toBe('run.manifest');
  });

  test('a run belongs to a living process only', async () => {
    const { library, runs } = makeLibrary();
    const id = await library.createFolder('owned', new Date());
    expect(await library.isOwned(id)).toBe(true);
    // The same process number, another process: started at another time.
    writeFileSync(join(runs, id, 'lock.json'), JSON.stringify({ pid: process.pid, identity: '1' }));
    expect(await library.isOwned(id)).toBe(false);
    writeFileSync(join(runs, id, 'lock.json'), 'garbage');
    expect(await library.isOwned(id)).toBe(false);
  });

  test('a folder that cannot be made is a sentence with its path', async () => {
    const { library, runs } = makeLibrary();
    mkdirSync(join(runs, '..'), { recursive: true });
    writeFileSync(runs, 'a file where the folder should be');
    expect(await codeOf(library.createFolder('x', new Date()))).toBe('run.folder');
  });
});
