// SPDX-License-Identifier: Apache-2.0
//! All figures of one layer over a window.

use rayon::prelude::*;

use crate::error::ExpertsError;
use crate::metrics::{
    PERSISTENCE_WINDOW_ITERATIONS, TOP_EXPERTS, active_experts, balancedness, coefficient_of_variation,
    contiguous_rank_loads, effective_experts, gini, hot_set_persistence, imbalance_ratio, mean_of,
    sglang_balancedness, share_distance, spread_of_ranks, top_share, vllm_balancedness,
};
use crate::series::quartiles;
use crate::statistics::{ExpertStatistics, Window, add};

/// Figures of a layer over a window. Those over experts without "mean" in their name are of the summed counts.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerMetrics {
    /// The layer.
    pub layer: u32,
    /// Tokens routed, each counted once per chosen expert.
    pub tokens: u64,
    /// Iterations of the window in which the layer had tokens.
    pub iterations_with_tokens: u32,
    /// Imbalance ratio over experts, mean over iterations (as TensorRT-LLM reports it).
    pub expert_imbalance_mean: Option<f64>,
    /// Imbalance ratio over experts of the summed counts; smaller.
    pub expert_imbalance_of_sums: Option<f64>,
    /// Imbalance ratio over ranks with contiguous blocks of experts, mean over iterations.
    pub rank_imbalance_mean: Option<f64>,
    /// Imbalance ratio over such ranks of the summed counts.
    pub rank_imbalance_of_sums: Option<f64>,
    /// mean/max over experts.
    pub balancedness: Option<f64>,
    /// Sample standard deviation over mean, over experts.
    pub coefficient_of_variation: Option<f64>,
    /// Gini coefficient over experts.
    pub gini: Option<f64>,
    /// exp(entropy) over experts.
    pub effective_experts: Option<f64>,
    /// Experts with tokens; `None` in a layer without tokens, as for `dead_experts`.
    pub active_experts: Option<usize>,
    /// Experts without tokens.
    pub dead_experts: Option<usize>,
    /// Share of the 8 most loaded experts.
    pub top_share: Option<f64>,
    /// Mean Jaccard overlap of the top-8 sets of consecutive windows of 10 iterations.
    pub hot_set_persistence: Option<f64>,
    /// Half the sum of the differences of the experts' shares between the first and the last window of 10 iterations.
    pub load_drift: Option<f64>,
    /// Experts with tokens on a rank with contiguous blocks of experts, mean over ranks and iterations with tokens.
    pub active_experts_per_rank: Option<f64>,
    /// `SGLang`'s balancedness over such ranks, mean over iterations with tokens.
    pub sglang_balancedness: Option<f64>,
    /// Tokens of such a rank, mean over ranks and then over iterations with tokens.
    pub rank_tokens_mean: Option<f64>,
    /// Sample standard deviation of the tokens of such ranks, mean over iterations with tokens; `None` for one rank.
    pub rank_tokens_std: Option<f64>,
    /// Median over iterations of the imbalance ratio over such ranks.
    pub rank_imbalance_median: Option<f64>,
    /// The largest of them.
    pub rank_imbalance_max: Option<f64>,
    /// Tokens of the most loaded rank and of the mean rank, each summed over iterations.
    pub critical_tokens: Option<CriticalLoad>,
    /// The same of experts with tokens, whose weights a small batch has to read.
    pub critical_active: Option<CriticalLoad>,
}

/// What the slowest and what the mean rank had to do, summed over iterations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CriticalLoad {
    /// Of the rank that had most, iteration by iteration.
    pub max: f64,
    /// Of the mean rank.
    pub mean: f64,
}

/// The figures of `layer` over `window`, with ranks as `ep_size` contiguous blocks of experts (no figure over ranks
/// when the experts do not divide evenly).
///
/// # Errors
/// [`ExpertsError::NoSuchLayer`].
pub fn layer_metrics(
    statistics: &ExpertStatistics,
    layer: u32,
    window: &Window,
    ep_size: usize,
) -> Result<LayerMetrics, ExpertsError> {
    let sums = statistics.histogram(layer, window)?;
    let vectors = || statistics.vectors(layer, window).map(|(_, counts)| counts);
    let over_ranks =
        |loads: &[u64]| contiguous_rank_loads(loads, ep_size).and_then(|ranks| imbalance_ratio(&ranks));
    let rank_loads = || vectors().filter_map(|loads| contiguous_rank_loads(loads, ep_size));
    let sglang = |loads: &[u64]| {
        let ranks = contiguous_rank_loads(loads, ep_size)?;
        sglang_balancedness(&ranks).filter(|_| active_experts(loads) > 0)
    };
    let (_, windows) = persistence_windows(statistics, layer, window);
    let ratios = quartiles(vectors().filter_map(over_ranks));
    let (rank_tokens_mean, rank_tokens_std) = spread_of_ranks(rank_loads().map(|ranks| reals(&ranks)));
    let tokens: u64 = sums.iter().sum();
    let active = (tokens > 0).then(|| active_experts(&sums));
    let with_tokens = vectors().filter(|counts| active_experts(counts) > 0).count();
    Ok(LayerMetrics {
        layer,
        tokens,
        iterations_with_tokens: u32::try_from(with_tokens).unwrap_or(u32::MAX),
        expert_imbalance_mean: mean_of(vectors().filter_map(imbalance_ratio)),
        expert_imbalance_of_sums: imbalance_ratio(&sums),
        rank_imbalance_mean: mean_of(vectors().filter_map(over_ranks)),
        rank_imbalance_of_sums: over_ranks(&sums),
        balancedness: balancedness(&sums),
        coefficient_of_variation: coefficient_of_variation(&sums),
        gini: gini(&sums),
        effective_experts: effective_experts(&sums),
        active_experts: active,
        dead_experts: active.map(|active| statistics.experts - active),
        top_share: top_share(&sums, TOP_EXPERTS),
        hot_set_persistence: hot_set_persistence(&windows),
        load_drift: load_drift(&windows),
        active_experts_per_rank: mean_of(vectors().filter_map(|loads| active_per_rank(loads, ep_size))),
        sglang_balancedness: mean_of(vectors().filter_map(sglang)),
        rank_tokens_mean,
        rank_tokens_std,
        rank_imbalance_median: ratios.get(2).copied(),
        rank_imbalance_max: ratios.get(4).copied(),
        critical_tokens: critical(rank_loads()),
        critical_active: critical(vectors().filter_map(|loads| active_by_rank(loads, ep_size))),
    })
}

/// The figures of every layer, as [`layer_metrics`] has them; `is_cancelled` is asked before each.
///
/// # Errors
/// [`ExpertsError::Cancelled`].
pub fn all_layer_metrics(
    statistics: &ExpertStatistics,
    window: &Window,
    ep_size: usize,
    is_cancelled: impl Fn() -> bool + Sync,
) -> Result<Vec<LayerMetrics>, ExpertsError> {
    let metrics = |layer: &u32| {
        if is_cancelled() {
            return Err(ExpertsError::Cancelled);
        }
        layer_metrics(statistics, *layer, window, ep_size)
    };
    statistics.layers.par_iter().map(metrics).collect()
}

/// `vLLM`'s balancedness of all layers over ranks with contiguous blocks of experts, mean over iterations with tokens.
#[must_use]
pub fn vllm_balancedness_mean(statistics: &ExpertStatistics, window: &Window, ep_size: usize) -> Option<f64> {
    let layers: Vec<Vec<&[u64]>> = statistics
        .layers
        .iter()
        .map(|layer| statistics.vectors(*layer, window).map(|(_, counts)| counts).collect())
        .collect();
    let iterations = layers.first().map_or(0, Vec::len);
    mean_of((0..iterations).filter_map(|position| {
        let ranks: Option<Vec<Vec<u64>>> =
            layers.iter().map(|layer| contiguous_rank_loads(layer[position], ep_size)).collect();
        vllm_balancedness(&ranks?)
    }))
}

/// Distance between the first and the last window; `None` with fewer than two, or without load in one.
fn load_drift(windows: &[Vec<u64>]) -> Option<f64> {
    match windows {
        [first, .., last] => share_distance(first, last),
        _ => None,
    }
}

#[allow(clippy::cast_precision_loss)]
fn active_per_rank(loads: &[u64], ep_size: usize) -> Option<f64> {
    let active = active_experts(loads);
    (active > 0 && ep_size > 0 && loads.len().is_multiple_of(ep_size)).then(|| active as f64 / ep_size as f64)
}

/// Experts with tokens on each rank; `None` when experts do not divide evenly.
fn active_by_rank(loads: &[u64], ep_size: usize) -> Option<Vec<u64>> {
    let active: Vec<u64> = loads.iter().map(|load| u64::from(*load > 0)).collect();
    contiguous_rank_loads(&active, ep_size)
}

#[allow(clippy::cast_precision_loss)]
fn reals(loads: &[u64]) -> Vec<f64> {
    loads.iter().map(|load| *load as f64).collect()
}

/// Sums of the largest and of the mean; `None` without any load.
#[allow(clippy::cast_precision_loss)]
fn critical(ranks: impl Iterator<Item = Vec<u64>>) -> Option<CriticalLoad> {
    let (max, mean) = ranks.fold((0.0, 0.0), |(max, mean), loads| {
        let largest = loads.iter().max().copied().unwrap_or(0) as f64;
        (max + largest, mean + loads.iter().sum::<u64>() as f64 / loads.len() as f64)
    });
    (max > 0.0).then_some(CriticalLoad { max, mean })
}

/// First iteration and summed counts of each whole run of 10 iteration numbers, from the first recorded iteration of the
/// window on.
pub(crate) fn persistence_windows(
    statistics: &ExpertStatistics,
    layer: u32,
    window: &Window,
) -> (Vec<u32>, Vec<Vec<u64>>) {
    let mut numbers = statistics.vectors(layer, window).map(|(iteration, _)| iteration);
    let Some(first) = numbers.next() else { return (Vec::new(), Vec::new()) };
    let last = numbers.last().unwrap_or(first);
    let whole = (last - first + 1) / PERSISTENCE_WINDOW_ITERATIONS;
    let mut sums = vec![vec![0; statistics.experts]; whole as usize];
    for (iteration, counts) in statistics.vectors(layer, window) {
        if let Some(sum) = sums.get_mut(((iteration - first) / PERSISTENCE_WINDOW_ITERATIONS) as usize) {
            add(sum, counts);
        }
    }
    ((0..whole).map(|at| first + at * PERSISTENCE_WINDOW_ITERATIONS).collect(), sums)
}
