// SPDX-License-Identifier: Apache-2.0
import type { Arm, Comparison } from '#shared/contract/comparison.ts';
import type { PlannedPass } from '#shared/contract/comparison-pass.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { withCaches } from '../launch/pass-caches.ts';

/** What the passes of a comparison run. */

/** What a timing pass runs: the arm's form without anything that records. */
function timingForm(form: LaunchForm): LaunchForm {
  return {
    ...form,
    window: '',
    timing: false,
    nsight: false,
    torchTrace: false,
    expertStatistics: false,
  };
}

/** What a pass runs, by what its user stated. */
export function formOf({ form }: Arm, purpose: PlannedPass['purpose']): LaunchForm {
  return purpose === 'timing' ? timingForm(form) : { ...form, timing: false, torchTrace: true };
}

/** The same with the caches that passes share. */
export function launchedForm(
  { request, caches = [] }: Comparison,
  { arm, purpose }: Pick<PlannedPass, 'arm' | 'purpose'>,
  cacheFolder: string,
): LaunchForm {
  const own = caches.filter((cache) => cache.arm === arm);
  return withCaches(formOf(request[arm], purpose), own, cacheFolder);
}
