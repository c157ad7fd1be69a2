// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonPlace } from '#main/launch/json-place.ts';
import { RecipeService } from '#main/services/recipes.ts';
import { temporaryFolder } from '../../builders/folder.ts';

const folder = temporaryFolder();
const shipped = JSON.parse(readFileSync(resolve('assets/recipes/command.json'), 'utf8')) as object;

function own(dataFolder: string, name: string, content: object | string): string {
  mkdirSync(join(dataFolder, 'recipes'), { recursive: true });
  const path = join(dataFolder, 'recipes', name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function service(): { recipes: RecipeService; dataFolder: string } {
  const dataFolder = folder();
  return { recipes: new RecipeService({ assetsFolder: resolve('assets'), dataFolder }), dataFolder };
}

describe('recipes of the user', () => {
  it('are read with every listing, beside those that ship', async () => {
    const { recipes, dataFolder } = service();
    const before = await recipes.list();
    expect(before.problems).toEqual([]);
    const path = own(dataFolder, 'mine.json', { ...shipped, id: 'mine', title: 'Mine' });
    const after = await recipes.list();
    expect(after.recipes).toHaveLength(before.recipes.length + 1);
    await expect(recipes.get('mine')).resolves.toMatchObject({ title: 'Mine' });
    rmSync(path);
    await expect(recipes.get('mine')).rejects.toMatchObject({ failure: { code: 'recipe.unknown' } });
  });

  it('are told with file and place where they are malformed, and hide no other', async () => {
    const { recipes, dataFolder } = service();
    const form = own(dataFolder, 'a.json', { ...shipped, id: 'a', order: 'first' });
    const syntax = own(dataFolder, 'b.json', '{\n  "version": 2\n  "id": "b"\n}');
    mkdirSync(join(dataFolder, 'recipes', 'c.json'));
    own(dataFolder, 'd.json', { ...shipped, id: 'd' });
    const { recipes: read, problems } = await recipes.list();
    expect(read.map(({ id }) => id)).toContain('d');
    expect(problems.map(({ code }) => code)).toEqual(Array(3).fill('recipe.malformed'));
    expect(problems[0]?.message).toContain(`${form} does not follow the recipe format: at order`);
    expect(problems[1]?.message).toContain(
      `${syntax} does not follow the recipe format: at line 3, column 3`,
    );
    expect(problems[2]?.message).toContain('c.json');
  });

  it('never take the place of another with the same id', async () => {
    const { recipes, dataFolder } = service();
    const path = own(dataFolder, 'mine.json', { ...shipped, title: 'Impostor' });
    const { problems } = await recipes.list();
    await expect(recipes.get('command')).resolves.toMatchObject({ title: 'Any command' });
    expect(problems).toMatchObject([{ code: 'recipe.taken' }]);
    expect(problems[0]?.message).toContain(`${path} is left out: its id "command" is taken by`);
  });
});

describe('the place of an error in JSON', () => {
  it.each([
    [
      '{"a": 1',
      'Unexpected end of JSON input',
      'at line 1, column 8: it is no JSON: Unexpected end of JSON input',
    ],
    [
      '{\nx',
      'Expected a name in JSON at position 2 (line 2 column 1)',
      'at line 2, column 1: it is no JSON: Expected a name',
    ],
    [
      'no',
      'Unexpected token, "no" is not valid JSON',
      'it is no JSON: Unexpected token, "no" is not valid JSON',
    ],
  ])('%j', (text, message, place) => {
    expect(jsonPlace(text, message)).toBe(place);
  });
});
