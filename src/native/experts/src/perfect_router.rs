// SPDX-License-Identifier: Apache-2.0
//! The stream of experts that `ENABLE_PERFECT_ROUTER` deals tokens to: rank after rank, and within a rank expert after
//! expert. In the first era every rank deals from rank 0 on; later ones begin at the dealing rank.

use crate::error::ExpertsError;

/// What decides the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerfectRouter {
    /// Experts per layer, a multiple of `ranks`.
    pub experts: usize,
    /// Expert-parallel ranks.
    pub ranks: usize,
    /// Whether the stream of a rank begins at that rank.
    pub is_rotated: bool,
}

impl PerfectRouter {
    /// The expert of slot `slot` of the tokens of `rank`; token t owns the slots from t × top-k.
    #[must_use]
    pub const fn expert_of_slot(&self, slot: usize, rank: usize) -> usize {
        let slot = if self.is_rotated { slot + rank } else { slot };
        let per_rank = self.experts / self.ranks;
        (slot % self.ranks) * per_rank + (slot / self.ranks) % per_rank
    }

    /// Tokens per expert when each rank routes `tokens` of its own to `top_k` experts each.
    ///
    /// # Errors
    /// [`ExpertsError::BadPlan`] when experts do not divide by ranks, or fewer experts exist than a token needs.
    pub fn loads(&self, tokens: usize, top_k: usize) -> Result<Vec<u64>, ExpertsError> {
        self.check(top_k)?;
        let mut loads = vec![0; self.experts];
        (0..self.ranks).for_each(|rank| self.deal(rank, tokens * top_k, &mut loads));
        Ok(loads)
    }

    /// Adds the first `slots` slots of the tokens of `rank` to the tokens per expert.
    pub(crate) fn deal(&self, rank: usize, slots: usize, loads: &mut [u64]) {
        // The stream repeats after as many slots as there are experts, each of which comes once.
        let rounds = (slots / self.experts) as u64;
        for load in &mut *loads {
            *load += rounds;
        }
        for slot in 0..slots % self.experts {
            loads[self.expert_of_slot(slot, rank)] += 1;
        }
    }

    pub(crate) fn check(&self, top_k: usize) -> Result<(), ExpertsError> {
        let Self { experts, ranks, .. } = *self;
        let bad = |reason: String| Err(ExpertsError::BadPlan { reason });
        if ranks == 0 || experts == 0 || !experts.is_multiple_of(ranks) {
            return bad(format!(
                "The perfect router needs experts that divide evenly by ranks, and {experts} do not by {ranks}."
            ));
        }
        if top_k == 0 || top_k > experts {
            return bad(format!("A token cannot go to {top_k} of {experts} experts: choose 1 to {experts}."));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metrics::contiguous_rank_loads;

    #[test]
    fn small_batches_of_the_first_era_meet_on_the_first_ranks() {
        let early = PerfectRouter { experts: 16, ranks: 8, is_rotated: false };
        let late = PerfectRouter { is_rotated: true, ..early };
        let ranks = |router: PerfectRouter| contiguous_rank_loads(&router.loads(1, 4).unwrap(), 8).unwrap();
        assert_eq!(ranks(early), [8, 8, 8, 8, 0, 0, 0, 0]);
        assert_eq!(ranks(late), [4; 8]);
    }

    #[test]
    fn what_it_cannot_spread_is_refused() {
        let router = PerfectRouter { experts: 10, ranks: 4, is_rotated: true };
        assert_eq!(router.loads(1, 1).unwrap_err().code(), "experts.bad-plan");
        let router = PerfectRouter { experts: 8, ranks: 4, is_rotated: true };
        assert_eq!(router.loads(1, 9).unwrap_err().code(), "experts.bad-plan");
    }

    proptest! {
        #[test]
        fn loads_are_those_of_the_stream_slot_by_slot(
            ranks in 1usize..7, per_rank in 1usize..7, top_k in 1usize..5, tokens in 0usize..50, is_rotated in any::<bool>(),
        ) {
            let experts = ranks * per_rank;
            prop_assume!(top_k <= experts);
            let router = PerfectRouter { experts, ranks, is_rotated };
            let mut expected = vec![0_u64; experts];
            for rank in 0..ranks {
                for slot in 0..tokens * top_k {
                    expected[router.expert_of_slot(slot, rank)] += 1;
                }
            }
            prop_assert_eq!(router.loads(tokens, top_k).unwrap(), expected);
        }
    }
}
