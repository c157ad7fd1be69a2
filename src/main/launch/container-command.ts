// SPDX-License-Identifier: Apache-2.0
import type { ContainerMount, ContainerTarget } from '#shared/contract/target.ts';
import { isSecretName } from './secrets.ts';

/** The command line that runs a program in a container; no shell comes near it. */

export interface ContainedProgram {
  /** Of the container: by it the container is found and ended, whatever becomes of the client. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** What the program gets, in the order in which it is set. */
  readonly variables: readonly { readonly name: string; readonly value: string }[];
  readonly mounts: readonly ContainerMount[];
  /** `uid:gid` of this user. */
  readonly owner: string;
}

/** A mount is a line of comma-separated values: a field that holds a comma or a quote is quoted. */
function mountText({ source, target, readOnly }: ContainerMount): string {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])];
  return fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}

function gpuArguments({ runtime, gpus }: ContainerTarget): string[] {
  if (gpus === 'none') return [];
  if (runtime === 'podman') {
    return gpus.split(',').flatMap((gpu) => ['--device', `nvidia.com/gpu=${gpu}`]);
  }
  // This value is comma-separated too: its own commas have to be quoted.
  return ['--gpus', gpus === 'all' ? 'all' : `"device=${gpus}"`];
}

function userArguments({ runtime, user }: ContainerTarget, owner: string): string[] {
  if (user === 'image') return [];
  // Without this, the numbers of a user without privileges mean somebody else inside.
  const mapped = runtime === 'podman' && !owner.startsWith('0:') ? ['--userns', 'keep-id'] : [];
  return ['--user', owner, ...mapped];
}

/**
 * Arguments of docker or podman. A secret is named only: the client takes its value from its own environment, where
 * no list of processes shows it. The network is the machine's own, so that a server is found at the port it was given.
 */
export function containerArguments(target: ContainerTarget, contained: ContainedProgram): string[] {
  const mounts = [...contained.mounts, ...target.mounts];
  return [
    ...['run', '--rm', '--init', '--name', contained.name, '--network', 'host'],
    ...gpuArguments(target),
    ...(target.shmSize === '' ? [] : ['--shm-size', target.shmSize]),
    ...userArguments(target, contained.owner),
    ...mounts.flatMap((mount) => ['--mount', mountText(mount)]),
    ...contained.variables.flatMap(({ name, value }) => [
      '--env',
      isSecretName(name) ? name : `${name}=${value}`,
    ]),
    ...['--workdir', contained.cwd],
    ...(target.entryPoint === 'image'
      ? [target.image, contained.program]
      : ['--entrypoint', contained.program, target.image]),
    ...contained.args,
  ];
}
