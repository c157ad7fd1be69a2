// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import { bytesOf } from './files.ts';

/**
 * Deleted runs, kept for a while beside the living ones on the same disk, so that deleting and undoing
 * are one rename each. An entry is called `<milliseconds of its deletion>.<run id>`.
 */

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
const ENTRY = /^(\d{1,16})\.([0-9A-Za-z-]{8,128})$/;

interface TrashEntry {
  readonly id: string;
  readonly deletedAtMs: number;
  readonly path: string;
}

export class Trash {
  readonly #folder: string;
  readonly #runsFolder: string;

  constructor(dataFolder: string, runsFolder: string) {
    this.#folder = join(dataFolder, 'trash');
    this.#runsFolder = runsFolder;
  }

  async take(id: string, now: Date): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await rename(join(this.#runsFolder, id), join(this.#folder, `${now.getTime()}.${id}`));
  }

  /** Puts back what was deleted last under this id. */
  async restore(id: string): Promise<void> {
    const entry = (await this.#entries()).findLast((candidate) => candidate.id === id);
    if (entry === undefined) {
      const message = `The run ${id} is not in the trash any more: it was deleted for good.`;
      throw new IterscopeError({ code: 'run.unknown', message });
    }
    const target = join(this.#runsFolder, id);
    if ((await stat(target).catch(() => undefined)) !== undefined) {
      const message = `The run ${id} is in the library again (it was imported, perhaps): the deleted one stays in the trash.`;
      throw new IterscopeError({ code: 'run.exists', message, path: target });
    }
    await rename(entry.path, target);
  }

  async use(): Promise<{ runs: number; bytes: number }> {
    const entries = await this.#entries();
    let bytes = 0;
    for (const { path } of entries) bytes += await bytesOf(path);
    return { runs: entries.length, bytes };
  }

  /** Deletes for good what has lain here for a week; everything when asked to. */
  async purge(now: Date, everything = false): Promise<void> {
    for (const { path, deletedAtMs } of await this.#entries()) {
      if (everything || now.getTime() - deletedAtMs > KEPT_MS)
        await rm(path, { recursive: true, force: true });
    }
  }

  /** In the order of their deletion. */
  async #entries(): Promise<TrashEntry[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names
      .flatMap((name) => {
        const [, deletedAt, id] = ENTRY.exec(name) ?? [];
        if (deletedAt === undefined || id === undefined) return [];
        return [{ id, deletedAtMs: Number(deletedAt), path: join(this.#folder, name) }];
      })
      .sort((a, b) => a.deletedAtMs - b.deletedAtMs);
  }
}
