// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import {
  editForm,
  editParameter,
  formForEditing,
  formOfRecipe,
  takeRecipes,
  useLauncher,
} from '#renderer/stores/launcher.ts';
import { makeForm, makeRecipe } from '../../../builders/recipe.ts';

describe('the launcher’s form', () => {
  beforeEach(() => {
    useLauncher.setState({ recipes: null, form: null, preview: null });
  });

  it('starts from the first recipe, capturing its default window', () => {
    takeRecipes([makeRecipe()]);
    expect(useLauncher.getState().form).toEqual(formOfRecipe(makeRecipe()));
    expect(useLauncher.getState().form).toMatchObject({
      window: '20+10',
      torchTrace: true,
      parameters: { iterations: '100', skew: '1.5', era: 'e1' },
    });
  });

  it('keeps what was typed when the recipes are listed again', () => {
    takeRecipes([makeRecipe()]);
    editParameter('iterations', '12x');
    editForm({ window: '3-' });
    takeRecipes([makeRecipe()]);
    expect(useLauncher.getState().form).toMatchObject({ window: '3-', parameters: { iterations: '12x' } });
  });

  it('has no form without a recipe', () => {
    takeRecipes([]);
    editForm({ window: '1' });
    expect(useLauncher.getState().form).toBeNull();
  });

  it('takes a past run’s form with its numbers as texts', () => {
    const form = formForEditing(makeForm({ parameters: { iterations: 50, era: 'e2' }, window: '5-9' }));
    expect(form).toMatchObject({ parameters: { iterations: '50', era: 'e2' }, window: '5-9' });
  });
});
