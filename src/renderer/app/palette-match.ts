// SPDX-License-Identifier: Apache-2.0

/**
 * Which commands a text means. Every word of it has to be found in the command's words; where it is found decides the
 * order: a word's beginning before its middle, its middle before letters that merely follow one another.
 */

export interface Matchable {
  readonly id: string;
  readonly group: string;
  readonly title: string;
}

const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** Letters of `typed` in their order within `word`, beginning with its first: `tmln` means `timeline`. */
function follows(typed: string, word: string): boolean {
  if (typed.length < 2 || !word.startsWith(typed.charAt(0))) return false;
  let at = 0;
  for (const letter of word) if (letter === typed[at]) at += 1;
  return at === typed.length;
}

/** 0 for none, at most 4. */
function wordScore(typed: string, word: string): number {
  if (word === typed) return 4;
  if (word.startsWith(typed)) return 3;
  if (word.includes(typed)) return 2;
  return follows(typed, word) ? 1 : 0;
}

const bestOf = (typed: string, words: readonly string[]): number =>
  words.reduce((best, word) => Math.max(best, wordScore(typed, word)), 0);

/** How well a command answers what was typed; 0 when it does not. The title counts twice as much as the group. */
export function scoreOf(typed: string, { group, title }: Matchable): number {
  const inTitle = wordsOf(title);
  const inGroup = wordsOf(group);
  let sum = 0;
  for (const word of wordsOf(typed)) {
    const score = Math.max(2 * bestOf(word, inTitle), bestOf(word, inGroup));
    if (score === 0) return 0;
    sum += score;
  }
  return sum;
}

/** The commands that a text means, best first. Of equals, those used lately come first, then their own order. */
export function matching<T extends Matchable>(
  typed: string,
  commands: readonly T[],
  recent: readonly string[],
): readonly T[] {
  const age = ({ id }: T): number => {
    const place = recent.indexOf(id);
    return place < 0 ? recent.length : place;
  };
  const nothing = wordsOf(typed).length === 0;
  return commands
    .map((command) => ({ command, score: nothing ? 1 : scoreOf(typed, command) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || age(a.command) - age(b.command))
    .map(({ command }) => command);
}
