// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import type { ContainerTarget } from '#shared/contract/target.ts';

/** Questions to docker or podman, asked without a shell and answered or given up in time. */

const ANSWER_MS = 30_000;

type Runtime = ContainerTarget['runtime'];
type Environment = Readonly<Record<string, string | undefined>>;

/** The whole path of the client. Throws `target.runtime-missing`. */
export async function findClient(runtime: Runtime, searchPath: string): Promise<string> {
  for (const folder of searchPath.split(delimiter).filter(isAbsolute)) {
    const path = join(folder, runtime);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  const message = `There is no ${runtime} on the PATH (${searchPath}): install it, or choose another target.`;
  throw new IterscopeError({ code: 'target.runtime-missing', message });
}

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Never rejects: what could not be asked has a code other than 0 and says why. */
export function askClient(
  client: string,
  args: readonly string[],
  environment: Environment,
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { env: { ...environment }, timeout: ANSWER_MS, killSignal: 'SIGKILL' } as const;
    execFile(client, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (error.killed === true)
        resolve({ code: 1, stdout, stderr: `it gave no answer within ${(ANSWER_MS / 1000).toString()} s` });
      else resolve({ code: Number(error.code) || 1, stdout, stderr: stderr === '' ? error.message : stderr });
    });
  });
}

/**
 * Removes a container with everything in it; one that is not there is removed already. Throws
 * `target.container-left`.
 */
export async function removeContainer(client: string, name: string, environment: Environment): Promise<void> {
  const { code, stderr } = await askClient(client, ['rm', '--force', '--volumes', name], environment);
  if (code === 0 || /no such container|no container with name/i.test(stderr)) return;
  const message = `The container ${name} may still be there, since ${client} could not remove it: ${stderr.trim()} End it with "${client} rm --force ${name}".`;
  throw new IterscopeError({ code: 'target.container-left', message });
}
