// SPDX-License-Identifier: Apache-2.0
import { Parser } from 'yaml';
import type { CST } from 'yaml';

/**
 * How deeply a YAML text nests, found out before it is understood: understanding it calls itself at every level, and a text of
 * brackets alone would take the whole process with it when its stack is full. Reading tokens does not.
 */

/** Tokens within tokens: far more than options take. */
const MOST_LEVELS = 100;

interface Level {
  readonly token: object;
  readonly depth: number;
}

function within(token: object): object[] {
  const { value, key, items } = token as {
    readonly value?: unknown;
    readonly key?: unknown;
    readonly items?: readonly CST.CollectionItem[];
  };
  const parts: unknown[] = [value, key, ...(items ?? []).flatMap((item) => [item.key, item.value])];
  return parts.filter((part) => typeof part === 'object' && part !== null);
}

/** Whether the text nests more deeply than it may. */
export function isTooDeep(text: string): boolean {
  const pending: Level[] = [...new Parser().parse(text)].map((token) => ({ token, depth: 1 }));
  for (let level = pending.pop(); level !== undefined; level = pending.pop()) {
    if (level.depth > MOST_LEVELS) return true;
    const depth = level.depth + 1;
    for (const token of within(level.token)) pending.push({ token, depth });
  }
  return false;
}
