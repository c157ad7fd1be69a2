// SPDX-License-Identifier: Apache-2.0
//! `ENABLE_PERFECT_ROUTER`: logits that send the same number of tokens to every rank and expert.
//! In era e1 every rank emits the same stream of experts, which starts at rank 0, so small batches
//! are not balanced over all ranks together; later eras rotate the stream by the rank.

use std::collections::HashMap;
use std::sync::Arc;

use iterscope_experts::perfect_router::PerfectRouter as StreamOfExperts;

use crate::linalg::softmax;
use crate::options::Era;

/// Batch sizes, in tokens, whose logits are made ahead.
pub const COMMON_BATCH_SIZES: [usize; 22] = [
    1, 2, 4, 8, 16, 32, 64, 128, 256, 384, 512, 640, 768, 1024, 1536, 2048, 3072, 4096, 5120, 6144, 7168,
    8192,
];

/// What decides the stream of experts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planner {
    /// Era of the engine.
    pub era: Era,
    /// Experts per layer, a multiple of `ranks`.
    pub experts: usize,
    /// Experts per token.
    pub top_k: usize,
    /// Expert-parallel ranks.
    pub ranks: usize,
    /// The rank whose tokens are planned; without effect in era e1.
    pub rank: usize,
}

impl Planner {
    /// The expert of slot `slot`; token t owns the slots from t * `top_k`.
    #[must_use]
    pub const fn expert_of_slot(&self, slot: usize) -> usize {
        let is_rotated = matches!(self.era, Era::E2 | Era::E3);
        StreamOfExperts { experts: self.experts, ranks: self.ranks, is_rotated }
            .expert_of_slot(slot, self.rank)
    }

    /// Logits `[tokens, experts]`.
    #[must_use]
    pub fn logits(&self, tokens: usize) -> Vec<f32> {
        let (high, low) = match self.era {
            Era::E1 => (7.5, 0.5),
            Era::E2 | Era::E3 => (10.0, -10.0),
        };
        let mut logits = vec![low; tokens * self.experts];
        for slot in 0..tokens * self.top_k {
            logits[slot / self.top_k * self.experts + self.expert_of_slot(slot)] = high;
        }
        if self.era == Era::E1 {
            logits.chunks_exact_mut(self.experts).for_each(softmax);
        }
        logits
    }
}

/// Logits of many batch sizes, those of [`COMMON_BATCH_SIZES`] made ahead.
pub type LogitsCache = HashMap<usize, Vec<f32>>;

/// Makes the logits of [`COMMON_BATCH_SIZES`].
#[must_use]
pub fn precompute(planner: &Planner) -> LogitsCache {
    COMMON_BATCH_SIZES.iter().map(|&tokens| (tokens, planner.logits(tokens))).collect()
}

/// Size of the logits of `cache`, in MB (1024 * 1024 bytes).
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn cache_mb(cache: &LogitsCache) -> f64 {
    let bytes: usize = cache.values().map(|logits| logits.len() * size_of::<f32>()).sum();
    bytes as f64 / f64::from(1 << 20)
}

/// The perfect router of one rank.
#[derive(Debug, Clone)]
pub struct PerfectRouter {
    planner: Planner,
    common: Arc<LogitsCache>,
    on_demand: LogitsCache,
}

impl PerfectRouter {
    /// A router over a cache that may be shared with other ranks (era e1).
    #[must_use]
    pub fn new(planner: Planner, common: Arc<LogitsCache>) -> Self {
        Self { planner, common, on_demand: LogitsCache::new() }
    }

    /// The logits for a batch of `tokens`, made on demand and kept.
    pub fn logits(&mut self, tokens: usize) -> &[f32] {
        match self.common.get(&tokens) {
            Some(logits) => logits,
            None => self.on_demand.entry(tokens).or_insert_with(|| self.planner.logits(tokens)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_precision_loss)]

    use proptest::prelude::*;

    use super::*;
    use crate::router::Routing;

    fn chosen(planner: &Planner, tokens: usize) -> Vec<u32> {
        let mut routing = Routing::default();
        routing.choose(&planner.logits(tokens), planner.experts, planner.top_k);
        assert!(routing.weights.iter().all(|w| (w * planner.top_k as f32 - 1.0).abs() < 1e-5), "weights 1/k");
        routing.experts
    }

    fn loads(experts: &[u32], buckets: usize, per_bucket: usize) -> Vec<usize> {
        let mut loads = vec![0; buckets];
        for &expert in experts {
            loads[expert as usize / per_bucket] += 1;
        }
        loads
    }

    fn spread(loads: &[usize]) -> usize {
        loads.iter().max().unwrap() - loads.iter().min().unwrap()
    }

    #[test]
    fn the_seed_stream_starts_at_rank_0_on_every_rank() {
        let planner = |era, rank| Planner { era, experts: 16, top_k: 4, ranks: 8, rank };
        assert_eq!(chosen(&planner(Era::E1, 0), 1), [0, 2, 4, 6]);
        assert_eq!(chosen(&planner(Era::E1, 5), 1), [0, 2, 4, 6]);
        assert_eq!(chosen(&planner(Era::E1, 0), 3)[4..], [8, 10, 12, 14, 1, 3, 5, 7]);
        // Rotated by the rank: slots 5..9 are on ranks 5, 6, 7 and, one expert on, rank 0.
        assert_eq!(chosen(&planner(Era::E2, 5), 1), [1, 10, 12, 14]);
    }

    #[test]
    fn selected_probability_is_as_published() {
        let planner = Planner { era: Era::E1, experts: 128, top_k: 4, ranks: 4, rank: 0 };
        let probability = planner.logits(1)[0];
        assert!((probability - 1.0 / (4.0 + 124.0 * (-7.0f32).exp())).abs() < 1e-6, "{probability}");
    }

    #[test]
    fn common_sizes_are_cached_and_others_are_kept() {
        let planner = Planner { era: Era::E2, experts: 8, top_k: 2, ranks: 2, rank: 1 };
        let common = precompute(&planner);
        assert_eq!(common.len(), 22);
        let rows: usize = COMMON_BATCH_SIZES.iter().sum();
        assert!((cache_mb(&common) - (rows * 8 * 4) as f64 / 1_048_576.0).abs() < 1e-9);
        let mut router = PerfectRouter::new(planner, Arc::new(common));
        assert_eq!(router.logits(3), planner.logits(3));
        assert_eq!(router.on_demand.len(), 1);
        assert_eq!(router.logits(64), planner.logits(64));
        assert_eq!(router.on_demand.len(), 1);
    }

    proptest! {
        #[test]
        fn balance_is_exact_when_slots_divide(
            late in any::<bool>(), ranks in 1usize..9, per_rank in 1usize..9, top_k in 1usize..6,
            tokens in 1usize..80, rank in 0usize..9,
        ) {
            let experts = ranks * per_rank;
            prop_assume!(top_k <= experts && rank < ranks);
            let era = if late { Era::E2 } else { Era::E1 };
            let chosen = chosen(&Planner { era, experts, top_k, ranks, rank }, tokens);
            let slots = tokens * top_k;
            prop_assert_eq!(chosen.len(), slots);
            let (by_rank, by_expert) = (loads(&chosen, ranks, per_rank), loads(&chosen, experts, 1));
            prop_assert!(spread(&by_rank) <= 1);
            prop_assert_eq!(spread(&by_rank) == 0, slots % ranks == 0);
            // A rotated stream covers whole turns only when it starts anywhere in a full cycle.
            if !late || slots.is_multiple_of(experts) {
                prop_assert_eq!(spread(&by_expert) == 0, slots % experts == 0);
            }
        }

        #[test]
        fn rotation_balances_all_ranks_together(ranks in 1usize..9, per_rank in 1usize..5, tokens in 1usize..9) {
            let experts = ranks * per_rank;
            let all: Vec<u32> = (0..ranks)
                .flat_map(|rank| chosen(&Planner { era: Era::E3, experts, top_k: 1, ranks, rank }, tokens))
                .collect();
            prop_assert_eq!(spread(&loads(&all, ranks, per_rank)), 0);
        }
    }
}
