// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { columns } from '#main/cli/columns.ts';
import { printable } from '#main/cli/terminal.ts';

test.each([
  ['a title', '\u001b]0;owned\u0007', String.raw`\u001b]0;owned\u0007`],
  ['the clipboard, in eight bits', '\u009d52;c;cm0=\u009c', String.raw`\u009d52;c;cm0=\u009c`],
  ['a rewritten line', 'safe\rowned', String.raw`safe\u000downed`],
  ['text turned around', 'a\u202eb', String.raw`a\u202eb`],
  ['plain lines', 'a\tb\nµs – 0 ms', 'a\tb\nµs – 0 ms'],
])('%s is shown, not obeyed', (_what, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('JSON stays the same JSON', () => {
  const value = { name: '\u001b[2J\u009b31m\u007f\u2028"\\' };
  expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
});

test('a name begins no line of its own', () => {
  expect(
    columns([
      ['1', 'kernel\nTotal  0 s'],
      ['22', 'x'],
    ]),
  ).toEqual(['1   kernel Total  0 s', '22  x']);
});
