// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteWord } from '#main/launch/shell.ts';
import { splitWords } from '#main/launch/words.ts';

const wordsOf = (text: string): readonly string[] | string => {
  const split = splitWords(text);
  return split.ok ? split.words : split.message;
};

describe('splitWords', () => {
  test('undoes quoting, whatever the words hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        expect(wordsOf(words.map(quoteWord).join(' '))).toEqual(words);
      }),
    );
  });

  test.each([
    String.raw`a 'b c' "d e" f\ g "h\"i" 'j'k"l"`,
    'a \\\n  --b c # comment',
    String.raw`"a\b" '' "" x#y "\\"`,
  ])('reads %s as bash does', (text) => {
    const told = execFileSync('bash', ['-c', `printf '%s\\0' ${text}`], { encoding: 'utf8' });
    expect(wordsOf(text)).toEqual(told.split('\0').slice(0, -1));
  });

  test.each([
    ['a | b', 'connects commands'],
    ['a > b', 'redirects'],
    ['a $HOME', 'would be expanded'],
    ['"$HOME"', 'would be expanded'],
    ['*.json', 'file names'],
    ["'a", 'single quote is not closed'],
    ['"a', 'double quote is not closed'],
    ['a\\', 'nothing to escape'],
  ])('%s is refused', (text, part) => {
    expect(wordsOf(text)).toContain(part);
  });
});
