// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { colouredText, shownText } from '#shared/base/terminal-text.ts';

describe('text as a terminal shows it', () => {
  test.each([
    ['plain', 'plain'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['10 %\r50 %\r100 %', '100 %'],
    ['windows\r', 'windows'],
  ])('%j is %j', (raw, shown) => {
    expect(shownText(raw)).toBe(shown);
  });

  test('keeps colours and nothing else where they are wanted', () => {
    const raw = '10 %\r\u001b[32m50 %\u001b[0m\u001b[2J\u001b]0;title\u0007\u001b[5A';
    expect(colouredText(raw)).toBe('\u001b[32m50 %\u001b[0m');
  });
});
