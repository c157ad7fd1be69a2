// SPDX-License-Identifier: Apache-2.0
// Which Electron runs the workbench.
import { join } from 'node:path';
import {
  electron33,
  electron33Exists,
  electron33Folder,
  electron33IsReady,
  installElectron33,
} from './electron-33.mjs';
import {
  fetchStable,
  rememberedFailure,
  stableExecutable,
  stableFolder,
  stableVersion,
} from './electron-stable.mjs';
import { SetupError } from './process.mjs';

/**
 * @typedef {object} Runtime
 * @property {string} version
 * @property {string} folder
 * @property {string} executable absolute path
 * @property {string} reason why this one was taken
 */

/** @param {string} reason @returns {Runtime} */
const fixedRuntime = (reason) => ({
  version: electron33,
  folder: electron33Folder,
  executable: join(electron33Folder, 'electron'),
  reason,
});

/** @returns {Runtime | undefined} the preferred runtime, if nothing has to be fetched for it */
export function readyRuntime() {
  const folder = stableFolder();
  if (folder) {
    const reason = 'the current stable release, fetched by the electron package';
    return { version: stableVersion(), folder, executable: join(folder, stableExecutable()), reason };
  }
  const failure = rememberedFailure();
  if (!failure || !electron33IsReady()) return undefined;
  return fixedRuntime(`${stableVersion()} could not be fetched (${failure}); tried again after a day`);
}

/**
 * @returns {Promise<Runtime>} the preferred runtime, fetched if need be
 * @throws {SetupError} if there is none to be had
 */
export async function obtainRuntime() {
  const ready = readyRuntime();
  if (ready) return ready;
  const failure = rememberedFailure() ?? (await fetchStable(electron33Exists));
  if (failure && !electron33Exists) {
    throw new SetupError(
      `Electron ${stableVersion()} could not be fetched (${failure}), and for ${process.platform} ${process.arch} ` +
        'there is no other source; check the connection to github.com, or name a mirror with npm config set electron_mirror URL.',
    );
  }
  if (failure && !electron33IsReady()) await installElectron33();
  const runtime = readyRuntime();
  if (!runtime)
    throw new SetupError('No Electron runtime was found after fetching one; delete .cache and start again.');
  return runtime;
}

/**
 * @returns {Promise<Runtime>} Electron 33.2.1, the oldest runtime that is supported
 * @throws {SetupError} where it does not exist
 */
export async function obtainTestRuntime() {
  if (!electron33Exists) {
    throw new SetupError(
      `The tests run Electron ${electron33} for Linux x64, which does not exist for ${process.platform} ${process.arch}; run them on Linux.`,
    );
  }
  if (!electron33IsReady()) await installElectron33();
  return fixedRuntime('the oldest supported release, which the tests always use');
}
