// SPDX-License-Identifier: Apache-2.0
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import type { RunAnnotations, RunManifest } from '#shared/contract/run.ts';
import { ANNOTATIONS_FILE, readAnnotations } from './annotations.ts';
import { atMost } from './files.ts';

/**
 * What is known of the runs on disk. A manifest is read once and again when its file is another one
 * (manifests are replaced, never written into, so that inode, size and time tell).
 */

export interface IndexedRun {
  readonly manifest: RunManifest;
  readonly annotations: RunAnnotations;
  readonly stamp: string;
}

/** Files open at the same time while folders are read. */
const CONCURRENT = 32;
export const MANIFEST_FILE = 'manifest.json';

async function stampOf(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  return info === undefined ? '-' : `${info.ino}:${info.size}:${info.mtimeMs}`;
}

export class RunIndex {
  readonly #root: string;
  readonly #readManifest: (id: string) => Promise<RunManifest>;
  readonly #runs = new Map<string, IndexedRun>();
  readonly #failures = new Map<string, { readonly stamp: string; readonly error: IterscopeError }>();
  #sorted: readonly IndexedRun[] | undefined;
  #reading: Promise<boolean> | undefined;

  constructor(root: string, readManifest: (id: string) => Promise<RunManifest>) {
    this.#root = root;
    this.#readManifest = readManifest;
  }

  /** Newest first. */
  get runs(): readonly IndexedRun[] {
    this.#sorted ??= [...this.#runs.values()].sort(byNewest);
    return this.#sorted;
  }

  get failures(): IterscopeError[] {
    return [...this.#failures.values()].map(({ error }) => error);
  }

  get(id: string): IndexedRun | undefined {
    return this.#runs.get(id);
  }

  /** Looks at the disk; resolves to whether anything was new, changed or gone. */
  refresh(): Promise<boolean> {
    this.#reading ??= this.#refresh().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Reads one run anew, whatever its stamp says; forgets it when it is gone. */
  async renew(id: string): Promise<IndexedRun | undefined> {
    this.#forget(id);
    await this.#look(id);
    return this.#runs.get(id);
  }

  async #refresh(): Promise<boolean> {
    const entries = await readdir(this.#root, { withFileTypes: true }).catch(() => []);
    const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    const present = new Set(names);
    const gone = [...this.#runs.keys(), ...this.#failures.keys()].filter((id) => !present.has(id));
    for (const id of gone) this.#forget(id);
    const looked = await atMost(CONCURRENT, names, (id) => this.#look(id));
    return gone.length > 0 || looked.includes(true);
  }

  /** Whether the run was read, because it is new or another one than before. */
  async #look(id: string): Promise<boolean> {
    const folder = join(this.#root, id);
    const stamp = `${await stampOf(join(folder, MANIFEST_FILE))} ${await stampOf(join(folder, ANNOTATIONS_FILE))}`;
    if ((this.#runs.get(id) ?? this.#failures.get(id))?.stamp === stamp) return false;
    this.#forget(id);
    try {
      const [manifest, annotations] = await Promise.all([this.#readManifest(id), readAnnotations(folder)]);
      this.#runs.set(id, { manifest, annotations, stamp });
    } catch (thrown) {
      if (!(thrown instanceof IterscopeError)) throw thrown;
      // A folder without a manifest was being made when its maker died: it holds nothing.
      if (thrown.failure.code === 'run.unknown') return false;
      this.#failures.set(id, { stamp, error: thrown });
    }
    return true;
  }

  #forget(id: string): void {
    this.#sorted = undefined;
    this.#runs.delete(id);
    this.#failures.delete(id);
  }
}

function byNewest({ manifest: a }: IndexedRun, { manifest: b }: IndexedRun): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}
