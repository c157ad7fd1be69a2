// SPDX-License-Identifier: Apache-2.0
import { isMap, isScalar, parse, parseDocument, type Document } from 'yaml';
import type { OptionsChange } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import type { Values } from './parameters.ts';
import { isTooDeep } from './yaml-depth.ts';

/**
 * Options that a program takes only from a YAML file, over the user's own file. The user's file is never
 * written: what the program gets is a copy in the run's folder, with its comments and everything else kept.
 */

export interface YamlOption {
  /** Keys from the top. */
  readonly path: readonly string[];
  readonly value: unknown;
}

export type Merged =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** What the parameters say; a boolean that is off, and an empty value, leave the user's own in place. */
export function yamlOptions(recipe: Recipe, values: Values): YamlOption[] {
  return recipe.parameters.flatMap(({ name, type, yaml }) => {
    const text = values.get(name) ?? '';
    if (yaml === undefined || text === '' || (type === 'boolean' && text !== 'true')) return [];
    return [{ path: yaml.split('.'), value: type === 'text' || type === 'path' ? text : plainValue(text) }];
  });
}

/** Numbers and words as YAML has them; what is neither stays the text that its field's check refuses. */
function plainValue(text: string): unknown {
  if (isTooDeep(text)) return text;
  try {
    return parse(text);
  } catch {
    return text;
  }
}

/** Makes mappings of empty keys on the way to a key; the first key on the way that has a value of its own, or null. */
function openKeys(document: Document, path: readonly string[]): string | null {
  for (let depth = 1; depth < path.length; depth += 1) {
    const keys = path.slice(0, depth);
    const node: unknown = document.getIn(keys, true);
    if (node === undefined || isMap(node)) continue;
    if (node !== null && !(isScalar(node) && node.value === null)) return keys.join('.');
    document.setIn(keys, document.createNode({}));
  }
  return null;
}

/** The user's text with these options. The message is a whole sentence. */
export function mergeOptions(base: string, options: readonly YamlOption[]): Merged {
  if (isTooDeep(base)) {
    return {
      ok: false,
      message: 'The options file is nested too deeply: it has to be a plain YAML mapping.',
    };
  }
  const document = parseDocument(base);
  const [problem] = document.errors;
  if (problem !== undefined) {
    const at = problem.linePos?.[0].line;
    const [words = ''] = problem.message.split(/ at line |\n/);
    const message = `The options file is not YAML${at === undefined ? '' : ` in line ${at.toString()}`}: ${words}. Correct it.`;
    return { ok: false, message };
  }
  if (document.contents !== null && !isMap(document.contents)) {
    return { ok: false, message: 'The options file holds no keys at its top: it has to be a YAML mapping.' };
  }
  for (const { path, value } of options) {
    const taken = openKeys(document, path);
    if (taken !== null) {
      const message = `In the options file "${taken}" has a value of its own, so that ${path.join('.')} cannot be set: remove one of them.`;
      return { ok: false, message };
    }
    document.setIn(path, value);
  }
  return { ok: true, text: document.toString() };
}

/** Pairs of lines that are compared; texts with more are shown as replaced. */
const MOST_PAIRS = 4_000_000;

/** Lines of both texts: those that stay, those that go, those that come. Meant for files of a few hundred lines. */
export function lineChanges(before: string, after: string): OptionsChange['lines'] {
  const a = before === '' ? [] : before.replace(/\n$/, '').split('\n');
  const b = after.replace(/\n$/, '').split('\n');
  if (a.length * b.length > MOST_PAIRS) {
    const all = (change: 'added' | 'removed', lines: string[]): OptionsChange['lines'] =>
      lines.map((text) => ({ change, text }));
    return [...all('removed', a), ...all('added', b)];
  }
  const width = b.length + 1;
  // common[i * width + j]: lines that a from i on and b from j on have in common.
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: OptionsChange['lines'] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ change: 'same', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ change: 'removed', text: a[i] ?? '' });
      i += 1;
    } else {
      lines.push({ change: 'added', text: b[j] ?? '' });
      j += 1;
    }
  }
  return lines;
}
