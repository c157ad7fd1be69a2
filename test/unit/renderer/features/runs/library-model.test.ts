// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { differences } from '#renderer/base/form-differences.ts';
import { between, rowAfter, targetsOf } from '#renderer/features/runs/model/grid-keys.ts';
import {
  ALL,
  filterRows,
  makeRow,
  parseTags,
  problemOfTags,
  unfiltered,
} from '#renderer/features/runs/model/rows.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { containerTarget } from '#shared/contract/target.ts';
import { makeForm, makeRecipe } from '../../../../builders/recipe.ts';
import { makeSummary } from '../../../../builders/run.ts';

describe('differences', () => {
  const wordsOf = (changes: Parameters<typeof makeForm>[0], recipe: Recipe | undefined = makeRecipe()) =>
    differences({ form: makeForm(changes) }, recipe);

  it('says nothing of a form that is the default, whether numbers are texts or not', () => {
    expect(wordsOf({})).toEqual([]);
    expect(wordsOf({ parameters: { iterations: '100', skew: 1.5 } })).toEqual([]);
  });

  it('names flags, recorders with their window, parameters and variables', () => {
    const form = {
      parameters: { iterations: 100, skew: 3 },
      perfectRouter: true,
      torchTrace: true,
      expertStatistics: true,
      window: '5+5',
      extraEnvironment: [{ name: 'A', value: 'b' }],
    };
    expect(wordsOf(form)).toEqual(['perfect router', 'trace 5+5', 'expert statistics 5+5', 'skew 3', 'A=b']);
    expect(wordsOf({ nsight: true, window: '' })).toEqual(['Nsight Systems']);
  });

  it('names the container that a run went into', () => {
    const target = containerTarget.parse({ kind: 'container', runtime: 'podman', image: 'engine:1.3' });
    expect(wordsOf({ target })).toEqual(['podman engine:1.3']);
  });

  it('tells the passes of a comparison apart', () => {
    const words = (purpose: 'timing' | 'profile', block: number) =>
      differences({ form: makeForm(), comparison: { id: 'c', block, arm: 'b', purpose } }, makeRecipe());
    expect(words('timing', 2)).toEqual(['comparison: block 2, arm B']);
    expect(words('profile', 0)).toEqual(['comparison: profile, arm B']);
  });

  it('of a recipe that is not known every parameter may differ', () => {
    expect(differences({ form: makeForm({ parameters: { skew: 1.5 } }) }, undefined)).toEqual(['skew 1.5']);
  });
});

describe('filterRows', () => {
  const rows = [
    makeSummary({ id: 'run-a', title: 'Night', tags: ['base'], notes: 'old kernels' }),
    makeSummary({ id: 'run-b', title: 'Day', state: 'failed', tags: ['base', 'all'] }),
  ].map((run) => makeRow(run, makeRecipe(), null));
  const found = (change: object): readonly string[] =>
    filterRows(rows, { ...unfiltered, ...change }).map(({ run }) => run.id);

  it('wants every word, anywhere in what a row says', () => {
    expect(found({ text: '  KERNELS night ' })).toEqual(['run-a']);
    expect(found({ text: 'kernels day' })).toEqual([]);
    expect(found({ text: 'base' })).toEqual(['run-a', 'run-b']);
  });

  it('takes state, recipe and tag, and a tag may be called all', () => {
    expect(found({ state: 'failed' })).toEqual(['run-b']);
    expect(found({ recipe: 'other' })).toEqual([]);
    expect(found({ tag: 'all' })).toEqual(['run-b']);
    expect(found({ tag: ALL })).toEqual(['run-a', 'run-b']);
  });
});

describe('tags', () => {
  it('are separated by commas, each once', () => {
    expect(parseTags(' a, b b ,,a')).toEqual(['a', 'b b']);
  });

  it('that cannot be kept are told', () => {
    expect(problemOfTags(['fine'])).toBeNull();
    expect(problemOfTags(['x'.repeat(41)])).toMatch(/longer than 40/);
    expect(problemOfTags(Array.from({ length: 33 }, String))).toMatch(/32 tags/);
  });
});

describe('keys in the table', () => {
  it('move inside its bounds, and begin at either end', () => {
    expect(rowAfter('ArrowDown', -1, 3)).toBe(0);
    expect(rowAfter('ArrowUp', -1, 3)).toBe(2);
    expect(rowAfter('ArrowDown', 2, 3)).toBe(2);
    expect(rowAfter('PageDown', 0, 5)).toBe(4);
    expect(rowAfter('Home', 2, 3)).toBe(0);
    expect(rowAfter('x', 0, 3)).toBeNull();
    expect(rowAfter('End', 0, 0)).toBeNull();
  });

  it('select ranges in either direction', () => {
    expect(between(['a', 'b', 'c', 'd'], 2, 0)).toEqual(['a', 'b', 'c']);
  });

  it('act on what is selected and shown, else on the active run', () => {
    expect(targetsOf(['a', 'b'], new Set(['b', 'hidden']), 'a')).toEqual(['b']);
    expect(targetsOf(['a', 'b'], new Set(['hidden']), 'a')).toEqual(['a']);
    expect(targetsOf(['b'], new Set(), 'a')).toEqual([]);
  });
});
