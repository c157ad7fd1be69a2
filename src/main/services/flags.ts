// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { flagFile, type Flag } from '#shared/contract/flags.ts';
import { readJson } from './files.ts';

/** The catalogue of flags that ships with Iterscope, read once. */
export class FlagService {
  readonly #folder: string;
  #flags: Promise<readonly Flag[]> | undefined;

  constructor(assetsFolder: string) {
    this.#folder = join(assetsFolder, 'flags');
  }

  list(): Promise<readonly Flag[]> {
    this.#flags ??= this.#read();
    return this.#flags;
  }

  async #read(): Promise<readonly Flag[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.json'));
    const files = await Promise.all(names.map((name) => readJson(join(this.#folder, name))));
    return files.flatMap((file) => flagFile.parse(file).flags).sort((a, b) => a.name.localeCompare(b.name));
  }
}
