// SPDX-License-Identifier: Apache-2.0

/** A filter's text in words. Positions count characters from 0 and end before `end`. */

/** What a filter cannot be, where, and in words. Thrown inside, a value outside: see compile.ts. */
export class FilterProblem extends Error {
  readonly at: number;
  readonly end: number;

  constructor(message: string, place: Place) {
    super(message);
    this.at = place.at;
    this.end = place.end;
  }
}

export interface Place {
  readonly at: number;
  readonly end: number;
}

export type Token = Place &
  (
    | { readonly kind: 'number'; readonly value: number; readonly isDuration: boolean }
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'name'; readonly text: string }
    | { readonly kind: 'operator'; readonly text: string }
    | { readonly kind: 'end' }
  );

const LONGEST = 1000;
const NS = new Map(Object.entries({ ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9 }));
const WORDS =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?:\s*(?<unit>[a-zµμ]+))?|(?<name>[a-z_][a-z0-9_]*)|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<operator>&&|\|\||[<>=!]=|[<>!()+\-*/]))/iuy;

function tokenOf(groups: Readonly<Record<string, string | undefined>>, place: Place): Token {
  const { number, unit, name, operator } = groups;
  if (number !== undefined) {
    const scale = unit === undefined ? 1 : NS.get(unit.toLowerCase());
    if (scale === undefined) {
      throw new FilterProblem(`“${unit ?? ''}” is no unit: durations are in ns, us, ms or s.`, place);
    }
    return { ...place, kind: 'number', value: Number(number) * scale, isDuration: unit !== undefined };
  }
  if (name !== undefined) return { ...place, kind: 'name', text: name };
  if (operator !== undefined) return { ...place, kind: 'operator', text: operator };
  return { ...place, kind: 'text', text: groups['double'] ?? groups['single'] ?? '' };
}

function strange(text: string, at: number): FilterProblem {
  const found = String.fromCodePoint(text.codePointAt(at) ?? 32);
  const place = { at, end: at + found.length };
  if (found === '"' || found === "'") return new FilterProblem('This text has no closing quote.', place);
  const hints: Readonly<Record<string, string>> = {
    '=': ' Equality is ==.',
    '&': ' Both is &&.',
    '|': ' Either is ||.',
  };
  return new FilterProblem(`“${found}” means nothing here.${hints[found] ?? ''}`, place);
}

/** The words in their order, `end` last. Throws a FilterProblem. */
export function tokenise(text: string): readonly Token[] {
  if (text.length > LONGEST) {
    throw new FilterProblem(`A filter has at most ${LONGEST} characters.`, { at: LONGEST, end: text.length });
  }
  const tokens: Token[] = [];
  const words = new RegExp(WORDS);
  while (words.lastIndex < text.length) {
    const from = words.lastIndex;
    const at = from + (text.slice(from).length - text.slice(from).trimStart().length);
    if (at === text.length) break;
    const match = words.exec(text);
    if (match?.groups === undefined) throw strange(text, at);
    tokens.push(tokenOf(match.groups, { at, end: words.lastIndex }));
  }
  return [...tokens, { kind: 'end', at: text.length, end: text.length }];
}
