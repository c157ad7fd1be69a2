// SPDX-License-Identifier: Apache-2.0
import type { ContainerTarget, LaunchTarget } from '#shared/contract/target.ts';

/** Where an arm runs, in words. */

export function targetText(target: LaunchTarget | undefined): string {
  return target?.kind === 'container' ? `${target.runtime} container of ${target.image}` : 'this machine';
}

const mountsText = ({ mounts }: ContainerTarget): string =>
  mounts.length === 0
    ? 'none'
    : mounts
        .map(({ source, target, readOnly }) => `${source} at ${target}${readOnly ? '' : ' (writable)'}`)
        .join(', ');

/** What a container is given; nothing of this machine, which gives all it has. */
export function containerEntries(target: LaunchTarget | undefined): [name: string, value: string][] {
  if (target?.kind !== 'container') return [];
  return [
    ['GPUs of the container', target.gpus],
    ['shared memory', target.shmSize === '' ? 'the runtime’s own' : target.shmSize],
    ['mounts', mountsText(target)],
    ['user', target.user === 'own' ? 'you' : 'the image’s'],
    ['entry point', target.entryPoint === 'image' ? 'the image’s' : 'the program'],
  ];
}
