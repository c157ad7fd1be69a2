// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completeForm, problemsOf } from '#renderer/features/launcher/model.ts';
import { formOfRecipe } from '#renderer/stores/launcher.ts';
import { recipeOf } from '../../../../builders/recipe.ts';

const folder = resolve('assets/recipes');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe.each(files)('the shipped recipe %s', (file) => {
  const recipe = recipeOf(JSON.parse(readFileSync(resolve(folder, file), 'utf8')));

  it('can be run as it is', () => {
    const form = completeForm(recipe, formOfRecipe(recipe));
    expect([...problemsOf(recipe, form)]).toEqual([]);
    expect(form.parameters).toEqual(Object.fromEntries(recipe.parameters.map((p) => [p.name, p.default])));
  });

  it('names parameters of its own, each with an option of its own', () => {
    const names = recipe.parameters.map((parameter) => parameter.name);
    if (recipe.eraParameter !== undefined) expect(names).toContain(recipe.eraParameter);
    if (recipe.iterationsParameter !== undefined) expect(names).toContain(recipe.iterationsParameter);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(recipe.parameters.map((p) => p.argument ?? p.name)).size).toBe(names.length);
  });
});

/** What the engine's own command line takes where an option is left out, by option. */
function engineDefaults(): ReadonlyMap<string, string> {
  const source = readFileSync(resolve('src/native/programs/moe-engine/src/options.rs'), 'utf8');
  const option = /#\[arg\(long[^\]]*?default_value(?:_t)? = "?([\w.:]+)"?[^\]]*\]\s+pub (\w+):/g;
  return new Map(
    [...source.matchAll(option)].map(([, value = '', field = '']) => [
      `--${field.replaceAll('_', '-')}`,
      value.replace(/^\w+::/, '').toLowerCase(),
    ]),
  );
}

it('ships the embedded engine with the defaults that the engine has', () => {
  const file = readFileSync(resolve(folder, 'embedded-moe-engine.json'), 'utf8');
  const { parameters } = recipeOf(JSON.parse(file));
  const known = engineDefaults();
  const shared = parameters.filter(({ argument = '' }) => known.has(argument));
  expect(shared.length).toBeGreaterThan(15);
  const differing = shared
    .filter((p) =>
      typeof p.default === 'number'
        ? p.default !== Number(known.get(p.argument ?? ''))
        : String(p.default) !== known.get(p.argument ?? ''),
    )
    .map(({ argument }) => argument);
  expect(differing).toEqual([]);
});
