// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { readRecipe } from '../launch/recipe-file.ts';
import { readJson } from './files.ts';

/** The recipes that ship with Iterscope, read and checked once. */
export class RecipeService {
  readonly #folder: string;
  #recipes: Promise<readonly Recipe[]> | undefined;

  constructor(assetsFolder: string) {
    this.#folder = join(assetsFolder, 'recipes');
  }

  list(): Promise<readonly Recipe[]> {
    this.#recipes ??= this.#read();
    return this.#recipes;
  }

  async get(id: string): Promise<Recipe> {
    const recipes = await this.list();
    const found = recipes.find((candidate) => candidate.id === id);
    if (found !== undefined) return found;
    const known = recipes.map((candidate) => candidate.id).join(', ');
    throw new IterscopeError({
      code: 'recipe.unknown',
      message: `There is no recipe "${id}": choose one of ${known}.`,
      field: 'recipeId',
    });
  }

  async #read(): Promise<readonly Recipe[]> {
    const files = (await readdir(this.#folder)).filter((name) => name.endsWith('.json')).sort();
    const recipes = await Promise.all(files.map((name) => this.#readOne(join(this.#folder, name))));
    return recipes.sort((a, b) => a.order - b.order || a.title.localeCompare(b.title));
  }

  async #readOne(path: string): Promise<Recipe> {
    const reading = readRecipe(await readJson(path));
    if (reading.ok) return reading.recipe;
    throw new IterscopeError({
      code: 'recipe.malformed',
      message: `The recipe ${path} does not follow the recipe format: ${reading.message}; correct it or remove the file.`,
      path,
    });
  }
}
