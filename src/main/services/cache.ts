// SPDX-License-Identifier: Apache-2.0
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheUsage } from '#shared/contract/app.ts';

/** Stores younger than this may be in use: they are never removed by the limit. */
const SAFE_MS = 60 * 60 * 1000;

interface Store {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/** The folder of trace stores: anything in it can be made again from its trace. */
export class CacheService {
  readonly #folder: string;

  constructor(cacheFolder: string) {
    this.#folder = join(cacheFolder, 'stores');
  }

  async usage(): Promise<CacheUsage> {
    const stores = await this.#stores();
    return { bytes: sum(stores), stores: stores.length };
  }

  /** Removes the stores that were not used for longest until the rest fits; gives the bytes freed. */
  async trim(limitBytes: number, nowMs: number): Promise<number> {
    const stores = await this.#stores();
    let excess = sum(stores) - limitBytes;
    let freed = 0;
    for (const { path, bytes, usedMs } of stores.sort((a, b) => a.usedMs - b.usedMs)) {
      if (excess <= 0 || nowMs - usedMs < SAFE_MS) break;
      await rm(path, { recursive: true, force: true });
      excess -= bytes;
      freed += bytes;
    }
    return freed;
  }

  async #stores(): Promise<Store[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return Promise.all(names.map((name) => measure(join(this.#folder, name))));
  }
}

const sum = (stores: readonly Store[]): number => stores.reduce((bytes, store) => bytes + store.bytes, 0);

async function measure(path: string): Promise<Store> {
  const info = await stat(path).catch(() => null);
  if (info === null) return { path, bytes: 0, usedMs: 0 };
  if (!info.isDirectory()) return { path, bytes: info.size, usedMs: Math.max(info.atimeMs, info.mtimeMs) };
  const parts = await Promise.all((await readdir(path)).map((name) => measure(join(path, name))));
  return {
    path,
    bytes: sum(parts),
    usedMs: parts.reduce((last, part) => Math.max(last, part.usedMs), info.mtimeMs),
  };
}
