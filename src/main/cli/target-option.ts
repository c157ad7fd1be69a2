// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { IterscopeError } from '#shared/base/errors.ts';
import { containerTarget } from '#shared/contract/target.ts';
import type { LaunchTarget } from '#shared/contract/target.ts';

/** Where a run happens, as an option states it. */

function refuse(message: string): never {
  throw new IterscopeError({ code: 'form.parameter', message });
}

/** `/models:/models`, `/scratch:/scratch:rw`. */
function mountOf(text: string): unknown {
  const [source = '', target = '', mode = 'ro', ...more] = text.split(':');
  if (source === '' || target === '' || !['ro', 'rw'].includes(mode) || more.length > 0)
    refuse(
      `--mount ${text} is no mount: write /on/this/machine:/in/the/container, with :rw to let it write.`,
    );
  return { source: resolve(process.env['INIT_CWD'] ?? '.', source), target, readOnly: mode === 'ro' };
}

export interface PlaceOptions {
  readonly mount: readonly string[];
  readonly gpus?: string;
  readonly shmSize?: string;
}

/** `local`, or `docker:IMAGE` and `podman:IMAGE` with what every container is given. */
export function targetOf(option: string, text: string, { mount, gpus, shmSize }: PlaceOptions): LaunchTarget {
  if (text === 'local') return { kind: 'local' };
  const [runtime = '', image = ''] = text.split(/:(.*)/s);
  if (!['docker', 'podman'].includes(runtime))
    refuse(`${option} ${text} is no place: write local, docker:IMAGE or podman:IMAGE.`);
  const parsed = containerTarget.safeParse({
    kind: 'container',
    runtime,
    image,
    mounts: mount.map(mountOf),
    ...(gpus !== undefined && { gpus }),
    ...(shmSize !== undefined && { shmSize }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuse(`${option} ${text} cannot be used: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`);
}
