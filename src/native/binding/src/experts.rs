// SPDX-License-Identifier: Apache-2.0
//! Expert load of mixture-of-experts models. Windows are half-open ranges of iteration numbers: `iterFrom` included, `iterTo` not.

use std::path::PathBuf;
use std::sync::Arc;

use iterscope_experts::metrics::contiguous_rank_loads;
use iterscope_experts::{
    SeriesAxis, layer_metrics, layer_series, perfect_load, read_statistics, vllm_balancedness_mean,
};
use napi::bindgen_prelude::{AsyncTask, Float64Array};
use napi::{Env, Result, Task};
use napi_derive::napi;

use crate::error::experts_error;
use crate::expert_plan::{ExpertPlanRequest, JudgeExperts, PlanExperts};
use crate::expert_series::{ExpertSeries, ExpertSeriesAxis, series_object};
use crate::guard::guarded;

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

    /// Tokens per expert of a layer, summed over a window. Throws `experts.no-such-layer`.
    #[napi]
    pub fn histogram(&self, layer: u32, iter_from: u32, iter_to: u32) -> Result<ExpertHistogram> {
        guarded(|| {
            let counts = self.sums(layer, iter_from, iter_to)?;
            Ok(ExpertHistogram { total: real(counts.iter().sum()), counts: reals(&counts) })
        })
    }

    /// Figures of every layer over a window; ranks are `epSize` contiguous blocks of experts.
    #[napi]
    pub fn layer_metrics(
        &self,
        iter_from: u32,
        iter_to: u32,
        ep_size: u32,
    ) -> Result<Vec<ExpertLayerMetrics>> {
        let window = iter_from..iter_to;
        let metrics = |layer: &u32| layer_metrics(&self.statistics, *layer, &window, ep_size as usize);
        let layers = self.statistics.layers.iter();
        guarded(|| {
            layers
                .map(|layer| metrics(layer).map(Into::into).map_err(|error| experts_error(&error)))
                .collect()
        })
    }

    /// vLLM's balancedness of all layers over ranks, mean over iterations; null where there is no answer.
    #[napi]
    pub fn vllm_balancedness(&self, iter_from: u32, iter_to: u32, ep_size: u32) -> Result<Option<f64>> {
        guarded(|| Ok(vllm_balancedness_mean(&self.statistics, &(iter_from..iter_to), ep_size as usize)))
    }

    /// Plans where the experts of all layers should live. Rejects with `experts.bad-plan`.
    #[napi]
    pub fn plan(&self, request: ExpertPlanRequest) -> AsyncTask<PlanExperts> {
        AsyncTask::new(PlanExperts { statistics: Arc::clone(&self.statistics), request })
    }

    /// What the text of a `moe_load_balancer` file would do to the iterations from `iterFrom` up to `iterTo`, excluded;
    /// `name` is that of the file. Rejects with `experts.bad-balancer` or `experts.bad-plan`.
    #[napi]
    pub fn judge_plan(
        &self,
        text: String,
        name: String,
        iter_from: u32,
        iter_to: u32,
        ep_size: u32,
    ) -> AsyncTask<JudgeExperts> {
        let statistics = Arc::clone(&self.statistics);
        let window = iter_from..iter_to;
        AsyncTask::new(JudgeExperts {
            statistics,
            text,
            name: name.into(),
            window,
            ep_size: ep_size as usize,
        })
    }

    /// How a layer went over iterations, in at most `rows` rows. Throws `experts.no-such-layer` or `experts.bad-plan`.
    #[napi]
    pub fn series(
        &self,
        layer: u32,
        iter_from: u32,
        iter_to: u32,
        by: ExpertSeriesAxis,
    ) -> Result<ExpertSeries> {
        let axis = (if by.over_ranks { SeriesAxis::Ranks } else { SeriesAxis::Experts }, by.ep_size as usize);
        guarded(|| {
            layer_series(&self.statistics, layer, &(iter_from..iter_to), axis, by.rows as usize)
                .map(|series| series_object(&series))
                .map_err(|error| experts_error(&error))
        })
    }

    /// What the perfect router would make of the layer's tokens on `epSize` ranks; `rotated` when a rank's stream begins
    /// at that rank. Null when the statistics do not tell the experts per token. Throws `experts.no-such-layer` or
    /// `experts.bad-plan`.
    #[napi]
    pub fn perfect_load(
        &self,
        layer: u32,
        iter_from: u32,
        iter_to: u32,
        ep_size: u32,
        rotated: bool,
    ) -> Result<Option<ExpertPerfectLoad>> {
        guarded(|| {
            perfect_load(&self.statistics, layer, &(iter_from..iter_to), ep_size as usize, rotated)
                .map(|load| load.map(Into::into))
                .map_err(|error| experts_error(&error))
        })
    }

    /// Tokens by layer (in the order of the summary's `layers`) and expert, summed over a window: layers × experts,
    /// row by row.
    #[napi]
    pub fn heatmap(&self, iter_from: u32, iter_to: u32) -> Result<Float64Array> {
        guarded(|| Ok(reals(&self.statistics.heatmap(&(iter_from..iter_to)))))
    }

    /// Tokens per rank of a layer, summed over a window, with ranks as `epSize` contiguous blocks of experts; null
    /// when the experts do not divide evenly. Throws `experts.no-such-layer`.
    #[napi]
    pub fn rank_loads(
        &self,
        layer: u32,
        iter_from: u32,
        iter_to: u32,
        ep_size: u32,
    ) -> Result<Option<Float64Array>> {
        guarded(|| {
            let counts = self.sums(layer, iter_from, iter_to)?;
            Ok(contiguous_rank_loads(&counts, ep_size as usize).map(|loads| reals(&loads)))
        })
    }
}

impl ExpertStatistics {
    fn sums(&self, layer: u32, iter_from: u32, iter_to: u32) -> Result<Vec<u64>> {
        self.statistics.histogram(layer, &(iter_from..iter_to)).map_err(|error| experts_error(&error))
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

/// Reads a folder of expert statistics, a record of `SGLang` (.pt) or a table (.csv). Rejects with an `experts.*` code.
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
