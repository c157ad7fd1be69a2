// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IterscopeError, toFailure } from '#shared/base/errors.ts';
import type { Finding, RecipeCatalogue } from '#shared/contract/launch.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { jsonPlace } from '../launch/json-place.ts';
import { readRecipe } from '../launch/recipe-file.ts';
import { isMissing } from './files.ts';

interface RecipeFile {
  readonly path: string;
  readonly recipe: Recipe;
}

/** Recipes: those that ship with Iterscope, read once, and the user's own, read with every question. */
export class RecipeService {
  readonly #shippedFolder: string;
  readonly #ownFolder: string;
  #shipped: Promise<readonly RecipeFile[]> | undefined;

  constructor(folders: { readonly assetsFolder: string; readonly dataFolder: string }) {
    this.#shippedFolder = join(folders.assetsFolder, 'recipes');
    this.#ownFolder = join(folders.dataFolder, 'recipes');
  }

  /** Every recipe that can be used, and a finding for each file of the user's that cannot. */
  async list(): Promise<RecipeCatalogue> {
    this.#shipped ??= this.#readShipped();
    const files = new Map((await this.#shipped).map((file) => [file.recipe.id, file]));
    const problems: Finding[] = [];
    for (const path of await this.#ownPaths(problems)) {
      try {
        const recipe = await readOne(path);
        const taken = files.get(recipe.id);
        if (taken === undefined) files.set(recipe.id, { path, recipe });
        else problems.push(takenProblem(path, taken));
      } catch (thrown) {
        const { code, message } = toFailure(thrown);
        problems.push({ severity: 'warning', code, message });
      }
    }
    const recipes = [...files.values()].map(({ recipe }) => recipe);
    recipes.sort((a, b) => a.order - b.order || a.title.localeCompare(b.title));
    return { recipes, problems };
  }

  async get(id: string): Promise<Recipe> {
    const { recipes, problems } = await this.list();
    const found = recipes.find((candidate) => candidate.id === id);
    if (found !== undefined) return found;
    const known = recipes.map((candidate) => candidate.id).join(', ');
    const unread = problems.map(({ message }) => ` ${message}`).join('');
    throw new IterscopeError({
      code: 'recipe.unknown',
      message: `There is no recipe "${id}": choose one of ${known}.${unread}`,
      field: 'recipeId',
    });
  }

  async #readShipped(): Promise<readonly RecipeFile[]> {
    const paths = pathsIn(this.#shippedFolder, await readdir(this.#shippedFolder));
    return Promise.all(paths.map(async (path) => ({ path, recipe: await readOne(path) })));
  }

  /** None where the user never made the folder. */
  async #ownPaths(problems: Finding[]): Promise<string[]> {
    try {
      return pathsIn(this.#ownFolder, await readdir(this.#ownFolder));
    } catch (thrown) {
      if (isMissing(thrown)) return [];
      const message = `The folder of recipes ${this.#ownFolder} cannot be read: ${toFailure(thrown).message}. Give yourself access to it.`;
      problems.push({ severity: 'warning', code: 'recipe.malformed', message });
      return [];
    }
  }
}

function pathsIn(folder: string, names: readonly string[]): string[] {
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}

function takenProblem(path: string, { path: holder, recipe }: RecipeFile): Finding {
  const message = `The recipe ${path} is left out: its id "${recipe.id}" is taken by ${holder} ("${recipe.title}"). Give it another id.`;
  return { severity: 'warning', code: 'recipe.taken', message };
}

/** Throws `recipe.malformed`, which names file and place. */
async function readOne(path: string): Promise<Recipe> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw malformed(path, `it cannot be read: ${toFailure(thrown).message}`);
  });
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (thrown) {
    throw malformed(path, jsonPlace(text, toFailure(thrown).message));
  }
  const reading = readRecipe(file);
  if (reading.ok) return reading.recipe;
  throw malformed(path, reading.message);
}

function malformed(path: string, what: string): IterscopeError {
  const message = `The recipe ${path} does not follow the recipe format: ${what}; correct it or remove the file.`;
  return new IterscopeError({ code: 'recipe.malformed', message, path });
}
