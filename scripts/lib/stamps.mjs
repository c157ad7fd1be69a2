// SPDX-License-Identifier: Apache-2.0
// A step of the set-up is skipped when the content of its inputs is what it was when the step last
// succeeded. Content and not times: a fresh checkout or a branch switch touches every file.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cacheFolder, inRoot, root } from './paths.mjs';

const stampFolder = join(cacheFolder, 'stamps');
const skippedFolders = new Set(['node_modules', 'target', 'dist', '.cache', '.git']);

/**
 * @param {string} path absolute path of a file or a folder
 * @returns {string[]} the files in it, in a fixed order; none if the path does not exist
 */
export function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !(entry.isDirectory() && skippedFolders.has(entry.name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)],
    );
}

/**
 * @param {string[]} inputs paths below the root, files or folders
 * @param {string[]} [facts] anything else that decides the outcome (versions, profiles)
 * @returns {string} a hash of names and content
 */
export function contentHash(inputs, facts = []) {
  const hash = createHash('sha256');
  for (const fact of [process.version, process.platform, process.arch, ...facts]) hash.update(`${fact}\0`);
  for (const file of inputs.flatMap((input) => filesUnder(inRoot(input)))) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} name the step's name
 * @param {string} hash the hash of its inputs now
 * @param {string[]} outputs paths below the root that must exist
 * @returns {boolean} whether the step's result is still good
 */
export function isFresh(name, hash, outputs) {
  const stamp = join(stampFolder, name);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) return false;
  return outputs.every((output) => existsSync(inRoot(output)));
}

/**
 * @param {string} name the step's name
 * @param {string} hash the hash of the inputs that it succeeded with
 */
export function writeStamp(name, hash) {
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(join(stampFolder, name), hash);
}

/** @param {string} name the step whose result is no longer to be trusted */
export function dropStamp(name) {
  rmSync(join(stampFolder, name), { force: true });
}
