// SPDX-License-Identifier: Apache-2.0
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvironmentEntry } from '#shared/contract/launch.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { controlledVariables } from '../../launch/plan.ts';
import { MASK, maskParameters, maskWords } from '../../launch/secrets.ts';
import { ANNOTATIONS_FILE } from '../annotations.ts';
import { BOOKMARKS_FOLDER, isBookmarksName } from '../bookmarks.ts';
import { STEPS } from '../library.ts';
import { ORDER_FILE } from '../logs.ts';
import { MANIFEST_FILE } from '../run-index.ts';
import { TELEMETRY_FILE } from '../telemetry.ts';

/**
 * An archive of a run is a zip file with these names at its top. Locks and journals stay behind: they
 * name processes of one machine, and a journal from elsewhere would name processes to be ended here.
 */

export const ARTIFACTS = 'artifacts';
export const LOG_FILES = ['stdout.log', 'stderr.log'] as const;
/** What was recorded beside the run; each is read line by line, as far as it makes sense. */
const RECORDED_FILES = [ORDER_FILE, TELEMETRY_FILE] as const;
export const TOP_FILES: ReadonlySet<string> = new Set([
  MANIFEST_FILE,
  ANNOTATIONS_FILE,
  ...LOG_FILES,
  ...RECORDED_FILES,
]);
export const ARCHIVE_ENDING = '.iterscope.zip';

export interface RunFile {
  /** Relative to the run's folder, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
}

/** Regular files below a folder of the run. Links are left out: what they lead to is not the run's. */
async function filesBelow(runFolder: string, path: string): Promise<RunFile[]> {
  const info = await lstat(join(runFolder, path)).catch(() => undefined);
  if (info?.isFile() === true) return [{ path, bytes: info.size }];
  if (info?.isDirectory() !== true) return [];
  const names = (await readdir(join(runFolder, path))).sort();
  const found: RunFile[] = [];
  for (const name of names) found.push(...(await filesBelow(runFolder, `${path}/${name}`)));
  return found;
}

/** Outputs of a step, whose journal stays behind as that of a run does. */
export function isStepFile(path: string): boolean {
  const [folder, step = '', file = '', ...more] = path.split('/');
  const isKnown = file === ORDER_FILE || LOG_FILES.some((name) => name === file);
  return folder === STEPS && /^[a-z][a-z0-9-]{0,63}$/.test(step) && isKnown && more.length === 0;
}

/** Notes on a trace of the run. */
export function isBookmarksFile(path: string): boolean {
  const [folder, name = '', ...more] = path.split('/');
  return folder === BOOKMARKS_FOLDER && isBookmarksName(name) && more.length === 0;
}

/** What goes into an archive as it is; manifest, annotations and bookmarks are written anew. */
export async function sharedFiles(runFolder: string): Promise<RunFile[]> {
  const found: RunFile[] = [];
  for (const path of [...LOG_FILES, ...RECORDED_FILES, ARTIFACTS])
    found.push(...(await filesBelow(runFolder, path)));
  const ofSteps = await filesBelow(runFolder, STEPS);
  return [...found, ...ofSteps.filter(({ path }) => isStepFile(path))];
}

/** Whether an artifact, which may be a folder, is among the files. */
export function holdsArtifact(files: readonly Pick<RunFile, 'path'>[], artifactPath: string): boolean {
  const path = `${ARTIFACTS}/${artifactPath}`;
  return files.some((file) => file.path === path || file.path.startsWith(`${path}/`));
}

const ownVariables: ReadonlySet<string> = new Set(controlledVariables);

const masked = (entry: EnvironmentEntry): EnvironmentEntry =>
  ownVariables.has(entry.name) ? entry : { ...entry, value: MASK };

/**
 * A manifest as it may leave or enter this machine: of variables that Iterscope did not set itself only
 * the names, since any value may be a secret, and a value from elsewhere must never be run with. Of commands, what is
 * a secret by the name of its option or by its looks.
 */
export function withoutValues(manifest: RunManifest): RunManifest {
  const { form, environment, command, steps } = manifest;
  return {
    ...manifest,
    form: {
      ...form,
      parameters: maskParameters(form.parameters),
      extraEnvironment: form.extraEnvironment.map((entry) => ({ ...entry, value: MASK })),
    },
    command: { ...command, args: maskWords(command.args) },
    ...(steps === undefined
      ? {}
      : {
          steps: steps.map((step) => ({
            ...step,
            command: { ...step.command, args: maskWords(step.command.args) },
          })),
        }),
    environment: environment.map(masked),
  };
}
