// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { z } from 'zod';
import { IterscopeError } from '#shared/base/errors.ts';
import { bookmarks } from '#shared/contract/bookmarks.ts';
import type { Bookmark } from '#shared/contract/bookmarks.ts';
import type { Source } from '#shared/contract/app.ts';
import { readJson, writeAtomically } from './files.ts';
import { traceFingerprint } from './trace-fingerprint.ts';

/**
 * Bookmarks of traces. Those of a run's traces lie in the run's folder and go with it; those of other files lie in
 * Iterscope's own folder under the file's fingerprint, so that they are found again when the file was moved.
 */

export const BOOKMARKS_FOLDER = 'bookmarks';
/** What such a file holds. */
export const keptBookmarks = z.object({ version: z.literal(1), bookmarks });

/** Whether this is the name of such a file: a fingerprint, for a report that of a process behind it. */
export function isBookmarksName(name: string): boolean {
  return /^[0-9a-f]{64}(-\d{1,20})?\.json$/.test(name);
}

interface BookmarkParts {
  readonly sourceOf: (sourceId: string) => Source;
  readonly runFolderOf: (runId: string) => string;
  readonly dataFolder: string;
}

export class BookmarkService {
  readonly #parts: BookmarkParts;
  /** One write after the other: the last one said is the last one written. */
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: BookmarkParts) {
    this.#parts = parts;
  }

  async list(sourceId: string): Promise<Bookmark[]> {
    return read(await this.#fileOf(sourceId));
  }

  /** Takes the place of all that were there. What cannot be read is not written over. */
  save(sourceId: string, list: readonly Bookmark[]): Promise<void> {
    const written = this.#writing.then(() => this.#write(sourceId, list));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #write(sourceId: string, list: readonly Bookmark[]): Promise<void> {
    const path = await this.#fileOf(sourceId);
    await read(path);
    const content = { version: 1, bookmarks: list };
    await writeAtomically(path, `${JSON.stringify(content, null, 2)}\n`).catch((thrown: unknown) => {
      const message = `The bookmarks cannot be written to ${path}: ${String(thrown)}. Free space and check the folder's permissions.`;
      throw new IterscopeError({ code: 'bookmarks.unwritable', message, path }, { cause: thrown });
    });
  }

  async #fileOf(sourceId: string): Promise<string> {
    const { path, runId, process } = this.#parts.sourceOf(sourceId);
    const folder = runId === undefined ? this.#parts.dataFolder : this.#parts.runFolderOf(runId);
    const fingerprint = await traceFingerprint(path).catch((thrown: unknown) => {
      const message = `${path} cannot be read: ${String(thrown)}. Its bookmarks are shown when it is there again.`;
      throw new IterscopeError({ code: 'trace.unreadable', message, path }, { cause: thrown });
    });
    return join(folder, BOOKMARKS_FOLDER, `${fingerprint}${process === undefined ? '' : `-${process}`}.json`);
  }
}

async function read(path: string): Promise<Bookmark[]> {
  const damaged = (reason: string, cause?: unknown): IterscopeError => {
    const message = `The bookmarks in ${path} cannot be read (${reason}): correct the file or move it away; nothing is written over it.`;
    return new IterscopeError({ code: 'bookmarks.damaged', message, path }, { cause });
  };
  const found = await readJson(path).catch((thrown: unknown) => {
    throw damaged(String(thrown), thrown);
  });
  if (found === undefined) return [];
  const parsed = keptBookmarks.safeParse(found);
  if (!parsed.success) throw damaged(z.prettifyError(parsed.error).split('\n')[0] ?? 'unknown');
  return parsed.data.bookmarks;
}
