// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { SharedCache } from '#shared/contract/comparison.ts';
import type { ArmName } from '#shared/contract/comparison-pass.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { ProgramCache, Recipe } from '#shared/contract/recipe.ts';

/** What programs fill while they load: passes of a comparison that share it do not each pay for it anew. */

export interface CachePlaces {
  /** Of this comparison, for its caches alone. */
  readonly folder: string;
  /** Whether both arms may use one: what an autotuner found out does not say for which configuration it holds. */
  readonly together: boolean;
  /** What runs inherit on this machine. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

function placeOf(
  cache: ProgramCache,
  form: LaunchForm,
  arm: ArmName,
  { folder, together, environment }: CachePlaces,
): Pick<SharedCache, 'path' | 'owner'> {
  const inContainer = form.target?.kind === 'container';
  const stated = form.extraEnvironment.find(({ name }) => name === cache.variable)?.value;
  // A container inherits nothing of this machine, and its home is gone with it.
  const inherited = inContainer ? undefined : environment[cache.variable];
  const own = stated ?? inherited;
  if (own !== undefined && own !== '') return { path: own, owner: 'user' };
  if (cache.home !== undefined && !inContainer) return { path: cache.home, owner: 'home' };
  return { path: join(folder, together ? 'both' : arm, cache.file), owner: 'comparison' };
}

/** The caches that the passes of an arm share, and where each is. */
export function cachesOf(
  recipe: Recipe,
  form: LaunchForm,
  arm: ArmName,
  places: CachePlaces,
): readonly SharedCache[] {
  return recipe.caches.map((cache) => ({
    title: cache.title,
    variable: cache.variable,
    arm,
    ...placeOf(cache, form, arm, places),
  }));
}

/** The form with what tells its program of the comparison's own caches; a container sees their folder. */
export function withCaches(form: LaunchForm, caches: readonly SharedCache[], folder: string): LaunchForm {
  const own = caches.filter(({ owner }) => owner === 'comparison');
  if (own.length === 0) return form;
  const variables = own.map(({ variable, path }) => ({ name: variable, value: path }));
  const names = new Set(variables.map(({ name }) => name));
  const kept = form.extraEnvironment.filter(({ name }) => !names.has(name));
  const { target } = form;
  return {
    ...form,
    extraEnvironment: [...kept, ...variables],
    ...(target?.kind === 'container' && {
      target: { ...target, mounts: [...target.mounts, { source: folder, target: folder, readOnly: false }] },
    }),
  };
}
