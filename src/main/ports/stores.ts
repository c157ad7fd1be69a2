// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where the stores of traces lie, for those who make them and those who count and delete them. */

export function storesFolder(cacheFolder: string): string {
  return join(cacheFolder, 'stores');
}

/** One store per source path, or per process of a report: a changed file replaces its own store. */
export function storeName(sourcePath: string, process?: number): string {
  const name = createHash('sha256').update(sourcePath).digest('hex').slice(0, 32);
  return process === undefined ? name : `${name}.${process}`;
}

/** What was exported of a report, by the report's path and what it is now; it lies among the stores. */
export function exportName(sourcePath: string, state: string): string {
  const version = createHash('sha256').update(state).digest('hex').slice(0, 16);
  return `${storeName(sourcePath)}.report-${version}.sqlite`;
}
