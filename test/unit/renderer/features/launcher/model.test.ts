// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding, LaunchPreview } from '#shared/contract/launch.ts';
import { completeForm, numberOf } from '#renderer/base/launch-form.ts';
import {
  askedMessages,
  blockerOf,
  briefProblemOf,
  explainSpans,
  findingsOf,
  isSaidAtField,
  missingOf,
  parameterMessages,
  problemOf,
  problemsOf,
  totalIterations,
  untouchedOf,
} from '#renderer/features/launcher/model.ts';
import { checksOf, checksSummary } from '#renderer/features/launcher/checks.ts';
import { newContainer } from '#renderer/base/launch-target.ts';
import { groupsOf } from '#renderer/features/launcher/groups.ts';
import { makeForm, makeRecipe } from '../../../../builders/recipe.ts';

const recipe = makeRecipe();
const [iterations, skew, era] = recipe.parameters;
if (iterations === undefined || skew === undefined || era === undefined) throw new Error('builder changed');

const preview = (findings: Finding[] = []): LaunchPreview => ({
  shell: '',
  passes: [],
  options: null,
  environment: [],
  spans: [],
  findings,
  runnable: findings.every((finding) => finding.severity !== 'error'),
});

describe('numberOf', () => {
  it('reads every finite number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberOf(` ${value.toString()} `)).toBe(value === 0 ? 0 + value : value);
      }),
    );
  });

  it.each(['', 'x', '1x', '0x10', '1 2', 'Infinity', '.', '1,5'])('finds none in “%s”', (text) => {
    expect(numberOf(text)).toBeNull();
  });
});

describe('problemOf', () => {
  it('says what is wrong and what to enter', () => {
    expect(problemOf(iterations, '')).toBe('Enter a whole number from 1 to 1,000.');
    expect(problemOf(iterations, '2.5')).toBe('“2.5” is not a whole number; enter one from 1 to 1,000.');
    expect(problemOf(iterations, '2000')).toBe('2000 is out of range; enter a whole number from 1 to 1,000.');
    expect(problemOf(skew, 'steep')).toBe('“steep” is not a number; enter one from 0 to 10.');
    expect(problemOf(era, 'e9')).toBe('“e9” is not one of the choices.');
    expect([briefProblemOf(iterations), briefProblemOf(era)]).toEqual(['Enter 1 to 1,000.', 'Choose one.']);
  });

  it('takes whole paths, and none', () => {
    const path = { ...era, type: 'path', default: '', of: 'file', required: false } as const;
    expect(['', ' ', '/data/eplb.yaml'].map((text) => problemOf(path, text))).toEqual([null, null, null]);
    expect(problemOf(path, 'eplb.yaml')).toBe('“eplb.yaml” is not a whole path: begin with /.');
    expect(briefProblemOf(path)).toBe('Begin with /.');
  });

  it('accepts the bounds and what lies between', () => {
    expect(['1', '1000', ' 7 ', '1e2'].map((text) => problemOf(iterations, text))).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(problemOf(skew, '.5')).toBeNull();
    expect(problemOf(era, 'e2')).toBeNull();
  });
});

describe('completeForm', () => {
  it('makes numbers of texts and leaves what is none as it was typed', () => {
    const form = makeForm({ parameters: { iterations: '50', skew: '1.', era: 'e2', other: '7' } });
    expect(completeForm(recipe, form).parameters).toEqual({ iterations: 50, skew: 1, era: 'e2', other: '7' });
    const wrong = makeForm({ parameters: { iterations: '5x', skew: '', era: 'e1' } });
    expect(completeForm(recipe, wrong).parameters).toEqual({ iterations: '5x', skew: '', era: 'e1' });
  });
});

describe('messages', () => {
  const findings: Finding[] = [
    { severity: 'error', code: 'form.parameter', field: 'iterations', message: 'from main' },
    { severity: 'warning', code: 'x', field: 'extraEnvironment.1', message: 'second variable' },
    { severity: 'note', code: 'y', message: 'of the whole form' },
  ];

  it('stand at their field, and at the list whose part they name', () => {
    expect(findingsOf(findings, 'extraEnvironment')).toEqual([
      { severity: 'warning', text: 'second variable' },
    ]);
    expect(findingsOf(findings, 'extra')).toEqual([]);
  });

  it('are our own where the text cannot be used, else those of main', () => {
    const wrong = problemsOf(recipe, makeForm({ parameters: { iterations: 'x' } }));
    expect(parameterMessages(iterations, wrong, findings)).toEqual([
      {
        severity: 'error',
        text: '“x” is not a whole number; enter one from 1 to 1,000.',
        brief: 'Enter 1 to 1,000.',
      },
    ]);
    expect(parameterMessages(iterations, new Map(), findings)).toMatchObject([{ text: 'from main' }]);
  });
});

describe('blockerOf', () => {
  const none = new Map<string, string>();

  it('is silent when the form can be run', () => {
    expect(blockerOf(recipe, none, preview(), false)).toBeNull();
    const warned = preview([{ severity: 'warning', code: 'x', message: 'careful' }]);
    expect(blockerOf(recipe, none, warned, false)).toBeNull();
  });

  it('gives the reason in words', () => {
    expect(blockerOf(undefined, none, null, false)).toBe('No recipe is loaded.');
    expect(blockerOf(recipe, new Map([['skew', 'Enter a number.']]), preview(), false)).toBe(
      'Skew: Enter a number.',
    );
    expect(blockerOf(recipe, none, null, false)).toBe('Checking the form…');
    expect(blockerOf(recipe, none, preview(), true)).toBe('Starting…');
    const failing = preview([
      { severity: 'note', code: 'n', message: 'aside' },
      { severity: 'error', code: 'form.window', message: 'The window is wrong.' },
    ]);
    expect(blockerOf(recipe, none, failing, false)).toBe('The window is wrong.');
  });
});

describe('a field that has to be filled in', () => {
  const model = { ...era, type: 'text', name: 'model', label: 'Model', default: '', required: true } as const;
  const needing = { ...recipe, parameters: [model, skew] };
  const container = { ...newContainer, image: ' ' };
  const empty = makeForm({ parameters: {} });
  const problems = problemsOf(needing, empty);
  const missing = missingOf(needing, empty);

  it('is asked for until it was left, or Run was pressed', () => {
    expect(blockerOf(needing, problems, preview(), false, missing)).toBe('Still to enter: Model.');
    const asked = checksOf(needing, problems, untouchedOf(missing, [], 0), []);
    expect(asked.listed).toMatchObject([{ severity: 'note', message: 'Still to enter: Model.' }]);
    expect(askedMessages.map(({ severity }) => severity)).toEqual(['note']);
    for (const untouched of [untouchedOf(missing, ['model'], 0), untouchedOf(missing, [], 1)]) {
      expect(checksOf(needing, problems, untouched, []).listed).toMatchObject([
        { severity: 'error', message: 'Model: needed before the run can start.' },
      ]);
    }
  });

  it('does not hide what is wrong elsewhere', () => {
    const both = makeForm({ parameters: { skew: 'steep' }, target: container });
    const wrong = problemsOf(needing, both);
    const empties = missingOf(needing, both);
    expect([...empties.values()]).toEqual(['Image', 'Model']);
    expect(blockerOf(needing, wrong, preview(), false, empties)).toMatch(/^Skew: /);
    expect(
      checksOf(needing, wrong, untouchedOf(empties, [], 0), []).listed.map(({ severity }) => severity),
    ).toEqual(['error', 'note']);
  });
});

describe('the list of checks', () => {
  const note: Finding = { severity: 'note', code: 'n', field: 'expertStatistics', message: 'It costs time.' };
  const fixable: Finding = {
    ...note,
    message: 'It clashes.',
    fix: { label: 'Leave it out', change: { expertStatistics: false } },
  };

  it('does not repeat what stands at its field, and has what can be mended by a button', () => {
    const { all, listed } = checksOf(recipe, new Map(), new Map(), [note, fixable]);
    expect([all.length, listed]).toEqual([2, [fixable]]);
    expect(findingsOf([note, fixable], 'expertStatistics')).toEqual([
      { severity: 'note', text: 'It costs time.' },
    ]);
    expect(isSaidAtField({ ...note, severity: 'error' })).toBe(false);
  });

  it('says how much there is, and where when nothing of it is listed', () => {
    expect(checksSummary([])).toBe('Nothing found.');
    expect(checksSummary([note])).toBe('1 note in the form.');
    expect(checksSummary([note, { ...fixable, severity: 'error' }])).toBe('1 problem, 1 note');
  });
});

describe('groups of parameters', () => {
  it('keep the recipe’s order, of groups and within them', () => {
    const [a, b, c] = [
      { ...iterations, group: 'Load' },
      { ...skew, group: 'Model' },
      { ...era, group: 'Load' },
    ];
    const found = groupsOf([a, b, c]).map(({ title, parameters }) => [
      title,
      ...parameters.map(({ name }) => name),
    ]);
    expect(found).toEqual([
      ['Load', a.name, c.name],
      ['Model', b.name],
    ]);
  });
});

describe('explainSpans', () => {
  it('counts both ends', () => {
    expect(explainSpans([{ first: 20, last: 29 }])).toBe('Captures iterations 20 to 29 (10 iterations).');
    expect(explainSpans([{ first: 7, last: 7 }])).toBe('Captures iteration 7 (1 iteration).');
    expect(explainSpans([])).toBe('Captures no iteration.');
  });

  it('joins several windows', () => {
    const spans = [
      { first: 1, last: 2 },
      { first: 5, last: 5 },
      { first: 1000, last: 1001 },
    ];
    expect(explainSpans(spans)).toBe(
      'Captures iterations 1 to 2, 5 and 1,000 to 1,001 (5 iterations in 3 windows).',
    );
  });
});

describe('totalIterations', () => {
  it('is the bound of the recipe, where it has one and it is a number', () => {
    expect(totalIterations(recipe, makeForm({ parameters: { iterations: '40' } }))).toBe(40);
    expect(totalIterations(recipe, makeForm({ parameters: { iterations: '4x' } }))).toBeNull();
    const { iterationsParameter: _, ...unbounded } = recipe;
    expect(totalIterations(unbounded, makeForm())).toBeNull();
  });
});
