// SPDX-License-Identifier: Apache-2.0
import { TOP_EXPERTS } from '#shared/contract/experts.ts';

/** What the figures of expert load mean; shown on hover and read aloud. */
export const definitions = {
  rankImbalanceMean:
    'Most loaded rank over the mean rank, minus 1, with experts in contiguous blocks on the ranks: computed for each iteration, then averaged. 0 is perfect balance; with 1 the slowest rank has twice the mean to do.',
  rankImbalanceOfSums:
    'The same ratio of the tokens summed over the window. It is smaller, because peaks of different iterations even out.',
  expertImbalanceMean: 'Most loaded expert over the mean expert, minus 1: for each iteration, then averaged.',
  expertImbalanceOfSums:
    'Most loaded expert over the mean expert, minus 1, of the tokens summed over the window.',
  balancedness: 'Mean over maximum of the tokens per expert: 1 is perfect balance.',
  cv: 'Coefficient of variation: sample standard deviation of the tokens per expert over their mean.',
  gini: 'Gini coefficient of the tokens per expert: 0 when all are equal, near 1 when one has everything.',
  effectiveExperts:
    'Exponential of the entropy of the load: how many equally loaded experts would spread it as widely.',
  activeExperts: 'Experts that received at least one token in the window; the others are dead.',
  topShare: `Share of the layer’s tokens that its ${TOP_EXPERTS} most loaded experts received together (all of them, where there are fewer).`,
  hotSetPersistence:
    'Overlap (Jaccard) of the eight hottest experts in consecutive windows of 10 iterations: 1 when they stay the same, 0 when they are all replaced.',
  tokens:
    'Token-expert assignments of the layer in the window: each token counts once for every expert it is routed to.',
} as const;
