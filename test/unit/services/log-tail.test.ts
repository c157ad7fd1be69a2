// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LogTail, lastLines, readLogChunk } from '#main/services/log-tail.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const folder = temporaryFolder();

async function drained(tail: LogTail): Promise<string[]> {
  const lines: string[] = [];
  for await (const some of tail.drain()) lines.push(...some);
  return lines;
}

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
    expect(await drained(tail)).toEqual(['last']);
    expect(await drained(tail)).toEqual([]);
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
    const lines = await drained(new LogTail(path));
    expect(lines.join('')).toHaveLength(300_000);
    expect(lines.length).toBeGreaterThan(1);
  });

  test('binary output is text with replacements, and the tail goes on after it', async () => {
    const path = join(folder(), 'out.log');
    writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x6f, 0x6b, 0x0a]));
    expect((await drained(new LogTail(path))).at(-1)).toBe('ok');
  });

  test('a character that is written in two pieces comes whole', async () => {
    const path = join(folder(), 'out.log');
    const tail = new LogTail(path);
    const euro = Buffer.from('a€\n');
    writeFileSync(path, euro.subarray(0, 2));
    expect(await tail.read()).toEqual([]);
    appendFileSync(path, euro.subarray(2));
    expect(await tail.read()).toEqual(['a€']);
  });

  test('one look at a log that is ahead ends, and the next goes on', async () => {
    const path = join(folder(), 'out.log');
    const lines = Array.from({ length: 300_000 }, (_, index) => `line ${index.toString().padStart(80, '.')}`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    const tail = new LogTail(path);
    const first = await tail.read();
    expect(first.length).toBeLessThan(lines.length);
    expect([...first, ...(await drained(tail))]).toEqual(lines);
  });

  test('the last words of a log that is too long to read', async () => {
    const path = join(folder(), 'err.log');
    writeFileSync(path, `${'x'.repeat(300_000)}\nfirst\n\nsecond\nlast`);
    expect(await lastLines(path, 2)).toEqual(['second', 'last']);
    expect(await lastLines(join(folder(), 'none.log'), 2)).toEqual([]);
  });
});
