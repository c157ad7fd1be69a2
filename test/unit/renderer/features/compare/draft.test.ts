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
import { reachOf, roughTime } from '#renderer/features/compare/model/texts.ts';
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
