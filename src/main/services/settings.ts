// SPDX-License-Identifier: Apache-2.0
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { settings as schema } from '#shared/contract/app.ts';
import type { Settings } from '#shared/contract/app.ts';
import { readJson, writeAtomically } from './files.ts';

const defaults: Settings = { version: 1, theme: 'system' };

/** The user's settings: one versioned file. A damaged one is set aside, not overwritten. */
export class SettingsService {
  readonly #path: string;

  constructor(configFolder: string) {
    this.#path = join(configFolder, 'settings.json');
  }

  async get(): Promise<Settings> {
    try {
      const found = await readJson(this.#path);
      if (found === undefined) return defaults;
      const parsed = schema.safeParse(found);
      if (parsed.success) return parsed.data;
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError)) throw thrown;
    }
    await rename(this.#path, `${this.#path}.damaged`);
    return defaults;
  }

  async set(value: Settings): Promise<Settings> {
    await writeAtomically(this.#path, `${JSON.stringify(value, null, 2)}\n`);
    return value;
  }
}
