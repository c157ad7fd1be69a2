// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { BOOKMARKS_FOLDER, keptBookmarks } from '../bookmarks.ts';
import { readJson } from '../files.ts';
import { isBookmarksFile } from './layout.ts';

/**
 * Bookmarks on a run's traces, within an archive. Both ways they are written anew from what was understood of them, so
 * that nothing else rides along.
 */

type KeptBookmarks = z.infer<typeof keptBookmarks>;

/** A file of bookmarks, its path relative to the run's folder. */
export interface BookmarksFile {
  readonly path: string;
  readonly content: KeptBookmarks;
}

/** Null for what is of another version, damaged, or names one bookmark twice. */
export function understoodBookmarks(value: unknown): KeptBookmarks | null {
  const { success, data } = keptBookmarks.safeParse(value);
  if (!success) return null;
  const ids = new Set(data.bookmarks.map(({ id }) => id));
  return ids.size === data.bookmarks.length ? data : null;
}

/** All bookmarks of a run. A file that cannot be understood stays where it is, and behind. */
export async function readBookmarks(runFolder: string): Promise<BookmarksFile[]> {
  const names = await readdir(join(runFolder, BOOKMARKS_FOLDER)).catch(() => []);
  const found: BookmarksFile[] = [];
  for (const path of names.sort().map((name) => `${BOOKMARKS_FOLDER}/${name}`)) {
    if (!isBookmarksFile(path)) continue;
    const content = understoodBookmarks(await readJson(join(runFolder, path)).catch(() => undefined));
    if (content !== null) found.push({ path, content });
  }
  return found;
}
