// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatChange } from '#shared/base/units.ts';
import {
  blocksProblem,
  requestOf,
  settingRows,
  variableRows,
  withVariable,
} from '#renderer/features/compare/model/draft.ts';
import { mountsOf, mountsText } from '#renderer/features/compare/model/places.ts';
import { cacheLines, reachOf, roughTime } from '#renderer/features/compare/model/texts.ts';
import { newContainer } from '#renderer/base/launch-target.ts';
import { changeDraft, perfectRouterDraft } from '#renderer/stores/comparisons.ts';
import { makeForm, makeRecipe } from '../../../../builders/recipe.ts';

const recipe = makeRecipe();
const form = makeForm();
const recipes = { a: recipe, b: recipe };

describe('a draft', () => {
  it('of the perfect router differs in the router alone, whatever the form says', () => {
    const { a, b } = perfectRouterDraft({ ...form, perfectRouter: true }, recipe);
    expect(a.form.perfectRouter).toBe(false);
    expect(b.form).toEqual({ ...a.form, perfectRouter: true });
  });

  it('becomes a request with numbers, and none while a number cannot be used', () => {
    const draft = changeDraft(form, form, recipes);
    expect(requestOf({ ...draft, blocks: ' 7 ', seed: '9' }, recipes)).toMatchObject({ blocks: 7, seed: 9 });
    for (const blocks of ['2', '', '3.5', 'many', '101']) {
      expect(requestOf({ ...draft, blocks }, recipes)).toBeNull();
      expect(blocksProblem(blocks)).toContain('from 3 to 100');
    }
    expect(requestOf({ ...draft, a: { ...draft.a, label: ' ' } }, recipes)).toBeNull();
  });

  it('marks the parameters that differ, in the order of the recipe', () => {
    const [first] = recipe.parameters;
    const name = first?.name ?? '';
    const changed = { ...form, parameters: { ...form.parameters, [name]: '49' } };
    const rows = settingRows(changeDraft(form, changed, recipes), recipes);
    expect(rows.map(({ parameter }) => parameter)).toEqual(recipe.parameters);
    expect(
      rows.filter(({ differs }) => differs).map(({ parameter, b }) => [parameter.name, b?.value]),
    ).toEqual([[name, '49']]);
  });

  it('of two recipes shows the settings of both; what one does not have is no difference', () => {
    const [first, ...rest] = recipe.parameters;
    if (first === undefined) throw new Error('the recipe has no parameter');
    const other = {
      ...recipe,
      id: 'other',
      passes: ['timing' as const],
      parameters: [...rest, { ...first, name: 'depth' }],
    };
    const draft = changeDraft(form, { ...form, recipeId: 'other' }, { a: recipe, b: other });
    expect(draft.profile).toBe(false);
    const rows = settingRows(draft, { a: recipe, b: other });
    const one = rows.filter(({ a, b }) => a === null || b === null);
    expect(one.map(({ parameter, differs }) => [parameter.name, differs])).toEqual([
      [first.name, false],
      ['depth', false],
    ]);
    expect(requestOf({ ...draft, profile: true }, { a: recipe, b: other })?.profile).toBe(false);
  });

  it('is no request while a container lacks what it needs; mounts are texts', () => {
    const target = { ...newContainer, image: 'engine:2', mounts: mountsOf('/m:/m, /out:/data:rw') };
    const draft = changeDraft(form, { ...form, target }, recipes);
    expect(requestOf(draft, recipes)?.b.form.target).toMatchObject({ image: 'engine:2' });
    expect(mountsText(target)).toBe('/m:/m, /out:/data:rw');
    for (const change of [{ image: '' }, { mounts: mountsOf('/models:') }, { gpus: 'some' }])
      expect(
        requestOf(changeDraft(form, { ...form, target: { ...target, ...change } }, recipes), recipes),
      ).toBe(null);
  });

  it('says once what both arms share', () => {
    const cache = { title: 'tuner’s cache', variable: 'TUNER', owner: 'comparison' as const };
    const arms = { a: { label: 'old', form }, b: { label: 'new', form } };
    const both = ['a' as const, 'b' as const].map((arm) => ({ ...cache, arm, path: '/c/both' }));
    expect(cacheLines(arms, both).map(({ title, where }) => `${title}: ${where}`)).toEqual([
      'Tuner’s cache: all passes, kept until the comparison is done',
    ]);
    const apart = ['a' as const, 'b' as const].map((arm) => ({ ...cache, arm, path: `/c/${arm}` }));
    expect(cacheLines(arms, apart).map(({ where }) => where)).toEqual([
      'passes of old, kept until the comparison is done',
      'passes of new, kept until the comparison is done',
    ]);
  });

  it('sets, changes and takes away a variable in one arm', () => {
    const set = { ...form, ...withVariable(form, 'TLLM_FLAG', '1') };
    const draft = changeDraft(form, set, recipes);
    expect(variableRows(draft)).toContainEqual({ name: 'TLLM_FLAG', a: null, b: '1' });
    expect(withVariable(set, 'TLLM_FLAG', '2').extraEnvironment).toContainEqual({
      name: 'TLLM_FLAG',
      value: '2',
    });
    expect(withVariable(set, 'TLLM_FLAG', null).extraEnvironment).toEqual(form.extraEnvironment);
  });
});

describe('words', () => {
  it.each([
    [0, '0.0 %'],
    [0.0004, '0.0 %'],
    [-0.0004, '0.0 %'],
    [0.0123, '+1.2 %'],
    [-0.5, '−50.0 %'],
  ])('a change of %d reads %s', (ratio, text) => {
    expect(formatChange(ratio)).toBe(text);
  });

  it.each([
    [400, '1 second'],
    [59_000, '59 seconds'],
    [90_000, '2 minutes'],
    [5_400_000, '1.5 hours'],
  ])('%d ms are %s', (ms, text) => {
    expect(roughTime(ms)).toBe(text);
  });

  it('an axis reaches as far as the widest interval', () => {
    expect(reachOf([{ low: -0.2, high: 0.1 }, null])).toBe(0.2);
    expect(reachOf([])).toBe(0.01);
  });
});
