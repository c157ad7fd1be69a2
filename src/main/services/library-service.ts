// SPDX-License-Identifier: Apache-2.0
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IterscopeError, toFailure } from '#shared/base/errors.ts';
import type { AnnotationsChange, DiskUse as DiskUseReport, Outcome } from '#shared/contract/library.ts';
import { endStates } from '#shared/contract/run.ts';
import type { RunManifest, RunSummary } from '#shared/contract/run.ts';
import type { Platform } from '../ports/platform.ts';
import { changed } from './annotations.ts';
import { DiskUse } from './disk-use.ts';
import { leadsOut } from './files.ts';
import type { Library } from './library.ts';
import type { RunEvents } from './run-life.ts';
import type { RunService } from './runs.ts';
import { Trash } from './trash.ts';

interface LibraryServiceParts {
  readonly platform: Platform;
  readonly library: Library;
  readonly runs: RunService;
  readonly events: RunEvents;
  readonly now: () => Date;
}

/** What a user does with runs that are there: name them, delete them, take them back, free space. */
export class LibraryService {
  readonly #parts: LibraryServiceParts;
  readonly #trash: Trash;
  readonly #disk: DiskUse;

  constructor(parts: LibraryServiceParts) {
    this.#parts = parts;
    this.#trash = new Trash(parts.platform.dataFolder, parts.library.root);
    this.#disk = new DiskUse(parts.library, parts.platform.cacheFolder);
  }

  /** Follows the folder of runs and forgets what has lain in the trash for long. Call once, at start. */
  async start(): Promise<void> {
    await this.#parts.library.watch(() => void this.#announceAll());
    await this.#trash.purge(this.#parts.now());
  }

  async annotate(id: string, change: AnnotationsChange): Promise<RunSummary> {
    const { library, runs, events } = this.#parts;
    const manifest = await runs.get(id);
    await library.annotate(id, changed(await library.annotations(id), change));
    this.#disk.forget(id);
    const summary = library.summaryOf(manifest);
    events.changed(summary);
    return summary;
  }

  /** Moves runs to the trash. A run that lives, here or in another process, is refused. */
  delete(ids: readonly string[]): Promise<Outcome> {
    return this.#each(ids, async (id) => {
      await this.#endedRun(id, 'deleted');
      await this.#trash.take(id, this.#parts.now());
      await this.#parts.library.renew(id);
      this.#disk.forget(id);
    });
  }

  restore(ids: readonly string[]): Promise<Outcome> {
    return this.#each(ids, async (id) => {
      await this.#trash.restore(id);
      await this.#parts.library.renew(id);
    });
  }

  async emptyTrash(): Promise<void> {
    await this.#trash.purge(this.#parts.now(), true);
  }

  async diskUse(): Promise<DiskUseReport> {
    const { library, platform } = this.#parts;
    const { dataFolder, cacheFolder } = platform;
    const { runs } = await library.list();
    const [sizes, trash] = await Promise.all([this.#disk.ofRuns(runs), this.#trash.use()]);
    return { ...sizes, trash, dataFolder, cacheFolder };
  }

  freeStores(ids: readonly string[]): Promise<Outcome> {
    return this.#each(ids, async (id) => {
      await this.#disk.freeStores(await this.#endedRun(id, 'freed'));
    });
  }

  /** The manifest says that they are gone before they are: a crash between leaves files, not lies. */
  freeArtifacts(ids: readonly string[]): Promise<Outcome> {
    return this.#each(ids, async (id) => {
      const { library, now } = this.#parts;
      const run = await this.#endedRun(id, 'freed');
      await this.#refuseLinks(run);
      const freedAt = now().toISOString();
      const artifacts = run.artifacts.map((artifact) => ({ freedAt, ...artifact }));
      await library.write({ ...run, artifacts });
      await this.#disk.freeStores(run);
      for (const { path } of artifacts) {
        await rm(join(library.artifactsOf(id), path), { recursive: true, force: true });
      }
      this.#disk.forget(id);
    });
  }

  close(): void {
    this.#parts.library.close();
  }

  /** Does the work for each run; what is refused stops none of the others. */
  async #each(ids: readonly string[], work: (id: string) => Promise<void>): Promise<Outcome> {
    const done: string[] = [];
    const refused: Outcome['refused'] = [];
    for (const id of ids) {
      try {
        await work(id);
        done.push(id);
      } catch (thrown) {
        refused.push({ id, message: toFailure(thrown).message });
      }
    }
    if (done.length > 0) await this.#announceAll();
    return { done, refused };
  }

  /** A folder may have come from elsewhere: what a link in it leads to is not the run's to delete. */
  async #refuseLinks({ id, artifacts }: RunManifest): Promise<void> {
    const { library } = this.#parts;
    for (const { path } of artifacts) {
      const target = join(library.artifactsOf(id), path);
      if (!(await leadsOut(library.folderOf(id), target))) continue;
      const message = `${target} leads out of the run's folder by a link: nothing was deleted. Remove the link first.`;
      throw new IterscopeError({ code: 'run.folder', message, path: target });
    }
  }

  /** The manifest of a run that nothing writes any more. */
  async #endedRun(id: string, what: string): Promise<RunManifest> {
    const { library, runs } = this.#parts;
    const manifest = await library.read(id);
    const { title } = library.summaryOf(manifest);
    if (runs.isLive(id) || (!endStates.has(manifest.state) && (await library.isOwned(id)))) {
      const message = `“${title}” has not ended (${manifest.state}) and cannot be ${what}: cancel it first or wait for its end.`;
      throw new IterscopeError({ code: 'run.state', message });
    }
    return manifest;
  }

  async #announceAll(): Promise<void> {
    this.#parts.events.listed(await this.#parts.runs.list());
  }
}
