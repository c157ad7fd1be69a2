// SPDX-License-Identifier: Apache-2.0
//! Expert load of mixture-of-experts models. Windows are half-open ranges of iteration numbers: `iterFrom` included, `iterTo` not.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use iterscope_experts::metrics::contiguous_rank_loads;
use iterscope_experts::{
    ExpertsError, SeriesAxis, all_layer_metrics, layer_series, perfect_load, read_statistics,
    vllm_balancedness_mean,
};
use napi::bindgen_prelude::{AsyncTask, Float64Array};
use napi::{Env, Result, Task};
use napi_derive::napi;

use crate::error::experts_error;
use crate::expert_balance::ExpertBalance;
use crate::expert_plan::{ExpertPlan, ExpertPlanRequest, judge, plan};
use crate::expert_series::{ExpertSeries, ExpertSeriesAxis, series_object};
use crate::guard::guarded;
use crate::trace::CancelToken;
use crate::work::{Work, promised};

/// Something that the user should know about the statistics.
#[napi(object)]
pub struct ExpertWarning {
    /// Kind, such as `experts.rank-missing`.
    pub code: String,
    /// A sentence.
    pub message: String,
    /// How often.
    pub count: u32,
}

/// What the statistics hold.
#[napi(object, use_nullable = true)]
pub struct ExpertSummary {
    /// Number of experts.
    pub experts: u32,
    /// Experts per token, where the statistics tell.
    pub top_k: Option<u32>,
    /// Recorded layers, ascending.
    pub layers: Vec<u32>,
    /// First recorded iteration.
    pub iteration_start: u32,
    /// One past the last recorded iteration.
    pub iteration_end: u32,
    /// Recorded iterations; fewer than between start and end when there are gaps.
    pub iteration_count: u32,
    /// Ranks with a file, ascending.
    pub ranks: Vec<u32>,
    /// How the ranks' counts became one.
    #[napi(ts_type = "'single' | 'summed' | 'one-of-identical'")]
    pub combination: String,
    /// What the user should know.
    pub warnings: Vec<ExpertWarning>,
    /// Lines about balance in a log; with them there are neither layers nor experts.
    pub balance_lines: u32,
    /// The models that the lines are about, by first appearance; one without a name where they name none.
    pub balance_models: Vec<String>,
}

/// Tokens per expert.
#[napi(object)]
pub struct ExpertHistogram {
    /// Tokens, by expert.
    pub counts: Float64Array,
    /// Their sum.
    pub total: f64,
}

/// Figures of a layer over a window; null where there is no answer. Those over experts without "Mean" in their name
/// are of the summed counts.
#[napi(object, use_nullable = true)]
pub struct ExpertLayerMetrics {
    /// The layer.
    pub layer: u32,
    /// Tokens routed, each counted once per chosen expert.
    pub tokens: f64,
    /// Iterations of the window in which the layer had tokens.
    pub iterations_with_tokens: u32,
    /// max/mean − 1 over experts, mean over iterations (as TensorRT-LLM reports it).
    pub expert_imbalance_mean: Option<f64>,
    /// max/mean − 1 over experts of the summed counts.
    pub expert_imbalance_of_sums: Option<f64>,
    /// max/mean − 1 over ranks with contiguous blocks of experts, mean over iterations.
    pub rank_imbalance_mean: Option<f64>,
    /// max/mean − 1 over such ranks of the summed counts.
    pub rank_imbalance_of_sums: Option<f64>,
    /// mean/max over experts.
    pub balancedness: Option<f64>,
    /// Sample standard deviation over mean, over experts.
    pub coefficient_of_variation: Option<f64>,
    /// Gini coefficient over experts.
    pub gini: Option<f64>,
    /// exp(entropy) over experts.
    pub effective_experts: Option<f64>,
    /// Experts with tokens.
    pub active_experts: Option<u32>,
    /// Experts without tokens.
    pub dead_experts: Option<u32>,
    /// Share of the 8 most loaded experts, 0 to 1.
    pub top_share: Option<f64>,
    /// Mean Jaccard overlap of the top-8 sets of consecutive windows of 10 iterations.
    pub hot_set_persistence: Option<f64>,
    /// Half the sum of the differences of the experts' shares between the first and the last window of 10 iterations.
    pub load_drift: Option<f64>,
    /// Experts with tokens on a rank, mean over ranks and iterations.
    pub active_experts_per_rank: Option<f64>,
    /// `SGLang`'s balancedness over ranks, mean over iterations.
    pub sglang_balancedness: Option<f64>,
    /// Tokens of a rank, mean over ranks and then over iterations, as `report_load_statistics` prints its mean.
    pub rank_tokens_mean: Option<f64>,
    /// Sample standard deviation of the tokens of ranks, mean over iterations, as it prints its std; null for one rank.
    pub rank_tokens_std: Option<f64>,
    /// Median over iterations of max/mean − 1 over ranks.
    pub rank_imbalance_median: Option<f64>,
    /// The largest of them.
    pub rank_imbalance_max: Option<f64>,
    /// Tokens of the most loaded rank and of the mean rank, summed over iterations.
    pub critical_tokens: Option<ExpertCriticalLoad>,
    /// The same of experts with tokens.
    pub critical_active: Option<ExpertCriticalLoad>,
}

/// What the slowest and what the mean rank had to do, summed over iterations.
#[napi(object)]
pub struct ExpertCriticalLoad {
    /// Of the rank that had most, iteration by iteration.
    pub max: f64,
    /// Of the mean rank.
    pub mean: f64,
}

/// The perfect router's expectation; null where there is no answer.
#[napi(object, use_nullable = true)]
pub struct ExpertPerfectLoad {
    /// Tokens, by expert.
    pub counts: Float64Array,
    /// max/mean − 1 over ranks, mean over iterations: what perfect routing leaves.
    pub rank_imbalance_mean: Option<f64>,
    /// Tokens of a rank in an iteration, mean over iterations.
    pub tokens_per_rank: Option<f64>,
}

/// Expert statistics of a run, in memory.
#[napi]
pub struct ExpertStatistics {
    statistics: Arc<iterscope_experts::ExpertStatistics>,
}

#[napi]
impl ExpertStatistics {
    /// What the statistics hold.
    #[napi]
    pub fn summary(&self) -> Result<ExpertSummary> {
        guarded(|| Ok(summary_of(&self.statistics)))
    }

    /// The lines of one model about balance, by its position in the summary, in at most `rows` rows.
    #[napi(ts_return_type = "Promise<ExpertBalance>")]
    #[must_use]
    pub fn balance(&self, model: u32, rows: u32) -> AsyncTask<Work<ExpertBalance>> {
        self.ask(move |statistics| Ok(statistics.balance.series(model as usize, rows as usize).into()))
    }

    /// Tokens per expert of a layer, summed over a window. Rejects with `experts.no-such-layer`.
    #[napi(ts_return_type = "Promise<ExpertHistogram>")]
    #[must_use]
    pub fn histogram(&self, layer: u32, iter_from: u32, iter_to: u32) -> AsyncTask<Work<ExpertHistogram>> {
        self.ask(move |statistics| {
            let counts = statistics.histogram(layer, &(iter_from..iter_to))?;
            Ok(ExpertHistogram { total: real(counts.iter().sum()), counts: reals(&counts) })
        })
    }

    /// Figures of every layer over a window; ranks are `epSize` contiguous blocks of experts. Rejects with
    /// `request.cancelled` once `cancel` was used.
    #[napi(ts_return_type = "Promise<Array<ExpertLayerMetrics>>")]
    #[must_use]
    pub fn layer_metrics(
        &self,
        iter_from: u32,
        iter_to: u32,
        ep_size: u32,
        cancel: &CancelToken,
    ) -> AsyncTask<Work<Vec<ExpertLayerMetrics>>> {
        let cancel = cancel.cancel.clone();
        self.ask(move |statistics| {
            let is_cancelled = || cancel.is_cancelled();
            let metrics =
                all_layer_metrics(statistics, &(iter_from..iter_to), ep_size as usize, is_cancelled)?;
            Ok(metrics.into_iter().map(Into::into).collect())
        })
    }

    /// vLLM's balancedness of all layers over ranks, mean over iterations; null where there is no answer.
    #[napi(ts_return_type = "Promise<number | null>")]
    #[must_use]
    pub fn vllm_balancedness(
        &self,
        iter_from: u32,
        iter_to: u32,
        ep_size: u32,
    ) -> AsyncTask<Work<Option<f64>>> {
        self.ask(move |statistics| {
            Ok(vllm_balancedness_mean(statistics, &(iter_from..iter_to), ep_size as usize))
        })
    }

    /// Plans where the experts of all layers should live. Rejects with `experts.bad-plan`.
    #[napi(ts_return_type = "Promise<ExpertPlan>")]
    #[must_use]
    pub fn plan(&self, request: ExpertPlanRequest) -> AsyncTask<Work<ExpertPlan>> {
        self.ask(move |statistics| plan(statistics, &request))
    }

    /// What the text of a `moe_load_balancer` file would do to the iterations from `iterFrom` up to `iterTo`, excluded;
    /// `name` is that of the file. Rejects with `experts.bad-balancer` or `experts.bad-plan`.
    #[napi(ts_return_type = "Promise<ExpertPlan>")]
    #[must_use]
    pub fn judge_plan(
        &self,
        text: String,
        name: String,
        iter_from: u32,
        iter_to: u32,
        ep_size: u32,
    ) -> AsyncTask<Work<ExpertPlan>> {
        self.ask(move |statistics| {
            judge(statistics, (&text, Path::new(&name)), &(iter_from..iter_to), ep_size as usize)
        })
    }

    /// How a layer went over iterations, in at most `rows` rows. Rejects with `experts.no-such-layer` or
    /// `experts.bad-plan`.
    #[napi(ts_return_type = "Promise<ExpertSeries>")]
    #[must_use]
    pub fn series(
        &self,
        layer: u32,
        iter_from: u32,
        iter_to: u32,
        by: ExpertSeriesAxis,
    ) -> AsyncTask<Work<ExpertSeries>> {
        self.ask(move |statistics| {
            let axis =
                (if by.over_ranks { SeriesAxis::Ranks } else { SeriesAxis::Experts }, by.ep_size as usize);
            layer_series(statistics, layer, &(iter_from..iter_to), axis, by.rows as usize)
                .map(|series| series_object(&series))
        })
    }

    /// What the perfect router would make of the layer's tokens on `epSize` ranks; `rotated` when a rank's stream begins
    /// at that rank. Null when the statistics do not tell the experts per token. Rejects with `experts.no-such-layer` or
    /// `experts.bad-plan`.
    #[napi(ts_return_type = "Promise<ExpertPerfectLoad | null>")]
    #[must_use]
    pub fn perfect_load(
        &self,
        layer: u32,
        iter_from: u32,
        iter_to: u32,
        ep_size: u32,
        rotated: bool,
    ) -> AsyncTask<Work<Option<ExpertPerfectLoad>>> {
        self.ask(move |statistics| {
            let load = perfect_load(statistics, layer, &(iter_from..iter_to), ep_size as usize, rotated)?;
            Ok(load.map(Into::into))
        })
    }

    /// Tokens by layer (in the order of the summary's `layers`) and expert, summed over a window: layers × experts,
    /// row by row.
    #[napi(ts_return_type = "Promise<Float64Array>")]
    #[must_use]
    pub fn heatmap(&self, iter_from: u32, iter_to: u32) -> AsyncTask<Work<Float64Array>> {
        self.ask(move |statistics| Ok(reals(&statistics.heatmap(&(iter_from..iter_to)))))
    }

    /// Tokens per rank of a layer, summed over a window, with ranks as `epSize` contiguous blocks of experts; null
    /// when the experts do not divide evenly. Rejects with `experts.no-such-layer`.
    #[napi(ts_return_type = "Promise<Float64Array | null>")]
    #[must_use]
    pub fn rank_loads(
        &self,
        layer: u32,
        iter_from: u32,
        iter_to: u32,
        ep_size: u32,
    ) -> AsyncTask<Work<Option<Float64Array>>> {
        self.ask(move |statistics| {
            let counts = statistics.histogram(layer, &(iter_from..iter_to))?;
            Ok(contiguous_rank_loads(&counts, ep_size as usize).map(|loads| reals(&loads)))
        })
    }
}

impl ExpertStatistics {
    /// A promise of an answer; a mistake in making it fails nothing else.
    fn ask<T: Send + 'static>(
        &self,
        answer: impl FnOnce(&iterscope_experts::ExpertStatistics) -> std::result::Result<T, ExpertsError>
        + Send
        + 'static,
    ) -> AsyncTask<Work<T>>
    where
        Work<T>: Task,
    {
        let statistics = Arc::clone(&self.statistics);
        promised(move || answer(&statistics).map_err(|error| experts_error(&error)))
    }
}

fn summary_of(statistics: &iterscope_experts::ExpertStatistics) -> ExpertSummary {
    let warning = |warning: &iterscope_experts::Warning| ExpertWarning {
        code: warning.code.as_str().to_owned(),
        message: warning.message.clone(),
        count: small(warning.count),
    };
    ExpertSummary {
        experts: small(statistics.experts),
        top_k: statistics.top_k,
        layers: statistics.layers.clone(),
        iteration_start: statistics.iterations.first().copied().unwrap_or(0),
        iteration_end: statistics.iterations.last().map_or(0, |last| last.saturating_add(1)),
        iteration_count: small(statistics.iterations.len()),
        ranks: statistics.ranks.clone(),
        combination: statistics.combination.as_str().to_owned(),
        warnings: statistics.warnings.iter().map(warning).collect(),
        balance_lines: small(statistics.balance.lines.len()),
        balance_models: statistics.balance.models.clone(),
    }
}

impl From<iterscope_experts::CriticalLoad> for ExpertCriticalLoad {
    fn from(load: iterscope_experts::CriticalLoad) -> Self {
        Self { max: load.max, mean: load.mean }
    }
}

impl From<iterscope_experts::PerfectLoad> for ExpertPerfectLoad {
    fn from(load: iterscope_experts::PerfectLoad) -> Self {
        Self {
            counts: reals(&load.counts),
            rank_imbalance_mean: load.rank_imbalance_mean,
            tokens_per_rank: load.tokens_per_rank,
        }
    }
}

impl From<iterscope_experts::LayerMetrics> for ExpertLayerMetrics {
    fn from(metrics: iterscope_experts::LayerMetrics) -> Self {
        Self {
            layer: metrics.layer,
            tokens: real(metrics.tokens),
            iterations_with_tokens: metrics.iterations_with_tokens,
            expert_imbalance_mean: metrics.expert_imbalance_mean,
            expert_imbalance_of_sums: metrics.expert_imbalance_of_sums,
            rank_imbalance_mean: metrics.rank_imbalance_mean,
            rank_imbalance_of_sums: metrics.rank_imbalance_of_sums,
            balancedness: metrics.balancedness,
            coefficient_of_variation: metrics.coefficient_of_variation,
            gini: metrics.gini,
            effective_experts: metrics.effective_experts,
            active_experts: metrics.active_experts.map(small),
            dead_experts: metrics.dead_experts.map(small),
            top_share: metrics.top_share,
            hot_set_persistence: metrics.hot_set_persistence,
            load_drift: metrics.load_drift,
            active_experts_per_rank: metrics.active_experts_per_rank,
            sglang_balancedness: metrics.sglang_balancedness,
            rank_tokens_mean: metrics.rank_tokens_mean,
            rank_tokens_std: metrics.rank_tokens_std,
            rank_imbalance_median: metrics.rank_imbalance_median,
            rank_imbalance_max: metrics.rank_imbalance_max,
            critical_tokens: metrics.critical_tokens.map(Into::into),
            critical_active: metrics.critical_active.map(Into::into),
        }
    }
}

/// Work of [`open_expert_statistics`].
pub struct Open {
    path: PathBuf,
}

#[napi]
impl Task for Open {
    type Output = iterscope_experts::ExpertStatistics;
    type JsValue = ExpertStatistics;

    fn compute(&mut self) -> Result<Self::Output> {
        guarded(|| read_statistics(&self.path).map_err(|error| experts_error(&error)))
    }

    fn resolve(&mut self, _env: Env, statistics: Self::Output) -> Result<Self::JsValue> {
        Ok(ExpertStatistics { statistics: Arc::new(statistics) })
    }
}

/// Reads a folder of expert statistics, a record of `SGLang` or a dump of vLLM (.pt, .safetensors), a log of vLLM (.log, .txt)
/// or a table (.csv, .parquet). Rejects with an `experts.*` code.
#[napi]
pub fn open_expert_statistics(path: String) -> AsyncTask<Open> {
    AsyncTask::new(Open { path: path.into() })
}

/// Counts and numbers of things stay far below 2^32.
fn small(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn reals(values: &[u64]) -> Float64Array {
    Float64Array::new(values.iter().map(|value| real(*value)).collect())
}

/// Token counts stay far below 2^53, where doubles are exact.
#[allow(clippy::cast_precision_loss)]
fn real(value: u64) -> f64 {
    value as f64
}
