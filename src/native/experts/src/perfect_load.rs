// SPDX-License-Identifier: Apache-2.0
//! What the perfect router would have made of recorded iterations: the same tokens, dealt in turn instead of by the model.

use crate::error::ExpertsError;
use crate::metrics::{contiguous_rank_loads, imbalance_ratio, mean_of};
use crate::perfect_router::PerfectRouter;
use crate::statistics::{ExpertStatistics, Window};

/// The planner's expectation for a layer; it is no measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct PerfectLoad {
    /// Tokens per expert, summed over the window.
    pub counts: Vec<u64>,
    /// Imbalance ratio over ranks, mean over iterations with tokens: what perfect routing leaves in small batches.
    pub rank_imbalance_mean: Option<f64>,
    /// Tokens of a rank in an iteration, mean over iterations with tokens.
    pub tokens_per_rank: Option<f64>,
}

/// Deals the tokens that `layer` had in each iteration of `window`, shared by `ep_size` ranks as evenly as can be. `None`
/// where the statistics do not tell how many experts a token goes to.
///
/// # Errors
/// [`ExpertsError::NoSuchLayer`]; [`ExpertsError::BadPlan`] when experts do not divide by ranks.
pub fn perfect_load(
    statistics: &ExpertStatistics,
    layer: u32,
    window: &Window,
    ep_size: usize,
    is_rotated: bool,
) -> Result<Option<PerfectLoad>, ExpertsError> {
    statistics.layers.binary_search(&layer).map_err(|_| ExpertsError::NoSuchLayer { layer })?;
    let router = PerfectRouter { experts: statistics.experts, ranks: ep_size, is_rotated };
    let Some(top_k) = statistics.top_k.map(|top_k| top_k as usize) else { return Ok(None) };
    router.check(top_k)?;
    let mut counts = vec![0; statistics.experts];
    let (mut ratios, mut tokens_per_rank) = (Vec::new(), Vec::new());
    for (_, loads) in statistics.vectors(layer, window) {
        let assignments: u64 = loads.iter().sum();
        if assignments == 0 {
            continue;
        }
        let tokens = usize::try_from(assignments).unwrap_or(usize::MAX) / top_k;
        let mut dealt = vec![0; statistics.experts];
        for rank in 0..ep_size {
            let of_rank = tokens / ep_size + usize::from(rank < tokens % ep_size);
            router.deal(rank, of_rank * top_k, &mut dealt);
        }
        ratios.extend(contiguous_rank_loads(&dealt, ep_size).and_then(|ranks| imbalance_ratio(&ranks)));
        tokens_per_rank.push(real(tokens) / real(ep_size));
        crate::statistics::add(&mut counts, &dealt);
    }
    Ok(Some(PerfectLoad {
        counts,
        rank_imbalance_mean: mean_of(ratios.into_iter()),
        tokens_per_rank: mean_of(tokens_per_rank.into_iter()),
    }))
}

/// Token counts stay far below 2^53, where doubles are exact.
#[allow(clippy::cast_precision_loss)]
const fn real(value: usize) -> f64 {
    value as f64
}
