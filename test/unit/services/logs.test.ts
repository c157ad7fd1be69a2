// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogPage } from '#shared/contract/log.ts';
import { toFailure } from '#shared/base/errors.ts';
import { nodePlatform } from '#main/platform/node-platform.ts';
import { Library } from '#main/services/library.ts';
import { LogIndex } from '#main/services/log-index.ts';
import { LogService } from '#main/services/logs.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const folder = temporaryFolder();
const ID = '20260102T030405Z-engine-0a1b';

/** A run's folder with its two outputs. */
function makeRun(
  stdout: string | Buffer,
  stderr = '',
): { logs: LogService; runFolder: string; library: Library } {
  const home = folder();
  const platform = nodePlatform({
    environment: { ITERSCOPE_HOME: home },
    assetsFolder: home,
    nativeFolder: home,
  });
  const library = new Library(platform);
  const runFolder = library.folderOf(ID);
  mkdirSync(runFolder, { recursive: true });
  writeFileSync(library.logOf(ID, 'stdout'), stdout);
  writeFileSync(library.logOf(ID, 'stderr'), stderr);
  return { logs: new LogService(library), runFolder, library };
}

const texts = (page: LogPage): string[] =>
  page.parts.flatMap(({ stream, lines }) => lines.map((line) => (stream === 'stderr' ? `! ${line}` : line)));
const numbered = (count: number): string =>
  Array.from({ length: count }, (_, at) => `line ${at.toString()}\n`).join('');

describe('pages of a log', () => {
  test('give the lines asked for, anywhere in it', async () => {
    const { logs } = makeRun(numbered(100_000));
    const page = await logs.page(ID, { show: 'both', from: 54_321, lines: 3 });
    expect(texts(page)).toEqual(['line 54321', 'line 54322', 'line 54323']);
    expect(page).toMatchObject({ from: 54_321, total: 100_000, errorTotal: 0, ended: true, tails: [] });
    const last = await logs.page(ID, { show: 'both', from: null, lines: 2 });
    expect(texts(last)).toEqual(['line 99998', 'line 99999']);
    expect(last.from).toBe(99_998);
    expect(texts(await logs.page(ID, { show: 'both', from: 100_000, lines: 5 }))).toEqual([]);
  });

  test('hold each line once, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'bc\n', '\n', 'é'.repeat(40_000), 'x'.repeat(70_000)), {
          maxLength: 12,
        }),
        fc.integer({ min: 1, max: 7 }),
        async (pieces, lines) => {
          const text = pieces.join('');
          const { logs } = makeRun(text);
          const { total } = await logs.page(ID, { show: 'stdout', from: 0, lines: 0 });
          const all: string[] = [];
          for (let from = 0; from < total; from += lines) {
            const page = await logs.page(ID, { show: 'stdout', from, lines });
            all.push(...texts(page));
          }
          expect(all).toHaveLength(total);
          expect(all.join('')).toBe(text.replaceAll('\n', ''));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('count the outputs for themselves', async () => {
    const { logs } = makeRun('one\ntwo\n', 'warning\n');
    expect(texts(await logs.page(ID, { show: 'stderr', from: 0, lines: 10 }))).toEqual(['! warning']);
    expect(await logs.page(ID, { show: 'stdout', from: 0, lines: 10 })).toMatchObject({
      total: 2,
      errorTotal: 1,
    });
    expect((await logs.page(ID, { show: 'both', from: 0, lines: 10 })).total).toBe(3);
  });

  test('of very long lines are shorter than asked, and lose none', async () => {
    const long = `${'y'.repeat(60_000)}\n`;
    const { logs } = makeRun(long.repeat(200));
    const page = await logs.page(ID, { show: 'both', from: 0, lines: 200 });
    expect(texts(page).length).toBeLessThan(200);
    const end = await logs.page(ID, { show: 'both', from: null, lines: 200 });
    expect(end.from + texts(end).length).toBe(200);
    expect(end.from).toBeGreaterThan(0);
  });

  test('of a run that wrote nothing are empty', async () => {
    const { logs } = makeRun('');
    expect(await logs.page(ID, { show: 'both', from: null, lines: 10 })).toMatchObject({
      from: 0,
      total: 0,
      parts: [],
    });
  });
});

describe('the order of both outputs', () => {
  test('is that in which they came, also for whoever opens the run later', async () => {
    const { logs, library } = makeRun('', '');
    const out = library.logOf(ID, 'stdout');
    const err = library.logOf(ID, 'stderr');
    logs.follow(ID, true);
    const seen = (): Promise<LogPage> => logs.page(ID, { show: 'both', from: 0, lines: 10 });
    appendFileSync(err, 'first\n');
    await seen();
    appendFileSync(out, 'second\n');
    await seen();
    appendFileSync(err, 'third\npart');
    const page = await seen();
    expect(texts(page)).toEqual(['! first', 'second', '! third']);
    expect(page.tails).toEqual([{ stream: 'stderr', text: 'part' }]);
    expect(page.ended).toBe(false);
    await logs.unfollow(ID);
    const expected = ['! first', 'second', '! third', '! part'];
    expect(texts(await seen())).toEqual(expected);
    const later = await new LogService(library).page(ID, { show: 'both', from: 0, lines: 10 });
    expect(texts(later)).toEqual(expected);
    expect(later.ended).toBe(true);
  });

  test('that does not fit the files is not believed', async () => {
    const { logs, runFolder } = makeRun('one\n', 'two\n');
    writeFileSync(join(runFolder, 'output-order.jsonl'), '["e",4,1]\n["o",4000,99]\n');
    expect(texts(await logs.page(ID, { show: 'both', from: 0, lines: 10 }))).toEqual(['! two', 'one']);
  });

  test('with blocks larger than any is made, or more lines than bytes, is not believed', async () => {
    for (const block of ['["o",200000,1]', '["o",4,5]']) {
      const { logs, runFolder } = makeRun('one\n'.repeat(60_000), '');
      writeFileSync(join(runFolder, 'output-order.jsonl'), `${block}\n`);
      const page = await logs.page(ID, { show: 'both', from: 59_999, lines: 10 });
      expect(page.total).toBe(60_000);
      expect(texts(page)).toEqual(['one']);
    }
  });

  test('takes little room: quiet outputs make few blocks', async () => {
    const { library } = makeRun(numbered(50_000));
    const paths = { stdout: library.logOf(ID, 'stdout'), stderr: library.logOf(ID, 'stderr') };
    const index = new LogIndex(paths);
    await index.refresh(true);
    const bytes = readFileSync(paths.stdout).length;
    expect(index.lines('both')).toBe(50_000);
    expect(index.blocks.length).toBeLessThanOrEqual(Math.ceil(bytes / (64 * 1024)) + 1);
  });
});

describe('search over a whole log', () => {
  test('finds every line, seen as a terminal shows it', async () => {
    const { logs } = makeRun(
      `a \u001b[31mneed\u001b[0mle\n${numbered(20_000)}10 %\rNEEDLE\nneedle gone\rkept\n`,
    );
    const found = await logs.search(ID, { show: 'both', text: 'needle', matchCase: false });
    expect(found).toEqual({ lines: [0, 20_001], count: 2 });
    expect(await logs.search(ID, { show: 'both', text: 'NEEDLE', matchCase: true })).toEqual({
      lines: [20_001],
      count: 1,
    });
    expect(await logs.search(ID, { show: 'stderr', text: 'needle', matchCase: false })).toEqual({
      lines: [],
      count: 0,
    });
  });

  test('gives way to a newer one', async () => {
    const { logs } = makeRun(numbered(50_000));
    const older = logs.search(ID, { show: 'both', text: 'line 1', matchCase: true }).catch(toFailure);
    const newer = logs.search(ID, { show: 'both', text: 'line 49999', matchCase: true });
    expect(await older).toMatchObject({ code: 'request.cancelled' });
    expect(await newer).toEqual({ lines: [49_999], count: 1 });
  });
});
