// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Source } from '#shared/contract/app.ts';
import { BookmarkService } from '#main/services/bookmarks.ts';
import { traceFingerprint } from '#main/services/trace-fingerprint.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const folder = temporaryFolder();
const ID = '0e4a1d4e-3f0e-4f3e-9a55-0d1d6c6a8a01';
const note = (text: string, startNs = 5) => ({ id: ID, startNs, endNs: null, text });

function stage(changes: Partial<Source> = {}) {
  const home = folder();
  const path = join(home, 'trace.json');
  writeFileSync(path, '{"traceEvents":[]}');
  let source: Source = { sourceId: 's', kind: 'trace', path, name: 'trace.json', ...changes };
  const service = new BookmarkService({
    sourceOf: () => source,
    runFolderOf: (id) => join(home, 'runs', id),
    dataFolder: join(home, 'data'),
  });
  const moveTo = (next: string): void => {
    renameSync(source.path, next);
    source = { ...source, path: next };
  };
  return { home, path, service, moveTo };
}

describe('bookmarks of a trace', () => {
  test('are kept, and found again when the file was moved', async () => {
    const { service, moveTo, home } = stage();
    expect(await service.list('s')).toEqual([]);
    await service.save('s', [note('slow step'), note('gap', 9)]);
    moveTo(join(home, 'elsewhere.json'));
    expect(await service.list('s')).toEqual([note('slow step'), note('gap', 9)]);
  });

  test('of a run lie in its folder, and each process of a report has its own', async () => {
    const { service, home } = stage({ runId: 'r1', process: 12 });
    await service.save('s', [note('a')]);
    expect(readdirSync(join(home, 'runs', 'r1', 'bookmarks'))).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}-12\.json$/),
    ]);
  });

  test('are written in the order in which they were said', async () => {
    const { service } = stage();
    await Promise.all(['a', 'b', 'c'].map((text) => service.save('s', [note(text)])));
    expect(await service.list('s')).toEqual([note('c')]);
  });

  test.each(['no JSON', '{"version":2,"bookmarks":[]}', '{"version":1,"bookmarks":[{"id":"x"}]}'])(
    'that cannot be read (%s) are told of and not written over',
    async (content) => {
      const { service, home, path } = stage();
      mkdirSync(join(home, 'data', 'bookmarks'), { recursive: true });
      const file = join(home, 'data', 'bookmarks', `${await traceFingerprint(path)}.json`);
      writeFileSync(file, content);
      await expect(service.list('s')).rejects.toMatchObject({ failure: { code: 'bookmarks.damaged' } });
      await expect(service.save('s', [])).rejects.toMatchObject({ failure: { code: 'bookmarks.damaged' } });
      expect(readFileSync(file, 'utf8')).toBe(content);
    },
  );

  test('of a trace that is gone are not guessed at', async () => {
    const { service } = stage({ path: '/nowhere/trace.json' });
    await expect(service.list('s')).rejects.toMatchObject({ failure: { code: 'trace.unreadable' } });
  });
});

test('a fingerprint differs with one byte anywhere of a small file, and with the size of any', async () => {
  const home = folder();
  const write = (name: string, content: Buffer): string => {
    writeFileSync(join(home, name), content);
    return join(home, name);
  };
  const base = Buffer.alloc(200_000, 1);
  const changed = Buffer.from(base);
  changed[123_456] = 2;
  const prints = await Promise.all(
    [
      write('a', base),
      write('b', changed),
      write('c', Buffer.alloc(200_001, 1)),
      write('d', Buffer.alloc(0)),
    ].map(traceFingerprint),
  );
  expect(new Set(prints).size).toBe(4);
  expect(await traceFingerprint(write('e', base))).toBe(prints[0]);
});
