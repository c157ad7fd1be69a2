// SPDX-License-Identifier: Apache-2.0
//! Layers over iterations, and what the perfect router would deal.

use iterscope_experts::LayerSeries;
use iterscope_experts::perfect_router::PerfectRouter;
use napi::bindgen_prelude::{AsyncTask, Float64Array};
use napi_derive::napi;

use crate::error::experts_error;
use crate::work::{Work, promised};

/// What the rows and columns of a series are.
#[napi(object)]
#[derive(Clone, Copy)]
pub struct ExpertSeriesAxis {
    /// Columns are ranks with contiguous blocks of experts; else experts.
    pub over_ranks: bool,
    /// Ranks.
    pub ep_size: u32,
    /// Rows at most.
    pub rows: u32,
}

/// Consecutive recorded iterations that share a row. Ratios are means over its iterations; null without tokens.
#[napi(object, use_nullable = true)]
pub struct ExpertSeriesRow {
    /// First iteration.
    pub first: u32,
    /// Last iteration.
    pub last: u32,
    /// Tokens of the layer.
    pub tokens: f64,
    /// max/mean − 1 over experts.
    pub expert_imbalance: Option<f64>,
    /// max/mean − 1 over ranks.
    pub rank_imbalance: Option<f64>,
    /// The largest over ranks.
    pub rank_imbalance_max: Option<f64>,
}

/// A window of 10 iterations against others.
#[napi(object, use_nullable = true)]
pub struct ExpertHotSetStep {
    /// First iteration of the window.
    pub first: u32,
    /// Jaccard overlap of its hot set with that of the window before.
    pub overlap: Option<f64>,
    /// Distance of its shares from those of the first window.
    pub drift: Option<f64>,
}

/// A layer over iterations.
#[napi(object)]
pub struct ExpertSeries {
    /// Recorded iterations that share a row.
    pub iterations_per_row: u32,
    /// Ascending.
    pub rows: Vec<ExpertSeriesRow>,
    /// Experts or ranks.
    pub columns: u32,
    /// Tokens, rows × columns.
    pub cells: Float64Array,
    /// Imbalance over ranks by iteration: least, quartiles, largest; empty without an answer.
    pub rank_quartiles: Vec<f64>,
    /// Windows of 10 iterations.
    pub hot_sets: Vec<ExpertHotSetStep>,
}

#[allow(clippy::cast_precision_loss)]
pub fn series_object(series: &LayerSeries) -> ExpertSeries {
    let row = |row: &iterscope_experts::SeriesRow| ExpertSeriesRow {
        first: row.first,
        last: row.last,
        tokens: row.tokens as f64,
        expert_imbalance: row.expert_imbalance,
        rank_imbalance: row.rank_imbalance,
        rank_imbalance_max: row.rank_imbalance_max,
    };
    let step = |step: &iterscope_experts::HotSetStep| ExpertHotSetStep {
        first: step.first,
        overlap: step.overlap,
        drift: step.drift,
    };
    ExpertSeries {
        iterations_per_row: u32::try_from(series.iterations_per_row).unwrap_or(u32::MAX),
        rows: series.rows.iter().map(row).collect(),
        columns: u32::try_from(series.columns).unwrap_or(u32::MAX),
        cells: Float64Array::new(series.cells.iter().map(|cell| *cell as f64).collect()),
        rank_quartiles: series.rank_quartiles.clone(),
        hot_sets: series.hot_sets.iter().map(step).collect(),
    }
}

/// What decides where the perfect router sends tokens.
#[napi(object)]
#[derive(Clone, Copy)]
pub struct PerfectRouterRequest {
    /// Experts per layer.
    pub experts: u32,
    /// Experts per token.
    pub top_k: u32,
    /// Ranks.
    pub ep_size: u32,
    /// Tokens of each rank.
    pub tokens_per_rank: u32,
    /// Whether a rank's stream begins at that rank (eras e2 and e3).
    pub rotated: bool,
}

/// Tokens per expert under the perfect router, all ranks together. Rejects with `experts.bad-plan`.
#[napi(ts_return_type = "Promise<Float64Array>")]
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn perfect_router_loads(request: PerfectRouterRequest) -> AsyncTask<Work<Float64Array>> {
    let router = PerfectRouter {
        experts: request.experts as usize,
        ranks: request.ep_size as usize,
        is_rotated: request.rotated,
    };
    promised(move || {
        router
            .loads(request.tokens_per_rank as usize, request.top_k as usize)
            .map(|loads| Float64Array::new(loads.iter().map(|load| *load as f64).collect()))
            .map_err(|error| experts_error(&error))
    })
}
