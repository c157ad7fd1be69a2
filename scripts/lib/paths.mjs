// SPDX-License-Identifier: Apache-2.0
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @param {...string} parts path parts below the repository's root
 * @returns {string} the absolute path
 */
export const inRoot = (...parts) => join(root, ...parts);

export const cacheFolder = inRoot('.cache');
export const distFolder = inRoot('dist');
