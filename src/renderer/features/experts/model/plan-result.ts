// SPDX-License-Identifier: Apache-2.0
import type { ExpertPlan } from '#shared/contract/experts.ts';

/** What a plan means, in words and bytes. */

interface VerdictText {
  readonly severity: 'note' | 'warning';
  readonly text: string;
}

export function verdictText({ verdict, baseline }: ExpertPlan): VerdictText {
  const without = baseline === 'contiguous' ? 'contiguous blocks' : 'the default assignment of as many slots';
  switch (verdict) {
    case 'better':
      return {
        severity: 'note',
        text: `Better: it leaves less imbalance than ${without}, on iterations that did not make it.`,
      };
    case 'same':
      return {
        severity: 'note',
        text: `The same as ${without}: keep them, nothing is gained by moving experts.`,
      };
    case 'worse':
      return {
        severity: 'warning',
        text: `Worse: it leaves more imbalance than ${without}. Keep ${without}.`,
      };
    case 'cannot-tell':
      return { severity: 'warning', text: 'Cannot tell: no layer has tokens in the judging iterations.' };
  }
}

export const movesOf = ({ layers }: ExpertPlan): number => layers.reduce((sum, { moves }) => sum + moves, 0);

/** Memory that replicas take on each rank, all layers together, in bytes; null without a size of an expert. */
export function extraBytesPerRank(plan: ExpertPlan, bytesPerExpert: string): number | null {
  const bytes = Number(bytesPerExpert);
  if (bytesPerExpert.trim() === '' || !Number.isFinite(bytes) || bytes <= 0) return null;
  return plan.extraSlotsPerRank * plan.layers.length * bytes;
}

/** Experts with more than one replica, most replicas first. */
export function replicated(
  replicas: Uint32Array,
): readonly { readonly expert: number; readonly count: number }[] {
  return Array.from(replicas, (count, expert) => ({ expert, count }))
    .filter(({ count }) => count > 1)
    .sort((a, b) => b.count - a.count || a.expert - b.expert);
}
