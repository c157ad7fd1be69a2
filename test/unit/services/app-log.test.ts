// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppLog } from '#main/services/app-log.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const folder = temporaryFolder();

const linesOf = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the application’s log', () => {
  test('is JSON lines with time, level and event', () => {
    const log = new AppLog(join(folder(), 'logs'), []);
    log.write('warning', 'request.failed', { method: 'runs.get', code: 'run.unknown' });
    const [path = ''] = log.files;
    expect(basename(path)).toBe('iterscope.log');
    expect(linesOf(path)).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        level: 'warning',
        event: 'request.failed',
        method: 'runs.get',
        code: 'run.unknown',
      },
    ]);
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  test('masks secrets, and stays JSON', () => {
    const log = new AppLog(folder(), ['correct horse']);
    log.write('error', 'run.state', {
      message: 'It said: HF_TOKEN=hf_abcdefghijklmnopqrstuvwx was refused for correct horse',
      environment: { MY_API_KEY: 'hunter2hunter2', retries: 3, secretive: true },
    });
    const text = readFileSync(log.files[0] ?? '', 'utf8');
    for (const secret of ['hf_abcdef', 'correct horse', 'hunter2']) expect(text).not.toContain(secret);
    expect(linesOf(log.files[0] ?? '')[0]).toMatchObject({ environment: { retries: 3, secretive: true } });
  });

  test('is kept in five files of bounded size, the newest lines first', () => {
    const log = new AppLog(folder(), [], 1000);
    for (let count = 0; count < 100; count += 1) log.write('info', 'tick', { count, pad: 'x'.repeat(60) });
    expect(log.files.map((path) => basename(path))).toEqual([
      'iterscope.log',
      ...[1, 2, 3, 4].map((at) => `iterscope.log.${at.toString()}`),
    ]);
    for (const path of log.files) expect(statSync(path).size).toBeLessThanOrEqual(1000);
    const counts = [...log.files]
      .reverse()
      .flatMap((path) => linesOf(path).map(({ count }) => Number(count)));
    expect(counts.at(-1)).toBe(99);
    expect(counts).toEqual(counts.map((_, at) => (counts[0] ?? 0) + at));
  });

  test('goes on where an earlier start left it', () => {
    const logs = folder();
    new AppLog(logs, [], 1000).write('info', 'first');
    new AppLog(logs, [], 1000).write('info', 'second');
    expect(linesOf(join(logs, 'iterscope.log')).map(({ event }) => event)).toEqual(['first', 'second']);
  });

  test('that cannot be written harms nobody', () => {
    const file = new AppLog(join(folder(), 'blocked'), []);
    file.write('info', 'made');
    const inside = new AppLog(join(file.files[0] ?? '', 'below-a-file'), []);
    expect(() => {
      inside.write('info', 'lost');
    }).not.toThrow();
  });
});
