// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kindNames } from '#shared/trace/kinds.ts';
import { legend } from '#renderer/timeline/legend.ts';
import { luminance } from '#renderer/timeline/palette.ts';

const tokens = readFileSync('src/renderer/base/tokens.css', 'utf8');

/** The colours of a theme, by variable. */
function coloursOf(theme: 'dark' | 'light'): ReadonlyMap<string, string> {
  const block = tokens.split(`[data-theme='${theme}']`)[1]?.split('}')[0] ?? '';
  return new Map(
    [...block.matchAll(/(--[\w-]+): (#[\da-f]{6});/g)].map(([, name = '', hex = '']) => [name, hex]),
  );
}

test('the legend names every kind once', () => {
  expect(legend.flatMap(({ kinds }) => kinds).toSorted()).toEqual([...kindNames].toSorted());
});

test.each(['dark', 'light'] as const)('no two entries share a colour in the %s theme', (theme) => {
  const colours = coloursOf(theme);
  const used = legend.map(({ variable }) => colours.get(variable) ?? variable);
  expect(used.every((colour) => luminance(colour) >= 0)).toBe(true);
  expect(new Set(used).size).toBe(legend.length);
});
