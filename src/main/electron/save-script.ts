// SPDX-License-Identifier: Apache-2.0
import { chmod, writeFile } from 'node:fs/promises';
import type { BrowserWindow } from 'electron';
import { IterscopeError } from '#shared/base/errors.ts';
import type { LaunchPreview } from '#shared/contract/launch.ts';
import { chooseScriptTarget } from './dialogs.ts';

/**
 * Writes the script of a pass where the user wants it, to be executed; null when the dialog was closed. Throws
 * `form.passes` where there is no such pass, `script.unwritable` where the file cannot be written.
 */
export async function saveScript(
  window: BrowserWindow | undefined,
  { passes }: LaunchPreview,
  index: number,
): Promise<{ path: string } | null> {
  const pass = passes[index];
  if (pass === undefined) {
    const message = `The form has ${passes.length.toString()} passes: choose one of them to save its script.`;
    throw new IterscopeError({ code: 'form.passes', message });
  }
  const name = `run-${pass.kinds.join('-')}.sh`;
  const path = window === undefined ? null : await chooseScriptTarget(window, name);
  if (path === null) return null;
  try {
    await writeFile(path, pass.script);
    await chmod(path, 0o755);
  } catch (thrown) {
    const message = `The script cannot be written to ${path}: ${String(thrown)}. Choose another folder.`;
    throw new IterscopeError({ code: 'script.unwritable', message, path }, { cause: thrown });
  }
  return { path };
}
