// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import { runManifest as schema } from '#shared/contract/run.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import type { Platform } from '../ports/platform.ts';
import { readJson, writeAtomically } from './files.ts';

/**
 * Runs on disk: one folder each, whose manifest is the truth. There is no database: a folder copied
 * elsewhere is a run there. A lock names the process that owns a living run.
 */

const MANIFEST = 'manifest.json';
const LOCK = 'lock.json';

interface Lock {
  readonly pid: number;
  readonly identity: string;
}

function isLock(value: unknown): value is Lock {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, identity } = value as Partial<Record<keyof Lock, unknown>>;
  return typeof pid === 'number' && typeof identity === 'string';
}

export class Library {
  readonly #root: string;
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#root = join(platform.dataFolder, 'runs');
  }

  folderOf(id: string): string {
    return join(this.#root, id);
  }

  artifactsOf(id: string): string {
    return join(this.#root, id, 'artifacts');
  }

  logOf(id: string, stream: 'stdout' | 'stderr'): string {
    return join(this.#root, id, `${stream}.log`);
  }

  /** A new run's id, with its folders made: `<utc>-<slug>-<hex4>`. */
  async createFolder(slug: string, now: Date): Promise<string> {
    const utc = now.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
    const id = `${utc}-${slug}-${randomBytes(2).toString('hex')}`;
    try {
      await mkdir(this.artifactsOf(id), { recursive: true });
      await this.#lock(id);
    } catch (thrown) {
      throw new IterscopeError(
        {
          code: 'run.folder',
          message: `The folder for the new run cannot be made at ${this.folderOf(id)}: ${String(thrown)}. Free space or set ITERSCOPE_HOME to a folder that can be written.`,
          path: this.folderOf(id),
        },
        { cause: thrown },
      );
    }
    return id;
  }

  async write(manifest: RunManifest): Promise<void> {
    await writeAtomically(
      join(this.folderOf(manifest.id), MANIFEST),
      `${JSON.stringify(manifest, null, 2)}\n`,
    );
  }

  async read(id: string): Promise<RunManifest> {
    const path = join(this.folderOf(id), MANIFEST);
    const found = await readJson(path).catch((thrown: unknown) => {
      throw manifestError(path, String(thrown));
    });
    if (found === undefined) {
      const message = `There is no run "${id}" in ${this.#root}: it may have been deleted.`;
      throw new IterscopeError({ code: 'run.unknown', message, path });
    }
    const parsed = schema.safeParse(found);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw manifestError(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}`);
    }
    return parsed.data;
  }

  /** Every run that can be read, newest first, and the failures of those that cannot. */
  async list(): Promise<{ runs: RunManifest[]; failures: IterscopeError[] }> {
    const entries = await readdir(this.#root, { withFileTypes: true }).catch(() => []);
    const runs: RunManifest[] = [];
    const failures: IterscopeError[] = [];
    for (const entry of entries) {
      if (!entry.isDirectory()) continue;
      try {
        runs.push(await this.read(entry.name));
      } catch (thrown) {
        if (!(thrown instanceof IterscopeError)) throw thrown;
        // A folder without a manifest was being made when its maker died: it holds nothing.
        if (thrown.failure.code !== 'run.unknown') failures.push(thrown);
      }
    }
    runs.sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
    return { runs, failures };
  }

  async unlock(id: string): Promise<void> {
    await rm(join(this.folderOf(id), LOCK), { force: true });
  }

  /** Whether a process that still lives owns the run. */
  async isOwned(id: string): Promise<boolean> {
    const found = await readJson(join(this.folderOf(id), LOCK)).catch(() => undefined);
    return isLock(found) && this.#platform.processIdentity(found.pid) === found.identity;
  }

  async #lock(id: string): Promise<void> {
    const identity = this.#platform.processIdentity(process.pid) ?? '';
    const lock: Lock = { pid: process.pid, identity };
    await writeFile(join(this.folderOf(id), LOCK), JSON.stringify(lock), { mode: 0o600 });
  }
}

function manifestError(path: string, reason: string): IterscopeError {
  return new IterscopeError({
    code: 'run.manifest',
    message: `The manifest ${path} cannot be read (${reason}): the run is left as it is; correct the file or move its folder away.`,
    path,
  });
}
