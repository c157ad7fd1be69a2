// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PlannedStep } from '../../launch/steps.ts';
import { findProgram } from './programs.ts';
import { packageFolders, tensorrtLlm } from './python.ts';

/** Which programs a run starts on this machine, as what tells one version from another. Nothing of them is run. */

/** Packages whose version decides how fast a model runs, as their folders of metadata name them. */
const PACKAGES =
  /^(tensorrt_llm|torch|vllm|sglang|triton|flashinfer_python|transformers)-(\d[^-]*)\.dist-info$/i;
/** What is larger is told by its path alone. */
const MOST_HASHED_BYTES = 256 * 1024 ** 2;
const HASH_DIGITS = 12;

async function packageVersions(program: string): Promise<Record<string, string>> {
  const folders = await packageFolders(program);
  const versions: Record<string, string> = {};
  for (const folder of folders) {
    for (const name of await readdir(folder).catch((): string[] => [])) {
      const [, found, version] = PACKAGES.exec(name) ?? [];
      if (found !== undefined && version !== undefined) versions[found.toLowerCase()] ??= version;
    }
  }
  // An installation from its sources has no metadata.
  const llm = (await tensorrtLlm(folders))?.version ?? null;
  return llm === null ? versions : { ...versions, tensorrt_llm: llm };
}

async function hashOf(path: string): Promise<string | null> {
  try {
    if ((await stat(path)).size > MOST_HASHED_BYTES) return null;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return `sha256 ${hash.digest('hex').slice(0, HASH_DIGITS)}`;
  } catch {
    return null;
  }
}

async function versionsOfProgram(program: string, searchPath: string): Promise<Record<string, string>> {
  const path = await findProgram(program, searchPath);
  if (path === null) return {};
  const packages = await packageVersions(path);
  if (Object.keys(packages).length > 0) return packages;
  const hash = await hashOf(path);
  return hash === null ? {} : { [basename(path)]: hash };
}

/** Versions by name, of all steps together: those of known Python packages, else the beginning of the program's hash. */
export async function programVersions(
  steps: readonly Pick<PlannedStep, 'program' | 'wraps' | 'environment'>[],
  inheritedPath: string,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const asked = new Set<string>();
  for (const { program, wraps, environment } of steps) {
    const name = wraps ?? program;
    const path = environment.find((variable) => variable.name === 'PATH')?.value ?? inheritedPath;
    if (asked.has(`${name}\0${path}`)) continue;
    asked.add(`${name}\0${path}`);
    Object.assign(found, await versionsOfProgram(name, path));
  }
  return found;
}
