// SPDX-License-Identifier: Apache-2.0
import type { GainEstimate } from '#shared/contract/comparison.ts';
import { compositionOf } from './profile.ts';
import type { Profile, ProfiledIteration } from './profile.ts';

/**
 * What balance would gain, estimated from the profiled pass alone: everybody waits for the rank with most to do, so
 * perfect balance takes away its excess over the mean rank. It stands beside the gain that was measured.
 */

/** The embedded engine's operator that holds nothing but expert computing; kernels are known by their kind. */
const EXPERT_OPERATOR = 'moe.experts';
const EXPERT_KIND = 'moe';

function expertNs({ work }: ProfiledIteration): number {
  const groups = work ?? [];
  const whole = groups.filter(({ name }) => name === EXPERT_OPERATOR);
  if (whole.length > 0) return whole.reduce((sum, { insideNs }) => sum + insideNs, 0);
  return groups
    .filter(({ kind }) => kind?.toLowerCase() === EXPERT_KIND)
    .reduce((sum, { ownNs }) => sum + ownNs, 0);
}

function wholeNs({ iteration }: ProfiledIteration): number {
  const parts = compositionOf(iteration);
  return parts === null ? 0 : parts.computeNs + parts.communicationNs + parts.memoryNs + parts.idleNs;
}

/** Expert computing of the rank that computes longest, as a share of its iterations; null where none is named. */
function expertShare({ iterations }: Profile): number | null {
  const ranks = new Map<number, { expertNs: number; wholeNs: number }>();
  for (const profiled of iterations.filter(({ work }) => work !== null)) {
    const known = ranks.get(profiled.rank) ?? { expertNs: 0, wholeNs: 0 };
    ranks.set(profiled.rank, {
      expertNs: known.expertNs + expertNs(profiled),
      wholeNs: known.wholeNs + wholeNs(profiled),
    });
  }
  const shares = [...ranks.values()].flatMap((rank) =>
    rank.wholeNs > 0 && rank.expertNs > 0 ? [Math.min(1, rank.expertNs / rank.wholeNs)] : [],
  );
  return shares.length === 0 ? null : Math.max(...shares);
}

/** T / (T − saved) − 1 by A's load and its share of expert computing; null where either was not recorded. */
export function estimateGain(profile: Profile): GainEstimate | null {
  const share = expertShare(profile);
  const { savedByTokens = null, savedByActive = null } = profile.experts ?? {};
  if (share === null || savedByTokens === null || savedByActive === null) return null;
  const gainOf = (saved: number): number => 1 / (1 - saved * share) - 1;
  return { byTokens: gainOf(savedByTokens), byActive: gainOf(savedByActive) };
}
