// SPDX-License-Identifier: Apache-2.0
import { RE2JS } from 're2js';
import type { LogRule } from '#shared/contract/recipe.ts';

/**
 * Rules over lines of log. Their expressions come from files that anybody may have written, and lines from
 * programs that print anything: RE2 matches in linear time, whatever both are.
 */

/** Longer lines are looked at up to here. */
const LONGEST_LINE = 4_096;

export type LineMatch = (line: string) => ReadonlyMap<string, string> | null;

/** Why an expression cannot be used; null when it can. */
export function patternProblem(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/** Matches the whole of a text, not a part of it. */
export function matchesWhole(pattern: string, text: string): boolean {
  return RE2JS.compile(pattern).matches(text);
}

/** The named groups of the first match in a line; null when the line does not match. */
export function lineMatcher(rule: Exclude<LogRule, { means: 'iteration' }>): LineMatch {
  const compiled = RE2JS.compile(rule.pattern);
  const names = Object.keys(compiled.namedGroups());
  return (line) => {
    if (rule.contains !== undefined && !line.includes(rule.contains)) return null;
    const matcher = compiled.matcher(line.slice(0, LONGEST_LINE));
    if (!matcher.find()) return null;
    return new Map(
      names.flatMap((name) => {
        const value = matcher.group(name);
        return value === null ? [] : [[name, value] as const];
      }),
    );
  };
}

/** The groups that a rule has to have. */
export function neededGroups(rule: LogRule): readonly string[] {
  if (rule.means === 'progress') return ['done'];
  return rule.means === 'figure' ? ['value'] : [];
}

export function groupsOf(pattern: string): readonly string[] {
  return Object.keys(RE2JS.compile(pattern).namedGroups());
}
