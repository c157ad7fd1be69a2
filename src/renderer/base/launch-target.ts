// SPDX-License-Identifier: Apache-2.0
import type { ContainerTarget, LaunchTarget } from '#shared/contract/target.ts';
import { containerTarget } from '#shared/contract/target.ts';

/** The place where a run happens: what is wrong with it, in words. */

export const TARGET_FIELDS = 'target.';

/** The one field of a container that has no default. */
export const IMAGE_FIELD = `${TARGET_FIELDS}image`;

/** What a container starts with; its image is the user's to name. */
export const newContainer: ContainerTarget = {
  kind: 'container',
  runtime: 'docker',
  image: '',
  mounts: [],
  gpus: 'all',
  shmSize: '',
  user: 'own',
  entryPoint: 'image',
};

const FIELD_WORDS: Readonly<Record<string, string>> = {
  image: 'The image',
  gpus: 'GPUs',
  shmSize: 'Shared memory',
  mounts: 'The number of mounts',
  source: 'The folder of this machine',
  target: 'The folder in the container',
};

/** Each field that cannot be used with the reason, by its path in the form (`target.mounts.0.source`). */
export function targetProblems(target: LaunchTarget | undefined): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  if (target?.kind !== 'container') return problems;
  for (const { path, message } of containerTarget.safeParse(target).error?.issues ?? []) {
    const words = FIELD_WORDS[String(path.at(-1))] ?? 'The container';
    problems.set(`${TARGET_FIELDS}${path.join('.')}`, `${words} ${message}.`);
  }
  return problems;
}
