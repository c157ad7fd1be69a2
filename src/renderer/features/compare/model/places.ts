// SPDX-License-Identifier: Apache-2.0
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { ContainerMount, ContainerTarget } from '#shared/contract/target.ts';

/** Where an arm runs, as its fields are edited. */

export type Place = 'local' | ContainerTarget['runtime'];

export const placeOf = ({ target }: LaunchForm): Place =>
  target?.kind === 'container' ? target.runtime : 'local';

/** `/models:/models, /scratch:/scratch:rw`. */
export function mountsText({ mounts }: Pick<ContainerTarget, 'mounts'>): string {
  return mounts
    .map(({ source, target, readOnly }) => `${source}:${target}${readOnly ? '' : ':rw'}`)
    .join(', ');
}

/** The mounts that a text states; what is half typed is one that cannot be used. */
export function mountsOf(text: string): ContainerMount[] {
  return text
    .split(',')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
    .map((piece) => {
      const [source = '', target = '', mode = 'ro'] = piece.split(':');
      return { source, target, readOnly: mode !== 'rw' };
    });
}
