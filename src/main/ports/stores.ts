// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where the stores of traces lie, for those who make them and those who count and delete them. */

export function storesFolder(cacheFolder: string): string {
  return join(cacheFolder, 'stores');
}

/** One store per source path: a changed file replaces its own store. */
export function storeName(sourcePath: string): string {
  return createHash('sha256').update(sourcePath).digest('hex').slice(0, 32);
}
