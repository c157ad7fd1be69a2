// SPDX-License-Identifier: Apache-2.0
import { isAbsolute } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';

/**
 * Files that a link names. Links come from anywhere: only plain absolute paths are taken, none of which makes the
 * system talk to another machine, and the user is asked before any of them is looked at.
 */

/** `\\host\share`, `//host/share`, `\\?\…`, `\\.\…`: looking at one may send credentials to whoever wrote the link. */
const NETWORK = /^[\\/]{2}/;
/** Characters that turn or hide text, so that a path would read as another one. */
// eslint-disable-next-line no-control-regex
const DECEIVING = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

/** `source.no-path` unless all are such paths. */
export function checkLinkedPaths(paths: readonly string[]): void {
  const bad = paths.find((path) => !isAbsolute(path) || NETWORK.test(path) || DECEIVING.test(path));
  if (bad === undefined) return;
  const message =
    'The link names a file in a way that is not followed (relative, on another machine, or with hidden characters): open the file yourself, then the link.';
  throw new IterscopeError({ code: 'source.no-path', message });
}

const MAX_NAMED = 12;

/** What the user is asked about. */
export function linkedFilesText(paths: readonly string[]): string {
  const more = paths.length > MAX_NAMED ? `\n… and ${(paths.length - MAX_NAMED).toString()} more` : '';
  return `${paths.slice(0, MAX_NAMED).join('\n')}${more}\n\nOnly do so when you trust the link’s sender.`;
}
