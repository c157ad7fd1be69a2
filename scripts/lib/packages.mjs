// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { npmCommand, run, SetupError } from './process.mjs';

/** @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage */

/** @param {string} path @returns {Record<string, LockedPackage>} */
const lockedPackages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

/**
 * Whether node_modules holds what the lock file asks for. npm writes its own copy of the lock as its last
 * act, so an installation that was cut short does not count; packages for other platforms may be absent.
 * @returns {boolean}
 */
export function packagesAreInstalled() {
  const installedLock = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const installed = lockedPackages(installedLock);
  return Object.entries(lockedPackages(inRoot('package-lock.json'))).every(([path, locked]) => {
    if (path === '') return true;
    const found = installed[path];
    return found ? found.version === locked.version : locked.optional === true;
  });
}

/** @throws {SetupError} if npm could not install the packages */
export async function installPackages() {
  const { code, output } = await run(npmCommand, ['ci', '--no-progress', '--loglevel=error']);
  if (code === 0) return;
  throw new SetupError(
    `npm ci could not install the packages of package-lock.json:\n${output.split('\n').slice(0, 12).join('\n')}\n` +
      'Check that npm reaches its registry (npm ping), then start again.',
  );
}
