// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogBuffer, MOST_ROWS, shownText } from '#renderer/features/run/log-buffer.ts';

const texts = (buffer: LogBuffer): readonly string[] =>
  [...buffer.rows, ...buffer.tail()].map((row) => `${row.stream}: ${row.text}`);

describe('LogBuffer', () => {
  it('joins lines that were cut between chunks, each stream for itself', () => {
    const buffer = new LogBuffer();
    buffer.append('stdout', 'one\ntw');
    buffer.append('stderr', 'warn');
    buffer.append('stdout', 'o\n');
    expect(texts(buffer)).toEqual(['stdout: one', 'stdout: two', 'stderr: warn']);
    buffer.append('stderr', 'ing\n');
    expect(texts(buffer)).toEqual(['stdout: one', 'stdout: two', 'stderr: warning']);
  });

  it('holds the same lines however the text was cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b\n', '\n', 'c\r', '\u001b[1mx')),
        fc.nat(20),
        (parts, cut) => {
          const whole = new LogBuffer();
          const pieces = new LogBuffer();
          const text = parts.join('');
          whole.append('stdout', text);
          for (let at = 0; at < text.length; at += cut + 1)
            pieces.append('stdout', text.slice(at, at + cut + 1));
          expect(texts(pieces)).toEqual(texts(whole));
        },
      ),
    );
  });

  it('tells of change, and of none', () => {
    const buffer = new LogBuffer();
    const before = buffer.version;
    buffer.append('stdout', '');
    expect(buffer.version).toBe(before);
    buffer.append('stdout', 'x');
    expect(buffer.version).toBeGreaterThan(before);
  });

  it('drops the oldest beyond its bound and counts them', () => {
    const buffer = new LogBuffer();
    const lines = MOST_ROWS + 10;
    buffer.append('stdout', Array.from({ length: lines }, (_, index) => `${index}\n`).join(''));
    expect(buffer.rows.length).toBeLessThanOrEqual(MOST_ROWS);
    expect(buffer.rows.length + buffer.dropped).toBe(lines);
    expect(buffer.rows.at(-1)?.text).toBe((lines - 1).toString());
  });
});

describe('shownText', () => {
  it.each([
    ['plain', 'plain'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['10 %\r50 %\r100 %', '100 %'],
    ['windows\r', 'windows'],
  ])('shows %j as %j', (raw, shown) => {
    expect(shownText(raw)).toBe(shown);
  });
});
