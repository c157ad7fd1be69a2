// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import { defaultSettings } from '#shared/contract/default-settings.ts';
import { settings as schema } from '#shared/contract/settings.ts';
import type { Settings, SettingsState } from '#shared/contract/settings.ts';
import { isMissing, readJson, writeAtomically } from './files.ts';

/** One step each from a version to the next; never changed once released. */
const migrations: Readonly<Record<number, (old: object) => object>> = {
  1: (old) => ({
    ...old,
    version: 2,
    era: null,
    telemetryHz: 2,
    notifications: true,
    cacheLimitGib: 20,
  }),
};

function versionOf(found: unknown): number | undefined {
  if (typeof found !== 'object' || found === null || !('version' in found)) return undefined;
  return typeof found.version === 'number' ? found.version : undefined;
}

/** A file of any version as today's; undefined when it is none. */
function migrated(found: unknown): Settings | undefined {
  let current = found;
  for (let version = versionOf(current); version !== undefined; version = versionOf(current)) {
    const step = migrations[version];
    if (step === undefined || typeof current !== 'object' || current === null) break;
    current = step(current);
  }
  const parsed = schema.safeParse(current);
  return parsed.success ? parsed.data : undefined;
}

/**
 * The user's settings: one versioned file. A damaged one is set aside, one of a newer Iterscope is left
 * alone; both are told, and nothing is lost.
 */
export class SettingsService {
  readonly #path: string;
  #state: Promise<SettingsState> | undefined;

  constructor(configFolder: string) {
    this.#path = join(configFolder, 'settings.json');
  }

  get(): Promise<SettingsState> {
    this.#state ??= this.#read();
    return this.#state;
  }

  async set(value: Settings): Promise<Settings> {
    const { writable, problem } = await this.get();
    if (!writable) {
      const message = `Settings cannot be kept: ${problem ?? `${this.#path} cannot be written`}`;
      throw new IterscopeError({ code: 'settings.newer', message, path: this.#path });
    }
    await writeAtomically(this.#path, `${JSON.stringify(value, null, 2)}\n`);
    this.#state = Promise.resolve({ settings: value, problem: null, writable: true });
    return value;
  }

  async #read(): Promise<SettingsState> {
    let found: unknown;
    try {
      found = await readJson(this.#path);
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError)) return this.#unreadable(thrown);
      return this.#setAside();
    }
    if (found === undefined) return { settings: defaultSettings, problem: null, writable: true };
    const version = versionOf(found);
    if (version !== undefined && version > defaultSettings.version) {
      const problem = `${this.#path} belongs to a newer Iterscope (settings version ${version.toString()}): it is left as it is, and the defaults hold. Use that Iterscope, or move the file away.`;
      return { settings: defaultSettings, problem, writable: false };
    }
    const settings = migrated(found);
    return settings === undefined ? this.#setAside() : { settings, problem: null, writable: true };
  }

  async #setAside(): Promise<SettingsState> {
    const base = `${this.#path}.damaged`;
    let kept = base;
    for (let count = 2; existsSync(kept); count += 1) kept = `${base}-${count.toString()}`;
    await rename(this.#path, kept).catch((thrown: unknown) => {
      if (!isMissing(thrown)) throw thrown;
    });
    const problem = `${this.#path} was damaged: it was kept as ${kept}, and the defaults hold. Set what you need again, or mend that file and move it back.`;
    return { settings: defaultSettings, problem, writable: true };
  }

  #unreadable(thrown: unknown): SettingsState {
    const problem = `${this.#path} cannot be read (${String(thrown)}): the defaults hold. Check its permissions.`;
    return { settings: defaultSettings, problem, writable: false };
  }
}
