// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { TARGET_FIELDS } from '#renderer/base/launch-target.ts';
import { plural } from '#renderer/base/format.ts';
import { isSaidAtField, missingSentence } from './model.ts';

/** Everything that was found about a form, and what of it the list of checks shows. */
export interface Checks {
  readonly all: readonly Finding[];
  /** Without what stands at its field in the same words. */
  readonly listed: readonly Finding[];
}

/** `untouched`: fields that are asked for together, in one note. */
export function checksOf(
  recipe: Recipe,
  problems: ReadonlyMap<string, string>,
  untouched: ReadonlyMap<string, string>,
  findings: readonly Finding[],
): Checks {
  const targeted: readonly Finding[] = [...problems]
    .filter(([field]) => field.startsWith(TARGET_FIELDS) && !untouched.has(field))
    .map(([, message]) => ({ severity: 'error', code: 'form.target', message }));
  const own: readonly Finding[] = recipe.parameters.flatMap(({ name, label }) => {
    const problem = untouched.has(name) ? undefined : problems.get(name);
    if (problem === undefined) return [];
    return [{ severity: 'error' as const, code: 'form.parameter', message: `${label}: ${problem}` }];
  });
  const asked: readonly Finding[] =
    untouched.size === 0
      ? []
      : [{ severity: 'note', code: 'form.parameter', message: missingSentence(untouched) }];
  const told = findings.filter(({ field }) => field === undefined || !problems.has(field));
  const all = [...targeted, ...own, ...asked, ...told];
  return { all, listed: all.filter((finding) => !isSaidAtField(finding)) };
}

/** How many of each kind there are, in words. */
export function checksSummary(all: readonly Finding[]): string {
  const count = (severity: Finding['severity'], noun: string): string[] => {
    const found = all.filter((finding) => finding.severity === severity).length;
    return found === 0 ? [] : [plural(found, noun)];
  };
  const parts = [...count('error', 'problem'), ...count('warning', 'warning'), ...count('note', 'note')];
  if (parts.length === 0) return 'Nothing found.';
  return all.every(isSaidAtField) ? `${parts.join(', ')} in the form.` : parts.join(', ');
}
