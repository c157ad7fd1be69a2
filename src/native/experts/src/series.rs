// SPDX-License-Identifier: Apache-2.0
//! One layer over iterations: as many rows as were asked for at most, so that an answer stays small however long a run was.

use std::ops::Range;

use crate::error::ExpertsError;
use crate::layer::persistence_windows;
use crate::metrics::{
    active_experts, contiguous_rank_loads, hot_set, imbalance_ratio, jaccard, mean_of, share_distance,
};
use crate::statistics::{ExpertStatistics, Window, add};

/// Most rows of an answer, whatever was asked.
pub const MOST_ROWS: usize = 2048;

/// Most cells of an answer: rows get fewer where there are many experts.
const MOST_CELLS: usize = 1 << 18;

/// What the columns of the cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesAxis {
    /// One for each expert.
    Experts,
    /// One for each rank with contiguous blocks of experts.
    Ranks,
}

/// Consecutive recorded iterations that share a row. Ratios are means over the row's iterations with tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesRow {
    /// Its first iteration.
    pub first: u32,
    /// Its last iteration.
    pub last: u32,
    /// Tokens of the layer.
    pub tokens: u64,
    /// Imbalance ratio over experts.
    pub expert_imbalance: Option<f64>,
    /// Imbalance ratio over ranks.
    pub rank_imbalance: Option<f64>,
    /// The largest imbalance ratio over ranks among its iterations.
    pub rank_imbalance_max: Option<f64>,
}

/// Windows of 10 iterations against others.
#[derive(Debug, Clone, PartialEq)]
pub struct HotSetStep {
    /// First iteration of the window.
    pub first: u32,
    /// Jaccard overlap of its hot set with that of the window before; mean where several share a row.
    pub overlap: Option<f64>,
    /// Distance of its shares from those of the first window; mean where several share a row.
    pub drift: Option<f64>,
}

/// A layer over iterations.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSeries {
    /// Recorded iterations that share a row; 1 when each has its own.
    pub iterations_per_row: usize,
    /// Ascending.
    pub rows: Vec<SeriesRow>,
    /// Experts or ranks.
    pub columns: usize,
    /// Tokens, rows × columns.
    pub cells: Vec<u64>,
    /// Imbalance over ranks by iteration: least, quartiles, largest; empty without an answer.
    pub rank_quartiles: Vec<f64>,
    /// Windows of 10 iterations, from the first recorded one on.
    pub hot_sets: Vec<HotSetStep>,
}

/// How `layer` went over `window`, in at most `rows` rows; ranks are `ep_size` contiguous blocks of experts.
///
/// # Errors
/// [`ExpertsError::NoSuchLayer`]; [`ExpertsError::BadPlan`] when ranks are asked for that do not divide the experts.
pub fn layer_series(
    statistics: &ExpertStatistics,
    layer: u32,
    window: &Window,
    (axis, ep_size): (SeriesAxis, usize),
    rows: usize,
) -> Result<LayerSeries, ExpertsError> {
    statistics.layers.binary_search(&layer).map_err(|_| ExpertsError::NoSuchLayer { layer })?;
    let divides = ep_size > 0 && statistics.experts.is_multiple_of(ep_size);
    if axis == SeriesAxis::Ranks && !divides {
        let experts = statistics.experts;
        let reason = format!(
            "{experts} experts do not divide evenly by {ep_size} ranks: choose a divisor of {experts}."
        );
        return Err(ExpertsError::BadPlan { reason });
    }
    let columns = if axis == SeriesAxis::Ranks { ep_size } else { statistics.experts };
    let vectors: Vec<(u32, &[u64])> = statistics.vectors(layer, window).collect();
    let most = rows.clamp(1, MOST_ROWS).min((MOST_CELLS / columns).max(1));
    let per_row = vectors.len().div_ceil(most).max(1);
    let mut series = LayerSeries {
        iterations_per_row: per_row,
        rows: Vec::new(),
        columns,
        cells: Vec::new(),
        rank_quartiles: quartiles(vectors.iter().filter_map(|(_, loads)| rank_ratio(loads, ep_size))),
        hot_sets: hot_sets(statistics, layer, window, most),
    };
    for chunk in vectors.chunks(per_row) {
        let sums = summed(chunk, statistics.experts);
        series.rows.push(row_of(chunk, ep_size, &sums));
        match axis {
            SeriesAxis::Experts => series.cells.extend(sums),
            SeriesAxis::Ranks => {
                series.cells.extend(contiguous_rank_loads(&sums, ep_size).unwrap_or_default());
            }
        }
    }
    Ok(series)
}

fn rank_ratio(loads: &[u64], ep_size: usize) -> Option<f64> {
    contiguous_rank_loads(loads, ep_size).and_then(|ranks| imbalance_ratio(&ranks))
}

fn summed(chunk: &[(u32, &[u64])], experts: usize) -> Vec<u64> {
    let mut sums = vec![0; experts];
    for (_, loads) in chunk {
        add(&mut sums, loads);
    }
    sums
}

fn row_of(chunk: &[(u32, &[u64])], ep_size: usize, sums: &[u64]) -> SeriesRow {
    let ratios: Vec<f64> = chunk.iter().filter_map(|(_, loads)| rank_ratio(loads, ep_size)).collect();
    SeriesRow {
        first: chunk.first().map_or(0, |(iteration, _)| *iteration),
        last: chunk.last().map_or(0, |(iteration, _)| *iteration),
        tokens: sums.iter().sum(),
        expert_imbalance: mean_of(chunk.iter().filter_map(|(_, loads)| imbalance_ratio(loads))),
        rank_imbalance: mean_of(ratios.iter().copied()),
        rank_imbalance_max: ratios.into_iter().reduce(f64::max),
    }
}

/// Least, lower quartile, median, upper quartile and largest, by the nearest rank; empty for nothing.
#[must_use]
pub fn quartiles(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut ascending: Vec<f64> = values.collect();
    ascending.sort_unstable_by(f64::total_cmp);
    let Some(last) = ascending.len().checked_sub(1) else { return Vec::new() };
    (0..=4).map(|quarter| ascending[(last * quarter + 2) / 4]).collect()
}

/// The windows' overlap and drift, folded to at most `most`.
fn hot_sets(statistics: &ExpertStatistics, layer: u32, window: &Window, most: usize) -> Vec<HotSetStep> {
    let (firsts, sums) = persistence_windows(statistics, layer, window);
    let sets: Vec<Vec<usize>> = sums.iter().map(|loads| hot_set(loads)).collect();
    let overlap = |at: usize| match at.checked_sub(1).map(|before| (&sets[before], &sets[at])) {
        Some((before, now)) if !before.is_empty() && !now.is_empty() => jaccard(before, now),
        _ => None,
    };
    let has_load = |at: usize| active_experts(&sums[at]) > 0;
    let drift = |at: usize| if has_load(at) { share_distance(&sums[0], &sums[at]) } else { None };
    let per_step = sums.len().div_ceil(most).max(1);
    let step = |first: usize| {
        let range: Range<usize> = first..(first + per_step).min(sums.len());
        HotSetStep {
            first: firsts[first],
            overlap: mean_of(range.clone().filter_map(overlap)),
            drift: mean_of(range.filter_map(drift)),
        }
    };
    (0..sums.len()).step_by(per_step).map(step).collect()
}
