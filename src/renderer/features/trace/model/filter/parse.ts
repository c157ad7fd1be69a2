// SPDX-License-Identifier: Apache-2.0
import { FilterProblem, tokenise, type Place, type Token } from './tokens.ts';

/** A filter's words as a tree: || below && below comparisons below + - below * / below ! and minus. */

export type Expression = Place &
  (
    | { readonly kind: 'number'; readonly value: number; readonly isDuration: boolean }
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'name'; readonly text: string }
    | { readonly kind: 'call'; readonly text: string; readonly column: string; readonly columnPlace: Place }
    | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Expression }
    | Binary
  );

export interface Binary {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
export const isComparison = (operator: string): boolean => COMPARISONS.has(operator);
const DEEPEST = 100;

function told(token: Token): string {
  if (token.kind === 'end') return 'the filter ends';
  if (token.kind === 'number') return 'there is a number';
  return `there is “${token.text}”`;
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#either();
    const rest = this.#peek();
    if (rest.kind === 'end') return expression;
    const hint = rest.kind === 'operator' && rest.text === ')' ? ' It has no opening parenthesis.' : '';
    throw new FilterProblem(`Expected && or || here, but ${told(rest)}.${hint}`, rest);
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', at: 0, end: 0 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  /** Takes the operator that comes next when it is one of these. */
  #accept(...operators: readonly string[]): string | undefined {
    const token = this.#peek();
    if (token.kind !== 'operator' || !operators.includes(token.text)) return undefined;
    this.#next += 1;
    return token.text;
  }

  #chain(part: () => Expression, ...operators: readonly string[]): Expression {
    let left = part();
    for (;;) {
      const operator = this.#accept(...operators);
      if (operator === undefined) return left;
      const right = part();
      left = { kind: 'binary', operator, left, right, at: left.at, end: right.end };
    }
  }

  #either(): Expression {
    return this.#chain(() => this.#both(), '||');
  }

  #both(): Expression {
    return this.#chain(() => this.#comparison(), '&&');
  }

  #comparison(): Expression {
    const left = this.#sum();
    const operator = this.#accept(...COMPARISONS);
    if (operator === undefined) return left;
    const right = this.#sum();
    const next = this.#peek();
    if (next.kind === 'operator' && isComparison(next.text)) {
      throw new FilterProblem('Comparisons cannot be chained: join two of them with &&.', next);
    }
    return { kind: 'binary', operator, left, right, at: left.at, end: right.end };
  }

  #sum(): Expression {
    return this.#chain(() => this.#product(), '+', '-');
  }

  #product(): Expression {
    return this.#chain(() => this.#unary(), '*', '/');
  }

  #unary(): Expression {
    const { at } = this.#peek();
    const operator = this.#accept('!', '-');
    if (operator === undefined) return this.#primary();
    const operand = this.#deeper(() => this.#unary());
    return { kind: 'unary', operator: operator === '!' ? '!' : '-', operand, at, end: operand.end };
  }

  #primary(): Expression {
    const token = this.#take();
    if (token.kind === 'number' || token.kind === 'text') return token;
    if (token.kind === 'name') return this.#named(token.text, token);
    if (token.kind === 'operator' && token.text === '(') {
      const inner = this.#deeper(() => this.#either());
      this.#close(token);
      return inner;
    }
    throw new FilterProblem(`Expected a column or a number here, but ${told(token)}.`, token);
  }

  #named(text: string, place: Place): Expression {
    const { at, end } = place;
    if (this.#accept('(') === undefined) return { kind: 'name', text, at, end };
    const column = this.#take();
    if (column.kind !== 'name') {
      throw new FilterProblem(`Expected a column here: ${text}(time), for example.`, column);
    }
    const close = this.#close(place);
    return { kind: 'call', text, column: column.text, columnPlace: column, at, end: close.end };
  }

  #close(open: Place): Token {
    const token = this.#take();
    if (token.kind === 'operator' && token.text === ')') return token;
    throw new FilterProblem('This parenthesis is not closed.', open);
  }

  #deeper(part: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new FilterProblem('This is nested too deeply.', this.#peek());
    const expression = part();
    this.#depth -= 1;
    return expression;
  }
}

/** The tree of a filter that is not empty. Throws a FilterProblem. */
export function parseFilter(text: string): Expression {
  return new Parser(tokenise(text)).whole();
}
