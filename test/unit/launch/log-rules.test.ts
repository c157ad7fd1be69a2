// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { LogRule } from '#shared/contract/recipe.ts';
import { lineMatcher, matchesWhole, patternProblem } from '#main/launch/log-rules.ts';

const rule = (pattern: string, contains?: string): Exclude<LogRule, { means: 'iteration' }> => ({
  name: 'r',
  means: 'marker',
  pattern,
  text: 't',
  ...(contains === undefined ? {} : { contains }),
});

describe('log rules', () => {
  test('give the named groups that took part', () => {
    const match = lineMatcher(
      rule(String.raw`Request Throughput \((?P<unit>\S+)\):\s+(?P<value>[\d.]+)(?P<more>x)?`),
    );
    expect(match('[I] Request Throughput (req/sec):   12.50')).toEqual(
      new Map([
        ['unit', 'req/sec'],
        ['value', '12.50'],
      ]),
    );
    expect(match('Request')).toBeNull();
  });

  test('pass over lines without their text', () => {
    expect(lineMatcher(rule('.*', 'iter = '))('nothing')).toBeNull();
  });

  test('refuse what cannot be matched in linear time', () => {
    expect(patternProblem(String.raw`(a)\1`)).not.toBeNull();
    expect(patternProblem('a(?=b)')).not.toBeNull();
    expect(patternProblem('(a+)+$')).toBeNull();
  });

  test('answer at once where backtracking would not', () => {
    expect(lineMatcher(rule('^(a+)+$'))(`${'a'.repeat(4_000)}b`)).toBeNull();
    expect(matchesWhole('(a|aa)+', 'a'.repeat(4_000))).toBe(true);
  });
});
