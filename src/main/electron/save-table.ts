// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import type { BrowserWindow } from 'electron';
import { IterscopeError } from '#shared/base/errors.ts';
import { chooseTableTarget } from './dialogs.ts';

/** Writes a table where the user wants it; null when the dialog was closed. `table.unwritable` otherwise. */
export async function saveTable(
  window: BrowserWindow | undefined,
  name: string,
  csv: string,
): Promise<{ path: string } | null> {
  const path = window === undefined ? null : await chooseTableTarget(window, name);
  if (path === null) return null;
  await writeFile(path, csv).catch((thrown: unknown) => {
    const message = `The table cannot be written to ${path}: ${String(thrown)}. Choose another folder.`;
    throw new IterscopeError({ code: 'table.unwritable', message, path }, { cause: thrown });
  });
  return { path };
}
