// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import type { BrowserWindow } from 'electron';
import { IterscopeError } from '#shared/base/errors.ts';
import type { SavedFile } from '#shared/contract/saved-file.ts';
import { chooseFileTarget } from './dialogs.ts';

/** Writes what a view shows where the user wants it; null when the dialog was closed. `file.unwritable` otherwise. */
export async function saveFile(
  window: BrowserWindow | undefined,
  file: SavedFile,
): Promise<{ readonly path: string } | null> {
  const path = window === undefined ? null : await chooseFileTarget(window, file);
  if (path === null) return null;
  const encoding = file.format === 'png' ? 'base64' : 'utf8';
  await writeFile(path, file.content, encoding).catch((thrown: unknown) => {
    const message = `${path} cannot be written: ${String(thrown)}. Choose another folder.`;
    throw new IterscopeError({ code: 'file.unwritable', message, path }, { cause: thrown });
  });
  return { path };
}
