// SPDX-License-Identifier: Apache-2.0
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunBytes } from '#shared/contract/library.ts';
import { endStates } from '#shared/contract/run.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { storeName, storesFolder } from '../ports/stores.ts';
import { atMost, bytesOf } from './files.ts';
import type { Library } from './library.ts';

/** How much room runs take, and what of it can be had back. Sizes of ended runs are looked up once. */

const CONCURRENT = 8;

export class DiskUse {
  readonly #library: Library;
  readonly #cacheFolder: string;
  readonly #known = new Map<string, Omit<RunBytes, 'storeBytes'>>();

  constructor(library: Library, cacheFolder: string) {
    this.#library = library;
    this.#cacheFolder = cacheFolder;
  }

  async ofRuns(runs: readonly RunManifest[]): Promise<{ runs: RunBytes[]; otherStoreBytes: number }> {
    const stores = await this.#stores();
    const sizes = await atMost(CONCURRENT, runs, async (run) => {
      const bytes = await this.#ofFolder(run);
      let storeBytes = 0;
      for (const name of this.#storesOf(run)) {
        storeBytes += stores.get(name) ?? 0;
        stores.delete(name);
      }
      return { ...bytes, storeBytes };
    });
    const otherStoreBytes = [...stores.values()].reduce((sum, bytes) => sum + bytes, 0);
    return { runs: sizes, otherStoreBytes };
  }

  /** What was known of a run's size does not hold any more. */
  forget(id: string): void {
    this.#known.delete(id);
  }

  /** Deletes what was made from a run's traces. */
  async freeStores(run: RunManifest): Promise<void> {
    for (const name of this.#storesOf(run)) {
      await rm(join(storesFolder(this.#cacheFolder), name), { recursive: true, force: true });
    }
  }

  async #ofFolder({ id, state }: RunManifest): Promise<Omit<RunBytes, 'storeBytes'>> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const [totalBytes, artifactBytes] = await Promise.all([
      bytesOf(this.#library.folderOf(id)),
      bytesOf(this.#library.artifactsOf(id)),
    ]);
    const found = { id, totalBytes, artifactBytes };
    if (endStates.has(state)) this.#known.set(id, found);
    return found;
  }

  #storesOf(run: RunManifest): string[] {
    const folder = this.#library.artifactsOf(run.id);
    return run.artifacts.map(({ path }) => storeName(join(folder, path)));
  }

  /** Size of every store, by name. */
  async #stores(): Promise<Map<string, number>> {
    const folder = storesFolder(this.#cacheFolder);
    const names = await readdir(folder).catch(() => []);
    const sizes = await atMost(CONCURRENT, names, (name) => bytesOf(join(folder, name)));
    return new Map(names.map((name, index) => [name, sizes[index] ?? 0]));
  }
}
