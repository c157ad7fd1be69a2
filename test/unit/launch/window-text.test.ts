// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Era } from '#shared/contract/recipe-parameter.ts';
import type { IterationSpan } from '#shared/contract/launch.ts';
import { describeSpans, parseWindowText, startStopText } from '#main/launch/window-text.ts';

const spansOf = (text: string): readonly IterationSpan[] => {
  const parsed = parseWindowText(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.spans;
};
const messageOf = (text: string): string => {
  const parsed = parseWindowText(text);
  if (parsed.ok) throw new Error(`${text} was accepted`);
  return parsed.message;
};

/**
 * What each era captures for a value of TLLM_PROFILE_START_STOP, written from the engine's rules: a start
 * and a stop set, and per era whether the check for a stop happens one iteration later.
 */
function captured(value: string, era: Era, upTo: number): number[] {
  const starts = new Set<number>();
  const stops = new Set<number>();
  for (const piece of value.split(',')) {
    const [first = '', second = first] = piece.split('-');
    starts.add(Number(first));
    stops.add(Number(second));
  }
  const steps: number[] = [];
  let active = false;
  for (let step = 0; step <= upTo; step += 1) {
    if (stops.has(era === 'e1' ? step - 1 : step) && active) active = false;
    if (starts.has(step)) {
      expect(active, `window starts inside another at ${step}`).toBe(false);
      active = true;
    }
    if (active) steps.push(step);
  }
  expect(active, 'the window never ends').toBe(false);
  return steps;
}

describe('iteration windows as typed', () => {
  test('first+count, first-last and single iterations mean what they say', () => {
    expect(spansOf('20+10')).toEqual([{ first: 20, last: 29 }]);
    expect(spansOf('20-29')).toEqual([{ first: 20, last: 29 }]);
    expect(spansOf(' 7 ')).toEqual([{ first: 7, last: 7 }]);
    expect(spansOf('40-44, 20 + 10')).toEqual([
      { first: 20, last: 29 },
      { first: 40, last: 44 },
    ]);
    expect(spansOf('')).toEqual([]);
  });

  test.each([
    ['abc', '"abc" is not an iteration window'],
    ['20-', '"20-" is not an iteration window'],
    ['-5', '"-5" is not an iteration window'],
    ['20-29-30', 'is not an iteration window'],
    ['20,,30', '"" is not an iteration window'],
    ['1.5+2', 'is not an iteration window'],
    ['30-20', 'ends at or before its start'],
    ['20-20', 'write 20+1 for one iteration'],
    ['20+0', 'captures no iteration'],
    ['20+10,25+10', 'The windows 20-29 and 25-34 overlap'],
    ['20-30,30-40', 'overlap'],
    ['99999999999+1', 'reaches beyond iteration'],
  ])('%s is refused with a sentence', (text, part) => {
    expect(messageOf(text)).toContain(part);
  });

  test('the variable captures exactly the iterations asked for, in every era', () => {
    const window = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 12 })), {
        minLength: 1,
        maxLength: 5,
      })
      .map((pieces) => {
        let next = 0;
        return pieces.map(([gap, count]) => {
          const first = next + gap;
          next = first + count;
          return { first, last: next - 1 };
        });
      });
    fc.assert(
      fc.property(window, fc.constantFrom<Era>('e1', 'e2', 'e3'), (spans, era) => {
        const wanted = spans.flatMap(({ first, last }) =>
          Array.from({ length: last - first + 1 }, (_, i) => first + i),
        );
        expect(captured(startStopText(spans, era), era, 300)).toEqual(wanted);
      }),
    );
  });

  test('any text is either parsed to ordered, separate windows or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9+, -]{0,20}$/)), (text) => {
        const parsed = parseWindowText(text);
        if (!parsed.ok) {
          expect(parsed.message.length).toBeGreaterThan(20);
          return;
        }
        let before = -1;
        for (const { first, last } of parsed.spans) {
          expect(first).toBeGreaterThan(before);
          expect(last).toBeGreaterThanOrEqual(first);
          before = last;
        }
      }),
    );
  });

  test('windows are described in words', () => {
    expect(describeSpans(spansOf('20+10,40'))).toBe('iterations 20 to 29, iteration 40');
  });
});
