// SPDX-License-Identifier: Apache-2.0
//! How evenly a vector of loads is spread: over experts, or over ranks under a placement.
//!
//! Pure functions of the loads. `None` where the question has no answer: no load at all, or too few elements.

/// Size of the hot set, and of the largest loads whose share is told.
pub const TOP_EXPERTS: usize = 8;

/// Iterations of one window of [`hot_set_persistence`].
pub const PERSISTENCE_WINDOW_ITERATIONS: u32 = 10;

/// max/mean − 1: 0 is perfectly even. The largest load decides when everybody waits for the slowest.
#[must_use]
pub fn imbalance_ratio(loads: &[u64]) -> Option<f64> {
    max_over_mean(loads).map(|ratio| ratio - 1.0)
}

/// mean/max: 1 is perfectly even.
#[must_use]
pub fn balancedness(loads: &[u64]) -> Option<f64> {
    max_over_mean(loads).map(f64::recip)
}

/// Sample standard deviation over mean; at least two loads.
#[must_use]
pub fn coefficient_of_variation(loads: &[u64]) -> Option<f64> {
    let mean = mean(loads).filter(|_| loads.len() > 1)?;
    let squares: f64 = loads.iter().map(|load| (real(*load) - mean).powi(2)).sum();
    Some((squares / real(loads.len() as u64 - 1)).sqrt() / mean)
}

/// Gini coefficient: 0 is perfectly even, (n − 1)/n means that one has everything.
#[must_use]
pub fn gini(loads: &[u64]) -> Option<f64> {
    let mean = mean(loads)?;
    let mut ascending = loads.to_vec();
    ascending.sort_unstable();
    let count = real(loads.len() as u64);
    let weighted: f64 =
        (1_u64..).zip(&ascending).map(|(rank, load)| (2.0 * real(rank) - count - 1.0) * real(*load)).sum();
    Some(weighted / (count * count * mean))
}

/// exp(entropy of the shares): how many equally loaded experts would be as mixed.
#[must_use]
pub fn effective_experts(loads: &[u64]) -> Option<f64> {
    let total = total(loads)?;
    let entropy: f64 = loads
        .iter()
        .filter(|load| **load > 0)
        .map(|load| real(*load) / total)
        .map(|share| -share * share.ln())
        .sum();
    Some(entropy.exp())
}

/// Number of experts with any load. The others are dead.
#[must_use]
pub fn active_experts(loads: &[u64]) -> usize {
    loads.iter().filter(|load| **load > 0).count()
}

/// Share of all load that the `top` largest have, 0 to 1.
#[must_use]
pub fn top_share(loads: &[u64], top: usize) -> Option<f64> {
    let total = total(loads)?;
    let mut descending = loads.to_vec();
    descending.sort_unstable_by(|a, b| b.cmp(a));
    Some(real(descending.iter().take(top).sum()) / total)
}

/// Loads of `ep_size` ranks that hold contiguous blocks of experts; `None` when they do not divide evenly.
#[must_use]
pub fn contiguous_rank_loads(loads: &[u64], ep_size: usize) -> Option<Vec<u64>> {
    if ep_size == 0 || loads.is_empty() || !loads.len().is_multiple_of(ep_size) {
        return None;
    }
    Some(loads.chunks(loads.len() / ep_size).map(|block| block.iter().sum()).collect())
}

/// The [`TOP_EXPERTS`] most loaded experts, ascending by number. Among equals the lower number counts; an expert
/// without load is never hot.
#[must_use]
pub fn hot_set(loads: &[u64]) -> Vec<usize> {
    let mut experts: Vec<usize> = (0..loads.len()).filter(|expert| loads[*expert] > 0).collect();
    experts.sort_by_key(|expert| std::cmp::Reverse(loads[*expert]));
    experts.truncate(TOP_EXPERTS);
    experts.sort_unstable();
    experts
}

/// Jaccard overlap of two sets without repetitions; `None` when both are empty.
#[must_use]
pub fn jaccard(a: &[usize], b: &[usize]) -> Option<f64> {
    let common = a.iter().filter(|element| b.contains(element)).count();
    let union = a.len() + b.len() - common;
    (union > 0).then(|| real(common as u64) / real(union as u64))
}

/// Mean Jaccard overlap of the hot sets of consecutive windows, given the summed loads of each window in order. Pairs
/// with a window without load are left out; `None` when no pair remains.
#[must_use]
pub fn hot_set_persistence(window_loads: &[Vec<u64>]) -> Option<f64> {
    let sets: Vec<Vec<usize>> = window_loads.iter().map(|loads| hot_set(loads)).collect();
    mean_of(sets.windows(2).filter_map(|pair| match pair {
        [before, after] if !before.is_empty() && !after.is_empty() => jaccard(before, after),
        _ => None,
    }))
}

/// How far load moved between two vectors: half the sum of the differences of the experts' shares. 0 is no change, 1
/// that no expert kept any; `None` when one has no load.
#[must_use]
pub fn share_distance(before: &[u64], after: &[u64]) -> Option<f64> {
    let (total_before, total_after) = (total(before)?, total(after)?);
    let difference = |(b, a): (&u64, &u64)| (real(*b) / total_before - real(*a) / total_after).abs();
    Some(before.iter().zip(after).map(difference).sum::<f64>() / 2.0)
}

/// `SGLang`'s balancedness of one layer: (mean + 1e-5) / (max + 1e-5) over ranks; 1 is perfectly even.
#[must_use]
pub fn sglang_balancedness(rank_loads: &[u64]) -> Option<f64> {
    let largest = *rank_loads.iter().max()?;
    Some((real(rank_loads.iter().sum()) / real(rank_loads.len() as u64) + 1e-5) / (real(largest) + 1e-5))
}

/// `vLLM`'s balancedness over layers: the sum of means over the sum of maxima of ranks; 1 is perfectly even.
#[must_use]
pub fn vllm_balancedness(layers: &[Vec<u64>]) -> Option<f64> {
    let mean = |loads: &Vec<u64>| real(loads.iter().sum()) / real(loads.len() as u64);
    let means: f64 = layers.iter().filter(|loads| !loads.is_empty()).map(mean).sum();
    let maxima: f64 = layers.iter().filter_map(|loads| loads.iter().max()).map(|load| real(*load)).sum();
    (maxima > 0.0).then(|| means / maxima)
}

/// Mean of what is there; `None` when nothing is.
pub fn mean_of(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u64), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / real(count))
}

/// Mean and sample standard deviation of the tokens of ranks, each first of one iteration and then averaged over those with
/// tokens, as TensorRT-LLM's `report_load_statistics` prints them. No deviation of a single rank.
pub fn spread_of_ranks(iterations: impl Iterator<Item = Vec<f64>>) -> (Option<f64>, Option<f64>) {
    let mut means = Vec::new();
    let mut deviations = Vec::new();
    for ranks in iterations {
        let count = real(ranks.len() as u64);
        let mean = ranks.iter().sum::<f64>() / count;
        if mean.is_nan() || mean <= 0.0 {
            continue;
        }
        means.push(mean);
        if ranks.len() > 1 {
            let squares: f64 = ranks.iter().map(|load| (load - mean).powi(2)).sum();
            deviations.push((squares / (count - 1.0)).sqrt());
        }
    }
    (mean_of(means.into_iter()), mean_of(deviations.into_iter()))
}

fn max_over_mean(loads: &[u64]) -> Option<f64> {
    // Multiplied before it is divided: one rounding where the mean would add another.
    let total = total(loads)?;
    loads.iter().max().map(|max| real(*max) * real(loads.len() as u64) / total)
}

fn mean(loads: &[u64]) -> Option<f64> {
    total(loads).map(|total| total / real(loads.len() as u64))
}

fn total(loads: &[u64]) -> Option<f64> {
    let total: u64 = loads.iter().sum();
    (total > 0).then(|| real(total))
}

/// Token counts stay far below 2^53, where doubles are exact.
#[allow(clippy::cast_precision_loss)]
const fn real(value: u64) -> f64 {
    value as f64
}
