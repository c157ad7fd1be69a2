// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LogTail, readLogChunk } from '#main/services/log-tail.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const folder = temporaryFolder();

describe('following a log', () => {
  test('lines come once each, when they are complete', async () => {
    const path = join(folder(), 'out.log');
    const tail = new LogTail(path);
    expect(await tail.read()).toEqual([]);
    writeFileSync(path, 'one\ntwo\nthr');
    expect(await tail.read()).toEqual(['one', 'two']);
    appendFileSync(path, 'ee\n');
    expect(await tail.read()).toEqual(['three']);
    appendFileSync(path, 'last');
    expect(await tail.finish()).toEqual(['last']);
    expect(await tail.finish()).toEqual([]);
  });

  test('chunks give back every byte, and cut no character', async () => {
    const path = join(folder(), 'out.log');
    const text = 'aé€😀'.repeat(40_000);
    writeFileSync(path, text);
    let offset = 0;
    let read = '';
    for (;;) {
      const chunk = await readLogChunk(path, offset);
      read += chunk.text;
      offset = chunk.nextOffset;
      if (!chunk.more) break;
    }
    expect(read).toBe(text);
  });

  test('a line without end is handed out in pieces instead of being kept', async () => {
    const path = join(folder(), 'out.log');
    writeFileSync(path, 'x'.repeat(300_000));
    const lines = await new LogTail(path).finish();
    expect(lines.join('')).toHaveLength(300_000);
    expect(lines.length).toBeGreaterThan(1);
  });

  test('binary output is text with replacements, and the tail goes on after it', async () => {
    const path = join(folder(), 'out.log');
    writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x6f, 0x6b, 0x0a]));
    expect((await new LogTail(path).finish()).at(-1)).toBe('ok');
  });
});
