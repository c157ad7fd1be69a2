// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFilter, type FilterColumn } from '#renderer/features/trace/model/filter/compile.ts';

interface Row {
  readonly gen: number | null;
  readonly time: number;
  readonly kind: string;
}

const columns: readonly FilterColumn<Row>[] = [
  { key: 'gen', type: 'number', value: ({ gen }) => gen },
  { key: 'time', type: 'duration', value: ({ time }) => time },
  { key: 'kind', type: 'text', value: ({ kind }) => kind },
];
const rows: readonly Row[] = Array.from({ length: 100 }, (_, at) => ({
  gen: at % 10 === 0 ? null : at,
  time: (at + 1) * 1e6,
  kind: at % 2 === 0 ? 'context' : 'generation',
}));

function kept(text: string): number[] {
  const filter = compileFilter(text, columns, rows);
  if (!filter.ok) throw new Error(filter.message);
  return rows.flatMap((row, at) => (filter.keeps(row) ? [at] : []));
}

function problem(text: string): string {
  const filter = compileFilter(text, columns, rows);
  return filter.ok ? 'none' : `${filter.at}-${filter.end} ${filter.message}`;
}

describe('a filter keeps', () => {
  test.each([
    ['', 100],
    ['  ', 100],
    ['time > 95 ms', 5],
    ['time > 0.095s', 5],
    ['time >= 95000us && kind == "context"', 3],
    ['time > p95', 5],
    ['time > p95(time)', 5],
    ['TIME > P95', 5],
    ['p95 < time', 5],
    ['time > 2 * mean', 0],
    ['time > mean + 40 ms', 10],
    ['time / mean > 1.9', 5],
    ['time == max || time == min', 2],
    ['gen > 50 && !(kind == "context")', 25],
    ["kind != 'context'", 50],
    ['gen - 2 * 3 == 3', 1],
    ['-gen < -90 && time > 0', 9],
    ['(gen > 97)', 2],
  ])('what “%s” says', (text, count) => {
    expect(kept(text)).toHaveLength(count);
  });

  test('nothing that has no value, neither asked for nor negated', () => {
    expect(kept('gen >= 0').length + kept('!(gen >= 0)').length).toBe(90);
    expect(kept('gen >= 0 || time > 0')).toHaveLength(100);
    expect(kept('gen / 0 > 1')).toHaveLength(0);
  });
});

describe('a filter says where it is wrong, and how to write it', () => {
  test.each([
    ['tiem > 5 ms', '0-4 There is no column “tiem”. Did you mean time?'],
    ['time > 5', '7-8 The other side is a duration: this needs a unit, such as 5 ms.'],
    ['time > 5 min', '7-12 “min” is no unit: durations are in ns, us, ms or s.'],
    ['time >', '6-6 Expected a column or a number here, but the filter ends.'],
    ['(gen > 5', '0-1 This parenthesis is not closed.'],
    ['gen > 5)', '7-8 Expected && or || here, but there is “)”. It has no opening parenthesis.'],
    ['gen = 5', '4-5 “=” means nothing here. Equality is ==.'],
    ['gen > 1 & gen > 2', '8-9 “&” means nothing here. Both is &&.'],
    ['1 < gen < 5', '8-9 Comparisons cannot be chained: join two of them with &&.'],
    ['gen', '0-3 This is a number, not a condition: compare it with something.'],
    ['p95 > 5', '0-3 p95 of which column? Write p95(time), for example.'],
    ['gen + time > p95', '0-3 The other side is a duration: this needs a unit, such as 5 ms.'],
    ['kind > "a"', '0-10 Text has no order: use == or !=.'],
    ['kind == 5', '0-9 Text cannot be compared with a number.'],
    ['p95(kind) == 5', '4-8 kind is text: it has no p95.'],
    ['sum(time) == 5', '0-9 “sum” is no statistic: there are mean, min, median, max, p1 to p99.'],
    ['time * time > 5', '7-11 A duration cannot be multiplied by a duration.'],
    ['gen / time > 5', '6-10 A number cannot be divided by a duration.'],
    ['kind + 1 > 5', '0-4 This is text: it cannot be calculated with.'],
    ['kind == "x', '8-9 This text has no closing quote.'],
    ['gen > 5 gen', '6-11 “gen” is no unit: durations are in ns, us, ms or s.'],
    ['gen > 5; alert(1)', '7-8 “;” means nothing here.'],
    [`${'('.repeat(200)}gen > 5`, '101-102 This is nested too deeply.'],
    [`gen > ${'1'.repeat(1000)}`, '1000-1006 A filter has at most 1000 characters.'],
    [
      'constructor > 5',
      '0-11 There is no column “constructor”. Hover over a column’s title to see its name.',
    ],
  ])('“%s”', (text, message) => {
    expect(problem(text)).toBe(message);
  });
});

/** Conditions over `gen` and `time` with what each means, worked out without the filter. */
type Truth = boolean | null;
interface Condition {
  readonly text: string;
  readonly holds: (row: Row) => Truth;
}

const operators = ['<', '<=', '>', '>=', '==', '!='] as const;
function compared(a: number, b: number): Record<(typeof operators)[number], boolean> {
  return { '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b, '==': a === b, '!=': a !== b };
}

const comparison = fc
  .tuple(fc.constantFrom(...operators), fc.integer({ min: 0, max: 120 }), fc.boolean())
  .map(([operator, number, ofTime]): Condition =>
    ofTime
      ? {
          text: `time ${operator} ${number} ms`,
          holds: ({ time }) => compared(time, number * 1e6)[operator],
        }
      : {
          text: `${number}${operator}gen`,
          holds: ({ gen }) => (gen === null ? null : compared(number, gen)[operator]),
        },
  );

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 5 },
    comparison,
    tie('condition').map((inner): Condition => ({
      text: `!(${inner.text})`,
      holds: (row) => {
        const truth = inner.holds(row);
        return truth === null ? null : !truth;
      },
    })),
    fc.tuple(tie('condition'), tie('condition'), fc.boolean()).map(([a, b, isAnd]): Condition => ({
      text: `(${a.text}) ${isAnd ? '&&' : '||'} (${b.text})`,
      holds: (row) => {
        const truths = [a.holds(row), b.holds(row)];
        const decisive = !isAnd;
        if (truths.includes(decisive)) return decisive;
        return truths.includes(null) ? null : !decisive;
      },
    })),
  ),
}));

describe('any filter', () => {
  test('keeps exactly the rows for which its condition holds', () => {
    fc.assert(
      fc.property(condition, ({ text, holds }) => {
        fc.pre(text.length <= 1000);
        expect(kept(text)).toEqual(rows.flatMap((row, at) => (holds(row) === true ? [at] : [])));
      }),
    );
  });

  test('of whatever text is a filter or a problem at a place in it', () => {
    const words = fc.constantFrom(
      'time',
      'gen',
      'kind',
      'p95',
      '(',
      ')',
      '&&',
      '||',
      '!',
      '<',
      '==',
      '5',
      'ms',
      '"a"',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(text, (written) => {
        const filter = compileFilter(written, columns, rows);
        if (filter.ok) {
          expect(() => rows.filter(filter.keeps)).not.toThrow();
          return;
        }
        expect(filter.at).toBeGreaterThanOrEqual(0);
        expect(filter.end).toBeGreaterThanOrEqual(filter.at);
        expect(filter.end).toBeLessThanOrEqual(written.length);
        expect(filter.message).toMatch(/[.?]$/);
      }),
    );
  });
});
