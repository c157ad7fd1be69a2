// SPDX-License-Identifier: Apache-2.0
import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Artifact } from '#shared/contract/run.ts';
import type { Recipe } from '#shared/contract/recipe.ts';
import { rankOfName } from './rank-name.ts';

/** What a run left behind. */

/**
 * Whether a name is one of a pattern: `*` stands for any text, everything else for itself. Both may come from strangers, so
 * this is no regular expression, whose work could grow without end: each part is looked for once, from the left.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** A link counts nothing: it may lead in a circle, or out of the folder. */
async function sizeOf(path: string): Promise<number> {
  const info = await lstat(path);
  if (info.isSymbolicLink()) return 0;
  if (!info.isDirectory()) return info.size;
  const names = await readdir(path);
  const sizes = await Promise.all(names.map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Names in a folder that are no links, and with `pattern` one level down where it says `folder/name`. */
async function namesFor(pattern: string, folder: string): Promise<string[]> {
  const [first = '', ...rest] = pattern.split('/');
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => !entry.isSymbolicLink());
  const matching = entries.filter(({ name }) => matchesPattern(first, name));
  if (rest.length === 0) return matching.map(({ name }) => name).sort();
  const folders = matching.filter((entry) => entry.isDirectory());
  const found = await Promise.all(
    folders.map(async ({ name }) =>
      (await namesFor(rest.join('/'), join(folder, name))).map((within) => `${name}/${within}`),
    ),
  );
  return found.flat().sort();
}

/** The artifacts that the recipe names and that are there, by rank. */
export async function collectArtifacts(recipe: Recipe, folder: string): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const { kind, pattern } of recipe.artifacts) {
    for (const path of await namesFor(pattern, folder)) {
      const rank = rankOfName(basename(path));
      const bytes = await sizeOf(join(folder, path));
      artifacts.push({ kind, path, bytes, ...(rank === undefined ? {} : { rank }) });
    }
  }
  return artifacts.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
}

/** Ending of what Nsight Systems recorded before its importer made a report of it. */
const RAW_REPORT = '.qdstrm';

/** Whether it can be opened as a trace. */
export function isTrace({ kind, path }: Pick<Artifact, 'kind' | 'path'>): boolean {
  return kind === 'kineto-trace' || (kind === 'nsys-report' && !path.endsWith(RAW_REPORT));
}

/** Recordings that were never made into reports: the importer was missing, or was ended before it was done. */
export async function rawReports(folder: string): Promise<Artifact[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(RAW_REPORT)).sort();
  return Promise.all(
    names.map(async (path) => {
      const report = path.replace(RAW_REPORT, '.nsys-rep');
      const problem = `Nsight Systems recorded this but made no report of it: its importer is missing or was ended. Make one with "QdstrmImporter -i ${path} -o ${report}" of a complete Nsight Systems, then ingest again.`;
      return { kind: 'nsys-report' as const, path, bytes: await sizeOf(join(folder, path)), problem };
    }),
  );
}
