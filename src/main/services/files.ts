// SPDX-License-Identifier: Apache-2.0
import { lstat, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { randomBytes } from 'node:crypto';
import { formatBytes } from '#shared/base/units.ts';

/**
 * Writes a file so that a reader, or a power cut, sees the old content or the new one, never a part:
 * written beside it, flushed, then renamed over it.
 */
export async function writeAtomically(path: string, content: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (thrown) {
    // On a full disk the part that was written is in the way of the next try.
    await rm(temporary, { force: true });
    throw thrown;
  }
}

/** The text of a file of limited size. A pipe or a device, which may never end or answer, is refused unread. */
export async function readText(path: string, mostBytes: number): Promise<string> {
  const info = await stat(path);
  if (!info.isFile()) throw new Error('it is not a regular file');
  if (info.size > mostBytes) throw new Error(`it is larger than ${formatBytes(mostBytes)}`);
  return readFile(path, 'utf8');
}

/** Larger than the manifest of any run. */
const MOST_JSON_BYTES = 64 * 1024 ** 2;

/** The parsed JSON of a file; undefined when there is no such file. Throws on anything else. */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readText(path, MOST_JSON_BYTES);
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
  return JSON.parse(text) as unknown;
}

/** Whether a path below a folder leads elsewhere by a link on its way; its own last name is not followed. */
export async function leadsOut(folder: string, path: string): Promise<boolean> {
  try {
    const parent = dirname(path);
    return relative(await realpath(folder), await realpath(parent)) !== relative(folder, parent);
  } catch (thrown) {
    if (isMissing(thrown)) return false;
    throw thrown;
  }
}

export function isMissing(thrown: unknown): boolean {
  return (
    thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
  );
}

/** Does the work for every item, at most so many at the same time; results in the order of the items. */
export async function atMost<T, R>(
  concurrent: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrent, items.length) }, worker));
  return results;
}

/** Bytes of a file, or of everything below a folder; links count as themselves. 0 when it is not there. */
export async function bytesOf(path: string): Promise<number> {
  const info = await lstat(path).catch((thrown: unknown) => {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  });
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.size;
  let bytes = 0;
  for (const name of await readdir(path)) bytes += await bytesOf(join(path, name));
  return bytes;
}
