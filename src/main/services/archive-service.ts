// SPDX-License-Identifier: Apache-2.0
import { basename, join } from 'node:path';
import { IterscopeError, toFailure } from '#shared/base/errors.ts';
import type { Imported, JobProgress } from '#shared/contract/library.ts';
import { endStates } from '#shared/contract/run.ts';
import { exportRun } from './archive/export.ts';
import { clearIncoming, importRun } from './archive/import.ts';
import { ARCHIVE_ENDING } from './archive/layout.ts';
import { Jobs } from './jobs.ts';
import type { Library } from './library.ts';
import type { RunService } from './runs.ts';

interface ArchiveServiceParts {
  readonly library: Library;
  readonly runs: RunService;
  readonly dataFolder: string;
  readonly now: () => Date;
  readonly onProgress: (progress: JobProgress) => void;
  /** Runs came into the library. */
  readonly onImported: () => Promise<void>;
}

/** Runs as single files: out of the library and into it. */
export class ArchiveService {
  readonly #parts: ArchiveServiceParts;
  readonly #jobs = new Jobs();

  constructor(parts: ArchiveServiceParts) {
    this.#parts = parts;
  }

  /** The name under which a run's archive is offered. */
  fileNameOf(id: string): string {
    return `${id}${ARCHIVE_ENDING}`;
  }

  /** Writes one run to exactly this file, replacing it. */
  exportTo(job: string, id: string, target: string): Promise<void> {
    return this.#jobs.run(job, (signal) => this.#export(job, id, target, signal));
  }

  /** Writes each run to a file of its own in the folder; resolves to the files. */
  exportInto(job: string, ids: readonly string[], folder: string): Promise<string[]> {
    return this.#jobs.run(job, async (signal) => {
      const paths: string[] = [];
      for (const id of ids) {
        const target = join(folder, this.fileNameOf(id));
        await this.#export(job, id, target, signal);
        paths.push(target);
      }
      return paths;
    });
  }

  /** Takes in every archive that is good; each other one is refused with its reason. */
  import(job: string, archives: readonly string[]): Promise<Imported> {
    return this.#jobs.run(job, async (signal) => {
      const ids: string[] = [];
      const refused: Imported['refused'] = [];
      for (const archive of archives) {
        try {
          ids.push(await this.#importOne(job, archive, signal));
        } catch (thrown) {
          const { code, message } = toFailure(thrown);
          if (code === 'request.cancelled') break;
          refused.push({ path: archive, message });
        }
      }
      if (ids.length > 0) await this.#parts.onImported();
      return { ids, refused };
    });
  }

  async #importOne(job: string, archive: string, signal: AbortSignal): Promise<string> {
    const { library, dataFolder, now, onProgress } = this.#parts;
    const step = `Importing ${basename(archive)}`;
    const id = await importRun({
      archive,
      runsFolder: library.root,
      dataFolder,
      now: now(),
      signal,
      onBytes: (bytesDone, bytesTotal) => onProgress({ job, step, bytesDone, bytesTotal }),
    });
    await library.renew(id);
    return id;
  }

  cancel(job: string): void {
    this.#jobs.cancel(job);
  }

  /** Removes what an import that was killed left behind. Call once, at start of the application. */
  async clear(): Promise<void> {
    await clearIncoming(this.#parts.dataFolder);
  }

  async #export(job: string, id: string, target: string, signal: AbortSignal): Promise<void> {
    const { library, runs, now, onProgress } = this.#parts;
    const manifest = await runs.get(id);
    const { title } = library.summaryOf(manifest);
    if (!endStates.has(manifest.state)) {
      const message = `“${title}” has not ended (${manifest.state}): an archive of it can be made when it has.`;
      throw new IterscopeError({ code: 'run.state', message });
    }
    await exportRun({
      runFolder: library.folderOf(id),
      manifest,
      annotations: await library.annotations(id),
      target,
      now: now(),
      signal,
      onBytes: (bytesDone, bytesTotal) =>
        onProgress({ job, step: `Exporting “${title}”`, bytesDone, bytesTotal }),
    });
  }
}
