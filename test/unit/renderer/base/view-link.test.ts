// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatViewLink, looksLikeLink, parseViewLink, type ViewLink } from '#renderer/base/view-link.ts';

const whole = fc.integer({ min: -(2 ** 40), max: 2 ** 50 });
const span = fc
  .tuple(whole, fc.integer({ min: 1, max: 2 ** 40 }))
  .map(([startNs, length]) => ({ startNs, endNs: startNs + length }));
const path = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((name) => `/traces/${name.replaceAll(/\p{Cc}/gu, '_')}`);
const link: fc.Arbitrary<ViewLink> = fc.record({
  of: fc.oneof(
    fc.record({ run: fc.stringMatching(/^[0-9A-Za-z-]{8,40}$/) }),
    fc.record({ files: fc.array(path, { minLength: 1, maxLength: 5 }) }),
  ),
  view: span,
  clock: fc.constantFrom('wall', 'step'),
  range: fc.option(span),
  window: fc.option(
    fc.tuple(fc.nat(1e6), fc.nat(1000)).map(([first, more]) => ({ first, last: first + more })),
  ),
  slice: fc.option(fc.record({ trace: fc.nat(100), row: fc.nat(2 ** 32 - 1) })),
});

test('a link says again what it was made of', () => {
  fc.assert(
    fc.property(link, (made) => {
      expect(parseViewLink(formatViewLink(made))).toEqual(made);
    }),
  );
});

test('parts of a nanosecond are rounded outwards', () => {
  const view = { startNs: 10.6, endNs: 20.2 };
  const text = formatViewLink({
    of: { run: 'run-12345' },
    view,
    clock: 'wall',
    range: null,
    window: null,
    slice: null,
  });
  expect(text).toBe('iterscope://view?run=run-12345&view=10_21');
});

test('whatever comes along, a link is read or refused, and never throws', () => {
  const noise = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((text) => `iterscope://view?${text}`),
  );
  fc.assert(
    fc.property(noise, (text) => {
      const read = parseViewLink(text);
      if (read !== null) expect(read.view.startNs).toBeLessThan(read.view.endNs);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['another scheme', 'https://view?run=run-12345&view=1_2'],
  ['no owner', 'iterscope://view?view=1_2'],
  ['a run id that is a path', 'iterscope://view?run=../../etc/passwd&view=1_2'],
  ['no view', 'iterscope://view?run=run-12345'],
  ['a view that runs backwards', 'iterscope://view?run=run-12345&view=2_1'],
  ['more digits than count', 'iterscope://view?run=run-12345&view=1_9999999999999999'],
  ['no numbers', 'iterscope://view?run=run-12345&view=NaN_Infinity'],
  ['a file with a line break', 'iterscope://view?file=/a%0Ab&view=1_2'],
  ['more files than a set has', `iterscope://view?${'file=/a&'.repeat(1025)}view=1_2`],
  ['a line without end', `iterscope://view?run=run-12345&view=1_2&x=${'x'.repeat(1 << 20)}`],
])('refused: %s', (_, text) => {
  expect(looksLikeLink(text) || text.startsWith('https')).toBe(true);
  expect(parseViewLink(text)).toBeNull();
});

test('a part that cannot be is left out, the rest holds', () => {
  const read = parseViewLink(
    ' ITERSCOPE://view?run=run-12345&view=-5_10&slice=0_4294967296&iterations=9_3&range=7_7&clock=moon&new=1 ',
  );
  expect(read).toEqual({
    of: { run: 'run-12345' },
    view: { startNs: -5, endNs: 10 },
    clock: 'wall',
    range: null,
    window: null,
    slice: null,
  });
});
