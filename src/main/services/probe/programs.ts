// SPDX-License-Identifier: Apache-2.0
import { access, constants, open, realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** Where a program is that is named by its path, or by name in the folders of PATH; null when it is nowhere. */
export async function findProgram(name: string, path: string): Promise<string | null> {
  const candidates = isAbsolute(name)
    ? [name]
    : path
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, name));
  for (const candidate of candidates) {
    const info = await stat(candidate).catch(() => null);
    if (info?.isFile() !== true) continue;
    const may = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (may) return candidate;
  }
  return null;
}

const FIRST_LINE_BYTES = 512;

/** The interpreter of a script, by its first line; the file itself where it is none. */
export async function interpreterOf(program: string): Promise<string> {
  const file = await open(program, 'r').catch(() => null);
  if (file === null) return program;
  try {
    const buffer = Buffer.alloc(FIRST_LINE_BYTES);
    const { bytesRead } = await file.read(buffer, 0, FIRST_LINE_BYTES, 0);
    return /^#!\s*(\/[^\s]+)/.exec(buffer.toString('utf8', 0, bytesRead))?.[1] ?? program;
  } finally {
    await file.close();
  }
}

export async function pathState(path: string): Promise<'file' | 'folder' | 'missing' | 'unreadable'> {
  try {
    await access(path, constants.R_OK);
    return (await stat(await realpath(path))).isDirectory() ? 'folder' : 'file';
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    return code === 'EACCES' || code === 'EPERM' ? 'unreadable' : 'missing';
  }
}
