// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import { endStates, runManifest as schema } from '#shared/contract/run.ts';
import type { RunAnnotations, RunManifest, RunSummary } from '#shared/contract/run.ts';
import type { Platform } from '../ports/platform.ts';
import { readAnnotations, unannotated, writeAnnotations } from './annotations.ts';
import { readJson, writeAtomically } from './files.ts';
import { FolderWatch } from './folder-watch.ts';
import { MANIFEST_FILE, RunIndex } from './run-index.ts';
import { summarise } from './summarise.ts';

/**
 * Runs on disk: one folder each, whose manifest is the truth. There is no database: a folder copied
 * elsewhere is a run there. A lock names the process that owns a living run.
 */

const LOCK = 'lock.json';
/** Folder of the steps of runs that have several. */
export const STEPS = 'steps';

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
  readonly #index: RunIndex;
  /** Runs that this process made: their changes are its own, and need no watching. */
  readonly #ours = new Set<string>();
  #watch: FolderWatch | undefined;
  /** How many events there had been when the folder was last looked at. */
  #looked: number | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#root = join(platform.dataFolder, 'runs');
    this.#index = new RunIndex(this.#root, (id) => this.read(id));
  }

  get root(): string {
    return this.#root;
  }

  folderOf(id: string): string {
    return join(this.#root, id);
  }

  artifactsOf(id: string): string {
    return join(this.#root, id, 'artifacts');
  }

  /** What belongs to one program of a run: a step's own folder where the run has several, else the run's. */
  processFolderOf(id: string, step?: string): string {
    return step === undefined ? this.folderOf(id) : join(this.folderOf(id), STEPS, step);
  }

  logOf(id: string, stream: 'stdout' | 'stderr', step?: string): string {
    return join(this.processFolderOf(id, step), `${stream}.log`);
  }

  /** What a supervisor of the run saw, line by line. */
  journalOf(id: string, step?: string): string {
    return join(this.processFolderOf(id, step), 'supervisor.jsonl');
  }

  /** A new run's id, with its folders made: `<utc>-<slug>-<hex4>`. */
  async createFolder(slug: string, now: Date): Promise<string> {
    const utc = now.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
    const id = `${utc}-${slug}-${randomBytes(2).toString('hex')}`;
    try {
      this.#ours.add(id);
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
    const path = join(this.folderOf(manifest.id), MANIFEST_FILE);
    try {
      await writeAtomically(path, `${JSON.stringify(manifest, null, 2)}\n`);
    } catch (thrown) {
      const message = `The manifest ${path} cannot be written: ${String(thrown)}. Free space and check its folder's permissions; what the run writes is kept.`;
      throw new IterscopeError({ code: 'run.folder', message, path }, { cause: thrown });
    }
    await this.#index.renew(manifest.id);
  }

  async read(id: string): Promise<RunManifest> {
    const path = join(this.folderOf(id), MANIFEST_FILE);
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
    if (parsed.data.id !== id) throw manifestError(path, `it is the manifest of ${parsed.data.id}`);
    return parsed.data;
  }

  /** Every run that can be read, newest first, and the failures of those that cannot. */
  async list(): Promise<{ runs: RunManifest[]; failures: IterscopeError[] }> {
    await this.#look();
    return { runs: this.#index.runs.map(({ manifest }) => manifest), failures: this.#index.failures };
  }

  /** A run as lists show it, under the title and with the words of its user as far as they are known. */
  summaryOf(manifest: RunManifest): RunSummary {
    return summarise(manifest, this.#index.get(manifest.id)?.annotations ?? unannotated);
  }

  /** The manifest under the title that the run's user gave it: for showing, not for writing back. */
  titled(manifest: RunManifest): RunManifest {
    return { ...manifest, title: this.summaryOf(manifest).title };
  }

  async annotations(id: string): Promise<RunAnnotations> {
    return readAnnotations(this.folderOf(id));
  }

  async annotate(id: string, annotations: RunAnnotations): Promise<void> {
    await writeAnnotations(this.folderOf(id), annotations);
    await this.#index.renew(id);
  }

  /** Looks at one run's folder again: it was moved here or away. */
  async renew(id: string): Promise<void> {
    await this.#index.renew(id);
  }

  /** Tells when runs were added, removed or changed by something else than this process. */
  async watch(onChange: () => void): Promise<void> {
    this.#watch = new FolderWatch({
      folder: this.#root,
      isOurs: (id) => this.#ours.has(id),
      look: () => this.#index.refresh(),
      isLiving: () => this.#othersLive(),
      onChange,
    });
    await this.#watch.start();
  }

  close(): void {
    this.#watch?.close();
  }

  /** Looks at the disk, unless the watch says that nothing can have changed since. */
  async #look(): Promise<void> {
    const events = this.#watch?.events;
    if (events !== undefined && events === this.#looked && !this.#othersLive()) return;
    this.#looked = events;
    await this.#index.refresh();
  }

  /** Whether another process has living runs here. */
  #othersLive(): boolean {
    return this.#index.runs.some(
      ({ manifest: { id, state } }) => !endStates.has(state) && !this.#ours.has(id),
    );
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

/** The steps whose programs a run started, each with a folder of its own; one without a name is the run itself. */
export function stepsOf({ steps }: Pick<RunManifest, 'steps'>): readonly (string | undefined)[] {
  return steps === undefined ? [undefined] : steps.map(({ name }) => name);
}
