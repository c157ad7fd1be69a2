// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { runAnnotations } from '#shared/contract/run.ts';
import type { RunAnnotations } from '#shared/contract/run.ts';
import type { AnnotationsChange } from '#shared/contract/library.ts';
import { readJson, writeAtomically } from './files.ts';

/**
 * A run's title, tags and notes, in a file of their own: the manifest is written by the run while it
 * lives, and renaming a living run must lose neither.
 */

export const ANNOTATIONS_FILE = 'annotations.json';

export const unannotated: RunAnnotations = { version: 1, tags: [], notes: '' };

/** What is said about a run; nothing when there is no such file or it cannot be understood. */
export async function readAnnotations(runFolder: string): Promise<RunAnnotations> {
  const found = await readJson(join(runFolder, ANNOTATIONS_FILE)).catch(() => undefined);
  const parsed = runAnnotations.safeParse(found);
  return parsed.success ? parsed.data : unannotated;
}

export async function writeAnnotations(runFolder: string, annotations: RunAnnotations): Promise<void> {
  await writeAtomically(join(runFolder, ANNOTATIONS_FILE), `${JSON.stringify(annotations, null, 2)}\n`);
}

/** Tags are kept once each, in the order in which they were given. */
export function changed(before: RunAnnotations, change: AnnotationsChange): RunAnnotations {
  const { title: titleBefore, ...rest } = before;
  const title = change.title === undefined ? titleBefore : (change.title ?? undefined);
  return {
    ...rest,
    tags: [...new Set(change.tags ?? before.tags)],
    notes: change.notes ?? before.notes,
    ...(title === undefined ? {} : { title }),
  };
}
