// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { artifact } from '#shared/contract/run.ts';
import { collectArtifacts, isTrace, matchesPattern, rawReports } from '#main/services/artifacts.ts';
import { checkCapture } from '#main/services/capture-check.ts';
import { temporaryFolder } from '../../builders/folder.ts';
import { makeRecipe } from '../../builders/recipe.ts';
import { makeIteration } from '../../builders/run.ts';

const folder = temporaryFolder();
const steps = (first: number, last: number): ReturnType<typeof makeIteration>[] =>
  Array.from({ length: last - first + 1 }, (_, index) => makeIteration(first + index));

describe('what a run left', () => {
  test('artifacts are found by pattern and ordered by rank', async () => {
    const path = folder();
    for (const name of ['trace-rank-10.json', 'trace-rank-2.json', 'notes.txt', 'xtrace.json']) {
      writeFileSync(join(path, name), 'abc');
    }
    mkdirSync(join(path, 'stats'));
    writeFileSync(join(path, 'stats', 'a'), '12345');
    const recipe = {
      ...makeRecipe(),
      artifacts: [
        { kind: 'kineto-trace' as const, pattern: 'trace*.json' },
        { kind: 'expert-statistics' as const, pattern: 'stats' },
      ],
    };
    mkdirSync(join(path, '1767225600.5'));
    writeFileSync(join(path, '1767225600.5', '7-TP-1.trace.json.gz'), 'ab');
    symlinkSync('/tmp', join(path, 'away'));
    const within = { ...recipe, artifacts: [{ kind: 'kineto-trace' as const, pattern: '*/*.trace.json*' }] };
    expect(await collectArtifacts(within, path)).toEqual([
      { kind: 'kineto-trace', path: '1767225600.5/7-TP-1.trace.json.gz', bytes: 2, rank: 1 },
    ]);
    expect(await collectArtifacts(recipe, path)).toEqual([
      { kind: 'expert-statistics', path: 'stats', bytes: 5 },
      { kind: 'kineto-trace', path: 'trace-rank-2.json', bytes: 3, rank: 2 },
      { kind: 'kineto-trace', path: 'trace-rank-10.json', bytes: 3, rank: 10 },
    ]);
  });

  test.each([
    ['trace*.json', 'trace.json', true],
    ['trace*.json', 'trace-1.json', true],
    ['trace*.json', 'xtrace.json', false],
    ['trace*.json', 'trace.jsonl', false],
    ['a*a', 'a', false],
    ['*', '', true],
    ['*.pt', 'a\n.pt', true],
    ['a.c', 'abc', false],
    ['*x*y*', '1x2y3', true],
    ['*y*x*', '1x2y3', false],
    [`${'*a'.repeat(60)}*b`, 'a'.repeat(255), false],
  ])('the pattern %j and the name %j: %j', (pattern, name, matches) => {
    expect(matchesPattern(pattern, name)).toBe(matches);
  });

  test('links are not followed: not in a circle, not out of the folder', async () => {
    const path = folder();
    mkdirSync(join(path, 'stats'));
    writeFileSync(join(path, 'stats', 'a'), '12345');
    symlinkSync('.', join(path, 'stats', 'circle'));
    symlinkSync('/etc/hostname', join(path, 'trace-rank-0.json'));
    const recipe = {
      ...makeRecipe(),
      artifacts: [
        { kind: 'kineto-trace' as const, pattern: 'trace*.json' },
        { kind: 'expert-statistics' as const, pattern: 'stats' },
      ],
    };
    expect(await collectArtifacts(recipe, path)).toEqual([
      { kind: 'expert-statistics', path: 'stats', bytes: 5 },
    ]);
  });

  test('a recording that no report was made of is known, and no trace', async () => {
    const path = folder();
    writeFileSync(join(path, 'report.qdstrm'), 'abc');
    writeFileSync(join(path, 'report.nsys-rep'), 'abc');
    const [raw, ...more] = await rawReports(path);
    expect(more).toEqual([]);
    expect(raw).toMatchObject({ kind: 'nsys-report', path: 'report.qdstrm', bytes: 3 });
    expect(raw?.problem).toContain('QdstrmImporter -i report.qdstrm -o report.nsys-rep');
    expect(isTrace({ kind: 'nsys-report', path: 'report.qdstrm' })).toBe(false);
    expect(isTrace({ kind: 'nsys-report', path: 'report.nsys-rep' })).toBe(true);
    expect(isTrace({ kind: 'report-json', path: 'report.json' })).toBe(false);
  });

  test.each(['/etc/passwd', '../other', 'a/../../b', 'C:/x', 'a\\b', '', 'a//b', './a', 'a\0b'])(
    'a manifest that names %j as an artifact is refused',
    (path) => {
      expect(artifact.safeParse({ kind: 'kineto-trace', path, bytes: 1 }).success).toBe(false);
      expect(artifact.safeParse({ kind: 'kineto-trace', path: 'a/b.json', bytes: 1 }).success).toBe(true);
    },
  );
});

describe('capture check', () => {
  const asked = [{ first: 20, last: 22 }];

  test('exactly the steps asked for, on every rank', () => {
    const check = checkCapture(
      asked,
      [0, 1].map((rank) => ({ rank, iterations: steps(20, 22) })),
    );
    expect(check.complete).toBe(true);
    expect(check.message).toBe('Captured exactly what was asked: 3 iterations on 2 ranks.');
    expect(check.found[1]).toEqual({ rank: 1, first: 20, last: 22, count: 3 });
  });

  test('missing and extra steps are named with their rank', () => {
    const check = checkCapture(asked, [
      { rank: 0, iterations: steps(20, 21) },
      { rank: 1, iterations: steps(20, 30) },
    ]);
    expect(check.complete).toBe(false);
    expect(check.message).toContain('rank 0 lacks iteration 22');
    expect(check.message).toContain('rank 1 also holds iterations 23, 24, 25, 26, 27 and 3 more');
  });

  test('steps whose GPU work was lost make a capture incomplete although all markers are there', () => {
    const [first, ...later] = steps(20, 22);
    const iterations = [
      ...(first === undefined ? [] : [first]),
      ...later.map((step) => ({ ...step, captured: 'empty' as const })),
    ];
    const check = checkCapture(asked, [{ rank: 0, iterations }]);
    expect(check.complete).toBe(false);
    expect(check.message).toContain(
      'rank 0 is incomplete from iteration 21: GPU work is missing in iterations 21, 22',
    );
  });

  test('iterations of a trace without markers are those of the window, in order, and it says so', () => {
    const counted = (last: number) => steps(0, last).map((step) => ({ ...step, inferred: true }));
    const whole = checkCapture(asked, [{ rank: 0, iterations: counted(2) }]);
    expect(whole).toMatchObject({ complete: true, found: [{ first: 20, last: 22, count: 3 }] });
    expect(whole.message).toContain('iterations are inferred and counted from the window');
    expect(checkCapture(asked, [{ rank: 0, iterations: counted(1) }]).message).toContain(
      'lacks iteration 22',
    );
    expect(checkCapture(asked, [{ rank: 0, iterations: counted(4) }]).message).toContain(
      'also holds iterations 23, 24',
    );
  });

  test('no trace at all is not complete', () => {
    expect(checkCapture(asked, []).message).toContain('the program wrote no trace');
  });
});
