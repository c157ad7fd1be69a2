// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importRun } from '#main/services/archive/import.ts';
import { LIMITS, problemOfName } from '#main/services/archive/entries.ts';
import { toFailure } from '#shared/base/errors.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { temporaryFolder } from '../../../builders/folder.ts';
import { makeManifest } from '../../../builders/run.ts';
import { makeZip, type ZipEntry } from '../../../builders/zip.ts';

const folder = temporaryFolder();

const manifestOf = (changes: Partial<RunManifest> = {}): ZipEntry => ({
  name: 'manifest.json',
  data: JSON.stringify(makeManifest(changes)),
});
const good: readonly ZipEntry[] = [
  manifestOf({ artifacts: [{ kind: 'kineto-trace', path: 'trace.json', bytes: 2 }] }),
  { name: 'stdout.log', data: 'iter = 1\n' },
  { name: 'artifacts/', mode: 0o040755, store: true },
  { name: 'artifacts/trace.json', data: '{}' },
];

interface Place {
  readonly home: string;
  readonly bring: (archive: Buffer, signal?: AbortSignal) => Promise<string>;
  /** Everything below the home folder, apart from the archive itself. */
  readonly left: () => string[];
}

function place(): Place {
  const home = folder();
  const dataFolder = join(home, 'data');
  const runsFolder = join(dataFolder, 'runs');
  const archive = join(home, 'in.zip');
  return {
    home,
    bring: (bytes, signal = new AbortController().signal) => {
      writeFileSync(archive, bytes);
      const onBytes = (): void => undefined;
      return importRun({ archive, runsFolder, dataFolder, now: new Date(0), signal, onBytes });
    },
    left: () =>
      (readdirSync(home, { recursive: true }) as string[])
        .filter((path) => !['in.zip', 'data', 'data/runs', 'data/incoming'].includes(path))
        .sort(),
  };
}

async function refused(bytes: Buffer): Promise<{ code: string; message: string; left: string[] }> {
  const { bring, left } = place();
  const failure = await bring(bytes).then(
    () => ({ code: 'ok' as const, message: 'it was imported' }),
    (thrown: unknown) => toFailure(thrown),
  );
  return { code: failure.code, message: failure.message, left: left() };
}

const BOOKMARKS = `bookmarks/${'0123456789abcdef'.repeat(4)}-12.json`;
const bookmark = { id: '0e4a1d4e-3f0e-4f3e-9a55-0d1d6c6a8a01', startNs: 5, endNs: 9, text: 'slow step' };
const noted = (content: unknown, name = BOOKMARKS): ZipEntry[] => [
  ...good,
  { name, data: typeof content === 'string' ? content : JSON.stringify(content) },
];

describe('a good archive', () => {
  test('becomes a run, with its annotations and without values of variables', async () => {
    const { bring, home } = place();
    const annotations = { version: 1, title: 'Mine', tags: ['night'], notes: 'n' };
    const environment = [
      { name: 'ENABLE_PERFECT_ROUTER', value: '1' },
      { name: 'LD_PRELOAD', value: '/tmp/evil.so' },
    ];
    const form = {
      ...makeManifest().form,
      extraEnvironment: [{ name: 'LD_PRELOAD', value: '/tmp/evil.so' }],
    };
    const id = await bring(
      makeZip([
        manifestOf({ environment, form }),
        { name: 'annotations.json', data: JSON.stringify(annotations) },
        ...good.slice(1),
      ]),
    );
    const run = join(home, 'data', 'runs', id);
    expect(readFileSync(join(run, 'artifacts', 'trace.json'), 'utf8')).toBe('{}');
    expect(JSON.parse(readFileSync(join(run, 'annotations.json'), 'utf8'))).toEqual({
      ...annotations,
      importedAt: '1970-01-01T00:00:00.000Z',
    });
    const manifest = readFileSync(join(run, 'manifest.json'), 'utf8');
    expect(manifest).not.toContain('evil');
    expect((JSON.parse(manifest) as RunManifest).environment[0]).toEqual(environment[0]);
  });

  test('brings the bookmarks on its traces, and nothing that rides along in them', async () => {
    const { bring, home } = place();
    const extended = { version: 1, bookmarks: [{ ...bookmark, more: 'x' }], script: 'x' };
    const id = await bring(makeZip(noted(extended)));
    const kept: unknown = JSON.parse(readFileSync(join(home, 'data', 'runs', id, BOOKMARKS), 'utf8'));
    expect(kept).toEqual({ version: 1, bookmarks: [bookmark] });
  });
});

describe('a hostile archive is refused whole, in a sentence', () => {
  const trace = good[3];
  test.each<[string, readonly ZipEntry[], RegExp]>([
    ['an absolute path', [...good, { name: '/etc/cron.d/x', data: 'x' }], /absolute path/],
    ['a drive', [...good, { name: 'C:/x', data: 'x' }], /absolute path/],
    ['a way out', [...good, { name: 'artifacts/../../../x', data: 'x' }], /leads out of its folder/],
    ['a backslash', [...good, { name: 'artifacts\\..\\x', data: 'x' }], /backslash/],
    ['a control character', [...good, { name: 'artifacts/a\u0000b', data: 'x' }], /control characters/],
    ['an empty segment', [...good, { name: 'artifacts//x', data: 'x' }], /not a plain path/],
    ['a deep path', [...good, { name: `artifacts/${'d/'.repeat(20)}x`, data: 'x' }], /too deeply/],
    ['a long name', [...good, { name: `artifacts/${'n'.repeat(2000)}`, data: 'x' }], /too long/],
    [
      'a link',
      [...good, { name: 'artifacts/link', data: '/etc/passwd', mode: 0o120777 }],
      /link or a device/,
    ],
    ['a device', [...good, { name: 'artifacts/dev', mode: 0o020666 }], /link or a device/],
    ['a fifo', [...good, { name: 'artifacts/pipe', mode: 0o010666 }], /link or a device/],
    ['a name twice', [...good, { name: 'artifacts/trace.json', data: '[]' }], /occurs twice/],
    ['a name twice but for case', [...good, { name: 'artifacts/TRACE.json', data: '[]' }], /occurs twice/],
    [
      'a name twice but for composition',
      [...good, { name: 'artifacts/\u00e9', data: '' }, { name: 'artifacts/e\u0301', data: '' }],
      /occurs twice/,
    ],
    ['a file below a file', [...good, { name: 'artifacts/trace.json/x', data: 'x' }], /below a file/],
    [
      'a file that is a folder',
      [...good, { name: 'artifacts/d/x' }, { name: 'artifacts/d' }],
      /occurs twice/,
    ],
    [
      'a journal of processes',
      [...good, { name: 'supervisor.jsonl', data: '{"pid":1}' }],
      /no file of a run/,
    ],
    ['a lock', [...good, { name: 'lock.json', data: '{}' }], /no file of a run/],
    ['another folder', [...good, { name: 'bin/x', data: 'x' }], /no file of a run/],
    ['an encrypted entry', [...good, { name: 'artifacts/s', data: 'x', flags: 1 }], /encrypted/],
    ['an unknown method', [...good, { name: 'artifacts/s', data: 'x', method: 99 }], /not supported/],
    ['a bomb', [...good, { name: 'artifacts/b', data: Buffer.alloc(40 * 1024 ** 2) }], /would unpack to/],
    [
      'a claimed bomb',
      [...good, { name: 'artifacts/b', data: 'x', claimedBytes: 0xfffffffe }],
      /would unpack to/,
    ],
    [
      'entries that share data',
      [
        ...good,
        { name: 'artifacts/a', data: Buffer.alloc(5000, 'ab3'), store: true },
        ...Array.from({ length: 9 }, (_, at) => ({ name: `artifacts/s${at}`, sharesDataOf: 4, store: true })),
      ],
      /overlap/,
    ],
    ['less data than claimed', [...good, { name: 'artifacts/l', data: 'x', claimedBytes: 1000 }], /damaged/],
    [
      'more data than claimed',
      [...good, { name: 'artifacts/m', data: 'x'.repeat(5000), claimedBytes: 10 }],
      /damaged/,
    ],
    ['another checksum', [...good, { name: 'artifacts/c', data: 'x', crc: 7 }], /not what was packed/],
    ['no manifest', good.slice(1), /holds no manifest\.json/],
    ['a manifest of another kind', [{ name: 'manifest.json', data: '{"version":2}' }], /not one of a run/],
    ['a manifest that is no JSON', [{ name: 'manifest.json', data: 'MZ' }], /damaged/],
    ['an id that is a path', [manifestOf({ id: '../../../evil' })], /not one of a run/],
    [
      'an artifact outside',
      [manifestOf({ artifacts: [{ kind: 'kineto-trace', path: '../../../etc/passwd', bytes: 1 }] })],
      /not one of a run/,
    ],
    [
      'a freed artifact outside',
      [manifestOf({ artifacts: [{ kind: 'kineto-trace', path: '../stdout.log', bytes: 1, freedAt: 'x' }] })],
      /not one of a run/,
    ],
    [
      'an artifact that is not there',
      [manifestOf({ artifacts: [{ kind: 'kineto-trace', path: 'no.json', bytes: 1 }] })],
      /does not hold/,
    ],
    [
      'bookmarks of a newer version',
      noted({ version: 2, bookmarks: [bookmark] }),
      /damaged or of a newer Iterscope/,
    ],
    [
      'bookmarks that are none',
      noted({ version: 1, bookmarks: [{ ...bookmark, id: '../x' }] }),
      /damaged or of a newer Iterscope/,
    ],
    [
      'a bookmark twice',
      noted({ version: 1, bookmarks: [bookmark, bookmark] }),
      /damaged or of a newer Iterscope/,
    ],
    ['bookmarks that are no JSON', noted('MZ'), /damaged/],
    ['bookmarks of no trace', noted({ version: 1, bookmarks: [] }, 'bookmarks/x.json'), /no file of a run/],
    [
      'a folder of bookmarks in another',
      noted({ version: 1, bookmarks: [] }, BOOKMARKS.replace('/', '/a/')),
      /no file of a run/,
    ],
    ['a run that had not ended', [manifestOf({ state: 'running' })], /had not ended/],
  ])('%s', async (_what, entries, reason) => {
    expect(trace?.name).toBe('artifacts/trace.json');
    const { code, message, left } = await refused(makeZip(entries));
    expect(message).toMatch(reason);
    expect(code).toBe('archive.refused');
    expect(message).toMatch(/^\S+ was not imported: [^\n]*\. Nothing of it was kept\.$/);
    expect(left).toEqual([]);
  });

  test('more entries than any run has', async () => {
    const { message, left } = await refused(makeZip(good, LIMITS.entries + 1));
    expect(message).toMatch(/20,001 entries/);
    expect(left).toEqual([]);
  });

  test.each([
    ['text', Buffer.from('not an archive at all')],
    ['nothing', Buffer.alloc(0)],
    ['half of one', makeZip(good).subarray(0, 200)],
  ])('%s is no archive', async (_what, bytes) => {
    expect(await refused(bytes)).toMatchObject({ code: 'archive.unreadable', left: [] });
  });

  test('the id of a run that is there, which stays as it is', async () => {
    const { bring, home } = place();
    const { id } = makeManifest();
    const there = join(home, 'data', 'runs', id);
    mkdirSync(there, { recursive: true });
    writeFileSync(join(there, 'manifest.json'), 'mine');
    await expect(bring(makeZip(good))).rejects.toMatchObject({ failure: { code: 'run.exists' } });
    expect(readFileSync(join(there, 'manifest.json'), 'utf8')).toBe('mine');
    expect(readdirSync(there)).toEqual(['manifest.json']);
  });

  test('a cancelled import leaves nothing', async () => {
    const { bring, left } = place();
    const thrown: unknown = await bring(makeZip(good), AbortSignal.abort()).catch(
      (reason: unknown) => reason,
    );
    expect(toFailure(thrown).code).toBe('request.cancelled');
    expect(left()).toEqual([]);
  });
});

describe('whatever an archive says', () => {
  const segment = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '',
      'artifacts',
      'trace.json',
      'a',
      'A',
      '\u0000',
      'C:',
      '\\',
      '...',
      '~',
      'é',
      '\ud800',
    ),
    fc.string({ maxLength: 6 }),
  );
  const name = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));

  test('a name that passes stays below the folder', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          name,
          name.map((rest) => `artifacts/${rest}`),
        ),
        (path) => {
          if (problemOfName(path) !== null) return;
          expect(join('/run', path).startsWith('/run/')).toBe(true);
          expect(join('/run', path)).toBe(`/run/${path}`);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('names and modes of any kind are imported as they are or refused whole', async () => {
    const anyEntry = fc.record({
      name: fc.oneof(
        name,
        name.map((rest) => `artifacts/${rest}`),
      ),
      data: fc.string({ maxLength: 20 }),
      mode: fc.constantFrom(0o100644, 0o100644, 0, 0o120777, 0o060666),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyEntry, { maxLength: 4 }), async (entries) => {
        const { bring, left, home } = place();
        const id = await bring(makeZip([...good, ...entries])).catch((thrown: unknown) => {
          expect(['archive.refused', 'archive.unreadable']).toContain(toFailure(thrown).code);
          return null;
        });
        if (id === null) expect(left()).toEqual([]);
        else
          for (const entry of entries)
            if (!entry.name.endsWith('/'))
              expect(existsSync(join(home, 'data', 'runs', id, entry.name))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('any damage to its bytes is found or harmless, and never leaves half a run', async () => {
    const whole = makeZip(good);
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(whole.length), async (changes, cut) => {
        const bytes = Buffer.from(cut % 4 === 0 ? whole.subarray(0, cut) : whole);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const { bring, left } = place();
        const id = await bring(bytes).catch((thrown: unknown) => {
          expect(['archive.refused', 'archive.unreadable']).toContain(toFailure(thrown).code);
          return null;
        });
        if (id === null) expect(left()).toEqual([]);
        else expect(left()).toContain(`data/runs/${id}/artifacts/trace.json`);
      }),
      { numRuns: 150 },
    );
  });
});
