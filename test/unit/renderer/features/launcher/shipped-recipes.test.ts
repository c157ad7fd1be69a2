// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipe as schema } from '#shared/contract/recipe.ts';
import { completeForm, problemsOf } from '#renderer/features/launcher/model.ts';
import { formOfRecipe } from '#renderer/stores/launcher.ts';

const folder = resolve('assets/recipes');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe.each(files)('the shipped recipe %s', (file) => {
  const recipe = schema.parse(JSON.parse(readFileSync(resolve(folder, file), 'utf8')));

  it('can be run as it is', () => {
    const form = completeForm(recipe, formOfRecipe(recipe));
    expect([...problemsOf(recipe, form)]).toEqual([]);
    expect(form.parameters).toEqual(Object.fromEntries(recipe.parameters.map((p) => [p.name, p.default])));
  });

  it('names parameters of its own, each with an option of its own', () => {
    const names = recipe.parameters.map((parameter) => parameter.name);
    expect(names).toContain(recipe.eraParameter);
    if (recipe.iterationsParameter !== undefined) expect(names).toContain(recipe.iterationsParameter);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(recipe.parameters.map((parameter) => parameter.argument)).size).toBe(names.length);
  });
});

it('ships the embedded engine', () => {
  expect(files).toContain('embedded-moe-engine.json');
});
