// SPDX-License-Identifier: Apache-2.0

/** The words of a command as bash splits and unquotes them. Nothing is expanded: what would be is refused by name. */

export type Words =
  { readonly ok: true; readonly words: readonly string[] } | { readonly ok: false; readonly message: string };

/** A word and where its text lies, quotes included. */
export interface PlacedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

export type PlacedWords =
  | { readonly ok: true; readonly words: readonly PlacedWord[] }
  | { readonly ok: false; readonly message: string; readonly at: number };

class NotPlain extends Error {}

const ESCAPED_IN_QUOTES = '"\\$`';
const OPERATORS = '|&;<>()';
const GLOB = '*?[';

interface Reader {
  readonly text: string;
  at: number;
}

function refuse(what: string): never {
  throw new NotPlain(what);
}

function singleQuoted(reader: Reader): string {
  const end = reader.text.indexOf("'", reader.at);
  if (end < 0) refuse('a single quote is not closed');
  const piece = reader.text.slice(reader.at, end);
  reader.at = end + 1;
  return piece;
}

function doubleQuoted(reader: Reader): string {
  let piece = '';
  for (;;) {
    const char = reader.text[reader.at];
    if (char === undefined) refuse('a double quote is not closed');
    reader.at += 1;
    if (char === '"') return piece;
    if (char === '$' || char === '`') refuse(`${char} inside of double quotes would be expanded by a shell`);
    if (char !== '\\') {
      piece += char;
      continue;
    }
    const next = reader.text[reader.at] ?? '';
    reader.at += 1;
    if (next === '\n') continue;
    piece += ESCAPED_IN_QUOTES.includes(next) ? next : `\\${next}`;
  }
}

/** The piece of a word that begins with this character, which has been read. */
function piece(char: string, reader: Reader): string {
  if (char === "'") return singleQuoted(reader);
  if (char === '"') return doubleQuoted(reader);
  if (char === '$' || char === '`') refuse(`${char} would be expanded by a shell`);
  if (OPERATORS.includes(char)) refuse(`${char} connects commands or redirects them`);
  if (GLOB.includes(char)) refuse(`${char} would be expanded to file names: quote it`);
  if (char !== '\\') return char;
  const next = reader.text[reader.at] ?? refuse('the last \\ has nothing to escape');
  reader.at += 1;
  return next === '\n' ? '' : next;
}

function split(reader: Reader): PlacedWord[] {
  const { text } = reader;
  const words: PlacedWord[] = [];
  let word: string | null = null;
  let start = 0;
  while (reader.at < text.length) {
    const place = reader.at;
    const char = text[place] ?? '';
    reader.at += 1;
    if (/\s/.test(char)) {
      if (word !== null) words.push({ word, start, end: place });
      word = null;
    } else if (char === '#' && word === null) {
      const end = text.indexOf('\n', reader.at);
      reader.at = end < 0 ? text.length : end;
    } else if (char === '\\' && word === null && text[reader.at] === '\n') {
      reader.at += 1;
    } else {
      if (word === null) start = place;
      word = (word ?? '') + piece(char, reader);
    }
  }
  if (word !== null) words.push({ word, start, end: text.length });
  return words;
}

/** The same with places; what is refused is named with the place where its reading ended. */
export function placedWords(text: string): PlacedWords {
  const reader: Reader = { text, at: 0 };
  try {
    return { ok: true, words: split(reader) };
  } catch (thrown) {
    if (!(thrown instanceof NotPlain)) throw thrown;
    return { ok: false, message: thrown.message, at: Math.max(0, reader.at - 1) };
  }
}

export function splitWords(text: string): Words {
  const placed = placedWords(text);
  return placed.ok ? { ok: true, words: placed.words.map(({ word }) => word) } : placed;
}
