// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completeForm } from '#renderer/base/launch-form.ts';
import { problemsOf } from '#renderer/features/launcher/model.ts';
import { formOfRecipe } from '#renderer/stores/launcher.ts';
import { recipeOf } from '../../../../builders/recipe.ts';

const folder = resolve('assets/recipes');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe.each(files)('the shipped recipe %s', (file) => {
  const recipe = recipeOf(JSON.parse(readFileSync(resolve(folder, file), 'utf8')));

  it('lacks at most what only its user can know', () => {
    const form = completeForm(recipe, formOfRecipe(recipe));
    const lacking = recipe.parameters.filter((p) => 'required' in p && p.required && p.default === '');
    const problems = [...problemsOf(recipe, form).keys()];
    expect(problems.filter((name) => !lacking.some((p) => p.name === name))).toEqual([]);
    expect(form.parameters).toEqual(
      Object.fromEntries(
        recipe.parameters.map(({ name, default: value }) => [
          name,
          typeof value === 'boolean' ? String(value) : value,
        ]),
      ),
    );
  });

  it('gives a step no option twice', () => {
    for (const { args } of recipe.steps) {
      const names = args.flatMap((arg) =>
        typeof arg === 'object' && 'parameters' in arg ? arg.parameters : [],
      );
      const options = recipe.parameters
        .filter(({ name }) => names.includes(name))
        .map(({ argument }) => argument);
      expect(new Set(options).size).toBe(options.length);
    }
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
