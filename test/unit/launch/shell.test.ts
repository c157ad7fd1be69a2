// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteWord, shellText } from '#main/launch/shell.ts';

/** Runs text in a real bash and returns the words that a program got. */
function wordsOf(script: string, environment: Record<string, string> = {}): string[] {
  const output = execFileSync('bash', ['--norc', '-c', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  return output.toString('utf8').split('\0').slice(0, -1);
}

const anyWord = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom("'", '"', '\\', '$', '`', '\n', ' ', '!', '*', '-', '='),
      fc.string({ minLength: 1, maxLength: 1 }),
    ),
  })
  .filter((word) => !word.includes('\0'));

describe('commands as bash text', () => {
  test('any words come back unchanged from bash', () => {
    fc.assert(
      fc.property(fc.array(anyWord, { maxLength: 6 }), (words) => {
        const script = shellText({
          program: 'printf',
          args: [String.raw`%s\0`, ...words],
          environment: [],
          unset: [],
        });
        expect(wordsOf(script)).toEqual(words.length === 0 ? [''] : words);
      }),
      { numRuns: 60 },
    );
  });

  test('variables reach the program, unset ones do not, secrets come from the reader', () => {
    const script = shellText({
      program: 'bash',
      args: ['-c', 'printf "%s\\0" "$A" "${B-none}" "$HF_TOKEN"'],
      environment: [
        { name: 'A', value: "x y's", secret: false },
        { name: 'HF_TOKEN', value: 'never shown', secret: true },
      ],
      unset: ['B'],
    });
    expect(script).not.toContain('never shown');
    expect(wordsOf(script, { B: 'inherited', HF_TOKEN: 'mine' })).toEqual(["x y's", 'none', 'mine']);
    expect(() => wordsOf(script)).toThrow();
  });

  test('plain words stay readable', () => {
    expect(quoteWord('--layers=8')).toBe('--layers=8');
    expect(quoteWord('')).toBe("''");
    expect(shellText({ program: '/bin/x', args: ['--a', '1', '--b', '2'], environment: [], unset: [] })).toBe(
      '/bin/x \\\n  --a 1 \\\n  --b 2',
    );
  });
});
