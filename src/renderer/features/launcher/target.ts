// SPDX-License-Identifier: Apache-2.0
import type { ContainerTarget } from '#shared/contract/target.ts';

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
