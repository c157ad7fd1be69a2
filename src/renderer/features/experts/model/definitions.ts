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
  rankTokensMean:
    'Tokens of a rank: mean over ranks of each iteration, then over iterations with tokens. The mean that TensorRT-LLM’s report_load_statistics prints.',
  rankTokensStd:
    'Sample standard deviation of the tokens of ranks in each iteration, then averaged over iterations with tokens: the std that report_load_statistics prints. Its imbalance-ratio is the column Imb. ranks.',
  perfectImbalance:
    'Imbalance over ranks that the perfect router itself leaves, by its planner: the tokens of each recorded iteration, shared evenly by the ranks, are dealt in turn. In era e1 every rank begins at rank 0, so that few tokens a rank meet on the first ranks.',
  rankImbalanceMedian: 'Median over iterations of the imbalance ratio over ranks.',
  rankImbalanceMax: 'The largest imbalance ratio over ranks that an iteration had.',
  loadDrift:
    'Half the sum of the differences of the experts’ shares between the first and the last window of 10 iterations: 0 is no change, 1 that no expert kept any.',
  activeExpertsPerRank:
    'Experts with tokens on a rank, mean over ranks and iterations: small batches cost by it, since the weights of each active expert are read.',
  sglangBalancedness:
    'SGLang’s definition: (mean + 1e-5) / (max + 1e-5) over ranks, mean over iterations; 1 is perfect balance.',
  vllmBalancedness:
    'vLLM’s definition: tokens of the mean rank over those of the most loaded rank, each summed over all layers in every step, then averaged over steps with tokens; 1 is perfect balance. Of sums: the same of the tokens of all steps together.',
  balanceQuartiles: 'vLLM’s balancedness of each step with tokens; the quartiles are values that occurred.',
  planImbalance:
    'Most loaded rank over the mean rank, minus 1, in the iterations that judge: for each iteration, then averaged, then the mean over layers. As TensorRT-LLM’s report_load_statistics prints it.',
  slots:
    'Places for experts in each layer over all ranks. Extra ones hold replicas of hot experts, which share their tokens.',
  moves: 'Slots whose expert their rank does not hold without the plan: weights to be sent or loaded.',
  gain: 'T / (T − saved) − 1, with T the time of an iteration and saved what the slowest rank computes in experts beyond the mean rank, summed over layers and iterations. Spread over layers by the cost of their slowest rank: tokens, or experts whose weights are read.',
  measuredGain:
    'Effect of the perfect router over learned routing in the newest finished comparison of this run’s recipe: mean over blocks with its interval.',
  expertShare:
    'Time of expert computing over the time of the iteration, waiting included: of each layer’s slowest rank where the traces of all ranks tell layers, else of the rank that is slowest in all. Measured where a trace of the run is here; type it to try another.',
  expertTime:
    'MoE kernels of the iterations, summed; where a trace has none by name, kernels launched within ranges that are named for experts; without a device the operator moe.experts of the embedded engine.',
  timeImbalance: 'Slowest rank over the mean rank, minus 1, of expert computing summed over the iterations.',
  measuredEstimate:
    'T / (T − saved) − 1, with saved the measured expert computing of each layer’s slowest rank beyond the mean rank, summed over layers and iterations, and T the time of the iterations on the slowest rank, waiting included.',
  rankTokens:
    'Tokens that the statistics give this rank in the window, all layers, with experts in contiguous blocks. Only where there is a trace of every rank that holds all iterations of the window.',
  timePerTokens:
    'Expert computing of the rank over its tokens. Where one rank takes longer for as many tokens, its device is slow; its experts are not hot.',
  replicaMemory: 'Extra slots of a rank × layers × bytes per expert.',
} as const;
