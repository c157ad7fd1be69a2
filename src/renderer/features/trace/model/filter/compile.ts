// SPDX-License-Identifier: Apache-2.0
import { isComparison, parseFilter, type Binary, type Expression } from './parse.ts';
import { isStatistic, statistic } from './statistics.ts';
import { FilterProblem, type Place } from './tokens.ts';

/**
 * Filters of tables: `gen > 0 && time > p95`. Names are columns; a bare p95 or mean is that of the column it
 * is compared with. Types are checked before any row is: a duration is never compared with a plain number.
 * What a row does not have makes a comparison unknown, and unknown rows are left out, negated or not.
 */

export interface FilterColumn<Row> {
  readonly key: string;
  readonly type: 'duration' | 'number' | 'text';
  readonly value: (row: Row) => number | string | null;
}

export type Filter<Row> =
  | { readonly ok: true; readonly keeps: (row: Row) => boolean }
  | { readonly ok: false; readonly message: string; readonly at: number; readonly end: number };

type Value = number | string | boolean | null;
/** `zero` is the number 0: it compares with durations, too. */
type Type = FilterColumn<unknown>['type'] | 'zero' | 'boolean';

interface Compiled<Row> {
  readonly type: Type;
  readonly run: (row: Row) => Value;
}

const words: Readonly<Record<Type, string>> = {
  duration: 'a duration',
  number: 'a number',
  zero: 'a number',
  text: 'text',
  boolean: 'a condition',
};

const isNumeric = (type: Type): boolean => type === 'duration' || type === 'number' || type === 'zero';

/** Edit distance of at most 2, or a common beginning. */
function resembles(a: string, b: string): boolean {
  if (a.length >= 2 && b.startsWith(a)) return true;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (above[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      row.push(Math.min(change, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return (row.at(-1) ?? 9) <= 2 && a.length > 2;
}

class Compiler<Row> {
  readonly #columns: ReadonlyMap<string, FilterColumn<Row>>;
  readonly #rows: readonly Row[];
  /** The column that a bare statistic is of. */
  #subject: FilterColumn<Row> | undefined;

  constructor(columns: readonly FilterColumn<Row>[], rows: readonly Row[]) {
    this.#columns = new Map(columns.map((column) => [column.key.toLowerCase(), column]));
    this.#rows = rows;
  }

  compile(expression: Expression): Compiled<Row> {
    switch (expression.kind) {
      case 'number': {
        const { value, isDuration } = expression;
        return { type: isDuration ? 'duration' : value === 0 ? 'zero' : 'number', run: () => value };
      }
      case 'text':
        return { type: 'text', run: () => expression.text };
      case 'name':
        return this.#name(expression.text, expression);
      case 'call':
        return this.#call(expression.text, expression.column, expression, expression.columnPlace);
      case 'unary':
        return this.#unary(expression.operator, expression.operand);
      case 'binary':
        return this.#binary(expression, expression);
    }
  }

  condition(expression: Expression): Compiled<Row> {
    const compiled = this.compile(expression);
    if (compiled.type === 'boolean') return compiled;
    throw new FilterProblem(
      `This is ${words[compiled.type]}, not a condition: compare it with something.`,
      expression,
    );
  }

  #column(name: string, place: Place): FilterColumn<Row> {
    const column = this.#columns.get(name.toLowerCase());
    if (column !== undefined) return column;
    const like = [...this.#columns].find(([key]) => resembles(name.toLowerCase(), key))?.[1].key;
    const hint =
      like === undefined ? 'Hover over a column’s title to see its name.' : `Did you mean ${like}?`;
    throw new FilterProblem(`There is no column “${name}”. ${hint}`, place);
  }

  #name(name: string, place: Place): Compiled<Row> {
    if (isStatistic(name.toLowerCase()) && !this.#columns.has(name.toLowerCase())) {
      if (this.#subject !== undefined) return this.#statistic(name, this.#subject, place);
      throw new FilterProblem(`${name} of which column? Write ${name}(time), for example.`, place);
    }
    const { type, value } = this.#column(name, place);
    return { type, run: value };
  }

  #call(name: string, of: string, place: Place, columnPlace: Place): Compiled<Row> {
    if (!isStatistic(name.toLowerCase())) {
      throw new FilterProblem(
        `“${name}” is no statistic: there are mean, min, median, max, p1 to p99.`,
        place,
      );
    }
    return this.#statistic(name, this.#column(of, columnPlace), columnPlace);
  }

  #statistic(name: string, { key, type, value }: FilterColumn<Row>, place: Place): Compiled<Row> {
    if (type === 'text') throw new FilterProblem(`${key} is text: it has no ${name}.`, place);
    const values = this.#rows.map(value).filter((found) => typeof found === 'number');
    const found = statistic(name.toLowerCase(), values);
    return { type, run: () => found };
  }

  #unary(operator: '!' | '-', operand: Expression): Compiled<Row> {
    if (operator === '!') {
      const { run } = this.condition(operand);
      return { type: 'boolean', run: (row) => not(run(row)) };
    }
    const { type, run } = this.#numeric(operand);
    return { type, run: (row) => negative(run(row)) };
  }

  #numeric(expression: Expression): Compiled<Row> {
    const compiled = this.compile(expression);
    if (isNumeric(compiled.type)) return compiled;
    throw new FilterProblem(`This is ${words[compiled.type]}: it cannot be calculated with.`, expression);
  }

  #binary({ operator, left, right }: Binary, place: Place): Compiled<Row> {
    if (operator === '&&' || operator === '||') {
      const [a, b] = [this.condition(left).run, this.condition(right).run];
      const join = operator === '&&' ? both : either;
      return { type: 'boolean', run: (row) => join(a(row), b(row)) };
    }
    if (isComparison(operator)) return this.#comparison(operator, left, right, place);
    return this.#arithmetic(operator, left, right);
  }

  #comparison(operator: string, left: Expression, right: Expression, place: Place): Compiled<Row> {
    const outer = this.#subject;
    const named = [...new Set([...this.#namesIn(left), ...this.#namesIn(right)])];
    this.#subject = named.length === 1 ? named[0] : undefined;
    const [a, b] = [this.compile(left), this.compile(right)];
    this.#subject = outer;
    if ((a.type === 'text') !== (b.type === 'text') || (a.type === 'boolean') !== (b.type === 'boolean')) {
      throw new FilterProblem(`${capital(words[a.type])} cannot be compared with ${words[b.type]}.`, place);
    }
    if ((a.type === 'text' || a.type === 'boolean') && operator !== '==' && operator !== '!=') {
      throw new FilterProblem(`${capital(words[a.type])} has no order: use == or !=.`, place);
    }
    sameUnit(a.type, b.type, left, right);
    return { type: 'boolean', run: (row) => compare(operator, a.run(row), b.run(row)) };
  }

  /** The columns that are named outside of statistics. */
  #namesIn(expression: Expression): readonly FilterColumn<Row>[] {
    if (expression.kind === 'unary') return this.#namesIn(expression.operand);
    if (expression.kind === 'binary') {
      return [...this.#namesIn(expression.left), ...this.#namesIn(expression.right)];
    }
    const column = expression.kind === 'name' ? this.#columns.get(expression.text.toLowerCase()) : undefined;
    return column === undefined ? [] : [column];
  }

  #arithmetic(operator: string, left: Expression, right: Expression): Compiled<Row> {
    const [a, b] = [this.#numeric(left), this.#numeric(right)];
    const run = (row: Row): Value => calculate(operator, a.run(row), b.run(row));
    const [first, second] = [a.type === 'duration', b.type === 'duration'];
    if (operator === '+' || operator === '-') {
      sameUnit(a.type, b.type, left, right);
      return { type: first || second ? 'duration' : 'number', run };
    }
    if (operator === '*' && first && second) {
      throw new FilterProblem('A duration cannot be multiplied by a duration.', right);
    }
    if (operator === '/' && second && !first) {
      throw new FilterProblem('A number cannot be divided by a duration.', right);
    }
    return { type: first !== second ? 'duration' : 'number', run };
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function sameUnit(a: Type, b: Type, left: Expression, right: Expression): void {
  if (a === b || a === 'zero' || b === 'zero') return;
  const plain = a === 'duration' ? right : left;
  const example = plain.kind === 'number' ? `${plain.value} ms` : '5 ms';
  throw new FilterProblem(`The other side is a duration: this needs a unit, such as ${example}.`, plain);
}

const not = (value: Value): Value => (typeof value === 'boolean' ? !value : null);
const negative = (value: Value): Value => (typeof value === 'number' ? -value : null);

function both(a: Value, b: Value): Value {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}

function either(a: Value, b: Value): Value {
  if (a === true || b === true) return true;
  return a === null || b === null ? null : false;
}

function calculate(operator: string, a: Value, b: Value): Value {
  if (typeof a !== 'number' || typeof b !== 'number') return null;
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  return b === 0 ? null : a / b;
}

function compare(operator: string, a: Value, b: Value): Value {
  if (a === null || b === null) return null;
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (typeof a !== 'number' || typeof b !== 'number') return null;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

/** A filter over `rows`, of which its statistics are; an empty text keeps all. */
export function compileFilter<Row>(
  text: string,
  columns: readonly FilterColumn<Row>[],
  rows: readonly Row[],
): Filter<Row> {
  if (text.trim() === '') return { ok: true, keeps: () => true };
  try {
    const { run } = new Compiler(columns, rows).condition(parseFilter(text));
    return { ok: true, keeps: (row) => run(row) === true };
  } catch (thrown) {
    if (!(thrown instanceof FilterProblem)) throw thrown;
    return { ok: false, message: thrown.message, at: thrown.at, end: thrown.end };
  }
}
