// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** Where a run happens, as its user states it. */

const absolutePath = z
  .string()
  .max(4096)
  .regex(/^\/[^\0]*$/, 'must be a whole path');

const containerMount = z.object({
  /** On this machine. */
  source: absolutePath,
  /** In the container. */
  target: absolutePath,
  readOnly: z.boolean().default(true),
});
export type ContainerMount = z.infer<typeof containerMount>;

export const containerTarget = z.object({
  kind: z.literal('container'),
  runtime: z.enum(['docker', 'podman']),
  /** Never an option: it stands between options and program. */
  image: z
    .string()
    .max(512)
    .regex(/^[A-Za-z0-9][\w.\-/:@]*$/, 'must be the name of an image, such as registry/name:tag'),
  /** Besides the run's own folder, which is always there under its own path. */
  mounts: z.array(containerMount).max(50).default([]),
  /** `all`, `none`, or numbers such as `0,1`. */
  gpus: z
    .string()
    .max(200)
    .regex(/^(all|none|\d+(,\d+)*)$/, 'must be all, none, or numbers such as 0,1')
    .default('all'),
  /** Size of /dev/shm, such as `8g`; empty leaves the runtime's own. */
  shmSize: z
    .string()
    .max(20)
    .regex(/^(\d+[bkmg]?)?$/i, 'must be a size such as 8g')
    .default(''),
  /** Whose files the run writes: this user's, or those of the user that the image names. */
  user: z.enum(['own', 'image']).default('own'),
  /** Whether the image's own entry point is given the program, or the program takes its place. */
  entryPoint: z.enum(['image', 'program']).default('image'),
});
export type ContainerTarget = z.infer<typeof containerTarget>;

export const localTarget = z.object({ kind: z.literal('local') });

export const launchTarget = z.discriminatedUnion('kind', [localTarget, containerTarget]);
/** This machine is the first; a container of it is the second. */
export type LaunchTarget = z.infer<typeof launchTarget>;
