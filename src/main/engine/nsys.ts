// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Finds the user's Nsight Systems: on the PATH first, then where its installers put it. It is NVIDIA's own
 * program; nothing of it comes with Iterscope.
 */

export interface Nsys {
  readonly program: string;
  /** As it calls itself, such as 2023.4.4.54. */
  readonly version: string;
}

const VERSION_MS = 10_000;
const run = promisify(execFile);

/** Folders with one folder for each installed version, and where the program is within that. */
const VERSIONED: readonly (readonly [folder: string, within: string])[] = [
  ['/opt/nvidia/nsight-systems', 'bin'],
  ['/opt/nvidia/nsight-systems-cli', 'bin'],
  ['/opt/nvidia/nsight-systems', 'target-linux-x64'],
];
const PLAIN = ['/usr/local/bin', '/usr/bin', '/usr/lib/nsight-systems/bin', '/usr/local/cuda/bin'];

async function versionsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).map((name) => join(folder, name));
}

/** Every place where the program may be, the most wanted first. */
async function candidates(path: string): Promise<string[]> {
  const versioned = await Promise.all(
    VERSIONED.map(async ([folder, within]) => (await versionsIn(folder)).map((found) => join(found, within))),
  );
  const folders = [...path.split(delimiter).filter(isAbsolute), ...versioned.flat(), ...PLAIN];
  return [...new Set(folders)].map((folder) => join(folder, 'nsys'));
}

async function isExecutable(program: string): Promise<boolean> {
  return access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function versionOf(program: string): Promise<string | null> {
  try {
    const { stdout } = await run(program, ['--version'], { timeout: VERSION_MS });
    return /\bversion (\d+(?:\.\d+)+)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

/** The first Nsight Systems that says its version; null when there is none. */
export async function findNsys(path: string): Promise<Nsys | null> {
  for (const program of await candidates(path)) {
    if (!(await isExecutable(program))) continue;
    const version = await versionOf(program);
    if (version !== null) return { program, version };
  }
  return null;
}
