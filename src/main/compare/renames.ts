// SPDX-License-Identifier: Apache-2.0

/**
 * Kernels that go by another name in the other arm: another template argument, tile size or version of the same
 * function. A match needs the same kind, and the same name once such details are taken away.
 */

/** One name over the iterations of an arm: a value each, 0 where it did not run. */
export interface NamedWork {
  readonly name: string;
  readonly kind: string;
  readonly ms: readonly number[];
  readonly counts: readonly number[];
}

/** The name without template arguments, argument lists, numbers and hashes. */
export function stem(name: string): string {
  let text = name;
  // From the innermost pair outwards.
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replace(/<[^<>]*>|\([^()]*\)/g, '');
  }
  return text
    .replace(/^void\s+/, '')
    .replace(/\b[0-9a-f]{8,}\b/g, '#')
    .replace(/\d+/g, '#')
    .trim();
}

const keyOf = ({ name, kind }: NamedWork): string => `${kind}\0${stem(name)}`;

/** Of names that only A has, their partner among those that only B has. One with one, the longest time first. */
export function matchRenamed(
  gone: readonly NamedWork[],
  fresh: readonly NamedWork[],
): Map<NamedWork, NamedWork> {
  const total = ({ ms }: NamedWork): number => ms.reduce((sum, value) => sum + value, 0);
  const longestFirst = (works: readonly NamedWork[]): NamedWork[] =>
    [...works].sort((x, y) => total(y) - total(x));
  const candidates = longestFirst(fresh);
  const matched = new Map<NamedWork, NamedWork>();
  for (const work of longestFirst(gone)) {
    const at = candidates.findIndex((candidate) => keyOf(candidate) === keyOf(work));
    const [partner] = at === -1 ? [] : candidates.splice(at, 1);
    if (partner !== undefined) matched.set(work, partner);
  }
  return matched;
}
