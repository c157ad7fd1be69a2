// SPDX-License-Identifier: Apache-2.0
//! Plans of where experts should live. Windows are half-open ranges of iteration numbers.

use std::ops::Range;
use std::path::Path;

use iterscope_experts::algorithms::deepseek::Hierarchy;
use iterscope_experts::{
    Algorithm, ExpertStatistics, ExpertsError, LoadBalancerConfig, Plan, PlanRequest, curve_slots,
    judge_config, make_plan, slot_curve,
};
use napi::bindgen_prelude::{Float64Array, Uint32Array};
use napi_derive::napi;

/// What a plan is for.
#[napi(object)]
pub struct ExpertPlanRequest {
    /// Whose algorithm.
    #[napi(ts_type = "'tensorrt-llm' | 'deepseek'")]
    pub algorithm: String,
    /// Groups of experts that stay on one node; for `deepseek`.
    pub groups: u32,
    /// Nodes; for `deepseek`.
    pub nodes: u32,
    /// Ranks.
    pub ep_size: u32,
    /// Slots of a layer over all ranks.
    pub num_slots: u32,
    /// Layers that the engine places anew in every iteration; for the file.
    pub layer_updates_per_iter: u32,
    /// First iteration that makes the plan.
    pub made_from: u32,
    /// One past the last iteration that makes it.
    pub made_to: u32,
    /// First iteration that judges it.
    pub judged_from: u32,
    /// One past the last iteration that judges it.
    pub judged_to: u32,
    /// Points of the curve of slots beyond the first; 0 for no curve.
    pub curve_steps: u32,
}

/// The plan of one layer. Imbalance is max/mean − 1 over ranks in the judging iterations; null without tokens.
#[napi(object, use_nullable = true)]
pub struct ExpertLayerPlan {
    /// The layer.
    pub layer: u32,
    /// The expert of each slot.
    pub slots: Uint32Array,
    /// Replicas of each expert.
    pub replicas: Uint32Array,
    /// Without a plan, mean over iterations.
    pub before_mean: Option<f64>,
    /// Without a plan, of the summed counts.
    pub before_of_sums: Option<f64>,
    /// With the plan, mean over iterations.
    pub after_mean: Option<f64>,
    /// With the plan, of the summed counts.
    pub after_of_sums: Option<f64>,
    /// Tokens of a rank, mean over ranks and iterations.
    pub rank_tokens_mean: Option<f64>,
    /// Sample standard deviation of the tokens of ranks, mean over iterations, without a plan.
    pub before_std: Option<f64>,
    /// The same with the plan.
    pub after_std: Option<f64>,
    /// Tokens per expert in the judging iterations.
    pub counts: Float64Array,
    /// Tokens per rank in the judging iterations without a plan.
    pub before_loads: Float64Array,
    /// Tokens per rank with the plan.
    pub after_loads: Float64Array,
    /// Slots whose expert their rank does not hold without a plan.
    pub moves: u32,
}

/// What plans with so many slots leave.
#[napi(object, use_nullable = true)]
pub struct ExpertCurvePoint {
    /// Slots of a layer.
    pub slots: u32,
    /// Imbalance left, mean over layers and iterations.
    pub after_mean: Option<f64>,
}

/// A plan for all layers.
#[napi(object, use_nullable = true)]
pub struct ExpertPlan {
    /// Slots of a layer over all ranks.
    pub num_slots: u32,
    /// Every layer.
    pub layers: Vec<ExpertLayerPlan>,
    /// What it is compared with: contiguous blocks, or the default assignment where experts do not divide by the ranks.
    #[napi(ts_type = "'contiguous' | 'default-slots'")]
    pub baseline: String,
    /// Mean over layers without a plan.
    pub before_mean: Option<f64>,
    /// Mean over layers with the plan.
    pub after_mean: Option<f64>,
    /// Slots of a rank and layer beyond those that its experts need without replicas.
    pub extra_slots_per_rank: u32,
    /// What became of the mean.
    #[napi(ts_type = "'better' | 'same' | 'worse' | 'cannot-tell'")]
    pub verdict: String,
    /// The `moe_load_balancer` file.
    pub yaml: String,
    /// Slots against imbalance left; empty when it was not asked for.
    pub curve: Vec<ExpertCurvePoint>,
}

/// What the text of a `moe_load_balancer` file would do.
pub fn judge(
    statistics: &ExpertStatistics,
    (text, name): (&str, &Path),
    window: &Range<u32>,
    ep_size: usize,
) -> Result<ExpertPlan, ExpertsError> {
    let config = LoadBalancerConfig::parse(text, name)?;
    judge_config(statistics, config, ep_size, window).map(|plan| plan_object(&plan, &[]))
}

/// A plan for all layers.
pub fn plan(statistics: &ExpertStatistics, asked: &ExpertPlanRequest) -> Result<ExpertPlan, ExpertsError> {
    let hierarchy = Hierarchy { groups: asked.groups as usize, nodes: asked.nodes as usize };
    let request = PlanRequest {
        algorithm: match asked.algorithm.as_str() {
            "deepseek" => Algorithm::DeepSeek(hierarchy),
            _ => Algorithm::TensorRtLlm,
        },
        ep_size: asked.ep_size as usize,
        num_slots: asked.num_slots as usize,
        layer_updates_per_iter: asked.layer_updates_per_iter,
        made_on: asked.made_from..asked.made_to,
        judged_on: asked.judged_from..asked.judged_to,
    };
    let plan = make_plan(statistics, &request)?;
    let curve = match asked.curve_steps as usize {
        0 => Vec::new(),
        steps => slot_curve(statistics, &request, &curve_slots(statistics.experts, request.ep_size, steps))?,
    };
    Ok(plan_object(&plan, &curve))
}

fn plan_object(plan: &Plan, curve: &[(usize, Option<f64>)]) -> ExpertPlan {
    let layer = |layer: &iterscope_experts::LayerPlan| ExpertLayerPlan {
        layer: layer.layer,
        slots: layer.placement.slots().to_vec().into(),
        replicas: layer.placement.replicas().to_vec().into(),
        before_mean: layer.before.mean,
        before_of_sums: layer.before.of_sums,
        after_mean: layer.after.mean,
        after_of_sums: layer.after.of_sums,
        rank_tokens_mean: layer.after.tokens_mean,
        before_std: layer.before.tokens_std,
        after_std: layer.after.tokens_std,
        counts: layer.counts.iter().map(|count| real(*count)).collect::<Vec<f64>>().into(),
        before_loads: layer.before_loads.clone().into(),
        after_loads: layer.after_loads.clone().into(),
        moves: small(layer.moves),
    };
    ExpertPlan {
        num_slots: small(plan.config.num_slots),
        layers: plan.layers.iter().map(layer).collect(),
        baseline: plan.baseline.as_str().to_owned(),
        before_mean: plan.before_mean,
        after_mean: plan.after_mean,
        extra_slots_per_rank: small(plan.extra_slots_per_rank),
        verdict: plan.verdict.as_str().to_owned(),
        yaml: plan.config.to_yaml(),
        curve: curve
            .iter()
            .map(|(slots, left)| ExpertCurvePoint { slots: small(*slots), after_mean: *left })
            .collect(),
    }
}

/// Token counts stay far below 2^53, where doubles are exact.
#[allow(clippy::cast_precision_loss)]
fn real(value: u64) -> f64 {
    value as f64
}

/// Counts of slots and experts stay far below 2^32.
fn small(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
