// SPDX-License-Identifier: Apache-2.0
import type { Flag } from '#shared/contract/flags.ts';

/** The catalogue of flags, searched by what they are called and by what they do. */

const textOf = (flag: Flag): string =>
  [flag.name, flag.of, flag.effect, flag.cost ?? '', ...flag.conflicts, flag.readBy, flag.setBy ?? '']
    .join(' ')
    .toLowerCase();

/** 0 where the name itself begins with the first word, 1 where it holds it, 2 where only the description does. */
function rankOf({ name }: Flag, word: string): number {
  const at = name.toLowerCase().replace(/^-+/, '').indexOf(word);
  return at === 0 ? 0 : at > 0 ? 1 : 2;
}

/** Flags that hold every word of the text, those whose names do first; none for an empty text. */
export function searchFlags(flags: readonly Flag[], text: string): readonly Flag[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const [first] = words;
  if (first === undefined) return [];
  return flags
    .filter((flag) => {
      const described = textOf(flag);
      return words.every((word) => described.includes(word));
    })
    .sort((a, b) => rankOf(a, first) - rankOf(b, first) || a.name.localeCompare(b.name, 'en'));
}
