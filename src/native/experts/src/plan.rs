// SPDX-License-Identifier: Apache-2.0
//! Plans of where experts should live: made on some iterations, judged on others, against the placement without a load
//! balancer. A plan that fits only what it was made on shows itself here.

use rayon::prelude::*;

use crate::algorithms::deepseek::{Hierarchy, rebalance};
use crate::algorithms::tensorrt_llm::{place, replicate};
use crate::error::ExpertsError;
use crate::load_balancer::{ExpertTopology, LoadBalancerConfig, default_assignment};
use crate::metrics::{mean_of, spread_of_ranks};
use crate::placement::LayerPlacement;
use crate::statistics::{ExpertStatistics, Window};

/// How experts are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// TensorRT-LLM's: replicate, then place, without nodes.
    TensorRtLlm,
    /// `DeepSeek`'s: groups of experts stay within a node.
    DeepSeek(Hierarchy),
}

/// What a plan is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRequest {
    /// How.
    pub algorithm: Algorithm,
    /// Ranks.
    pub ep_size: usize,
    /// Slots of a layer over all ranks; more than experts make room for replicas.
    pub num_slots: usize,
    /// Layers that the engine places anew in every iteration, for the file.
    pub layer_updates_per_iter: u32,
    /// Iterations whose loads make the plan.
    pub made_on: Window,
    /// Iterations that judge it; none of `made_on`.
    pub judged_on: Window,
}

/// Imbalance over ranks, max/mean − 1, in the judging iterations; `None` without tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankImbalance {
    /// Mean over iterations.
    pub mean: Option<f64>,
    /// Of the summed counts; smaller.
    pub of_sums: Option<f64>,
    /// Tokens of a rank, mean over ranks and then over iterations.
    pub tokens_mean: Option<f64>,
    /// Sample standard deviation of the tokens of ranks, mean over iterations; `None` for one rank.
    pub tokens_std: Option<f64>,
}

/// The plan of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerPlan {
    /// The layer.
    pub layer: u32,
    /// Where its experts go.
    pub placement: LayerPlacement,
    /// Without a load balancer.
    pub before: RankImbalance,
    /// With the plan.
    pub after: RankImbalance,
    /// Tokens per expert in the judging iterations.
    pub counts: Vec<u64>,
    /// Tokens per rank in the judging iterations, without a load balancer.
    pub before_loads: Vec<f64>,
    /// The same with the plan.
    pub after_loads: Vec<f64>,
    /// Slots whose expert their rank does not hold without a load balancer.
    pub moves: usize,
}

/// Which placement a plan is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// Contiguous blocks of experts.
    Contiguous,
    /// The default assignment of as many slots, where experts do not divide evenly by the ranks.
    DefaultSlots,
}

/// What became of the mean over layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The plan leaves less imbalance.
    Better,
    /// It changes nothing: no reason to move experts.
    Same,
    /// It leaves more imbalance than no plan.
    Worse,
    /// No layer has tokens in the judging iterations.
    CannotTell,
}

/// A plan for all layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Every layer, in the order of the statistics.
    pub layers: Vec<LayerPlan>,
    /// What it is compared with.
    pub baseline: Baseline,
    /// Mean over layers of the mean over iterations, without a load balancer.
    pub before_mean: Option<f64>,
    /// The same with the plan.
    pub after_mean: Option<f64>,
    /// Slots of a rank and layer beyond those that its experts need without replicas.
    pub extra_slots_per_rank: usize,
    /// What became of it.
    pub verdict: Verdict,
    /// The file for the engine.
    pub config: LoadBalancerConfig,
}

impl PlanRequest {
    /// A request that makes the plan on the first half of `window` and judges it on the second.
    ///
    /// # Errors
    /// [`ExpertsError::BadPlan`] when the window holds fewer than two recorded iterations.
    pub fn halves(
        statistics: &ExpertStatistics,
        window: &Window,
        algorithm: Algorithm,
        (ep_size, num_slots): (usize, usize),
    ) -> Result<Self, ExpertsError> {
        let recorded: Vec<u32> =
            statistics.iterations.iter().copied().filter(|iteration| window.contains(iteration)).collect();
        let Some(&middle) = recorded.get(recorded.len().div_ceil(2)).filter(|_| recorded.len() > 1) else {
            return Err(bad(
                "A plan needs at least two recorded iterations, one to make it and one to judge it.",
            ));
        };
        Ok(Self {
            algorithm,
            ep_size,
            num_slots,
            layer_updates_per_iter: 0,
            made_on: window.start..middle,
            judged_on: middle..window.end,
        })
    }

    fn check(&self, statistics: &ExpertStatistics) -> Result<(), ExpertsError> {
        let Self { ep_size, made_on, judged_on, .. } = self;
        let topology = ExpertTopology { experts: statistics.experts, ep_size: *ep_size, attention_dp: true };
        let empty = LoadBalancerConfig {
            num_slots: self.num_slots,
            initial_global_assignments: None,
            layer_updates_per_iter: 0,
            ep_size: None,
        };
        empty.check(topology).map_err(|problem| bad(&problem.to_string()))?;
        if let Algorithm::DeepSeek(Hierarchy { groups, nodes }) = self.algorithm {
            let (experts, ranks) = (statistics.experts, *ep_size);
            if nodes == 0 || !ranks.is_multiple_of(nodes) {
                return Err(bad(&format!(
                    "{ranks} ranks do not split evenly over {nodes} nodes: choose a divisor of {ranks}."
                )));
            }
            if groups == 0 || !experts.is_multiple_of(groups) {
                return Err(bad(&format!(
                    "{experts} experts do not split evenly into {groups} groups: choose a divisor of {experts}."
                )));
            }
        }
        if made_on.start.max(judged_on.start) < made_on.end.min(judged_on.end) {
            return Err(bad(
                "The iterations that make a plan must not judge it: choose windows that do not overlap.",
            ));
        }
        for (window, what) in [(made_on, "make"), (judged_on, "judge")] {
            if !statistics.iterations.iter().any(|iteration| window.contains(iteration)) {
                let (from, to) = (window.start, window.end);
                return Err(bad(&format!(
                    "No iteration was recorded from {from} up to {to}, excluded, to {what} the plan: choose another window."
                )));
            }
        }
        Ok(())
    }

    fn slots_for(&self, loads: &[u64]) -> Vec<u32> {
        match self.algorithm {
            Algorithm::TensorRtLlm => place(loads, &replicate(loads, self.num_slots), self.ep_size),
            Algorithm::DeepSeek(hierarchy) => rebalance(loads, self.num_slots, self.ep_size, hierarchy),
        }
    }
}

/// Plans all layers.
///
/// # Errors
/// [`ExpertsError::BadPlan`] that says what does not fit.
pub fn make_plan(statistics: &ExpertStatistics, request: &PlanRequest) -> Result<Plan, ExpertsError> {
    request.check(statistics)?;
    let slots = statistics.layers.par_iter().map(|layer| {
        let loads = statistics.histogram(*layer, &request.made_on)?;
        Ok((*layer, request.slots_for(&loads)))
    });
    let assignments: Result<_, ExpertsError> = slots.collect();
    let config = LoadBalancerConfig {
        num_slots: request.num_slots,
        initial_global_assignments: Some(assignments?),
        layer_updates_per_iter: request.layer_updates_per_iter,
        ep_size: None,
    };
    Ok(judge(statistics, config, request.ep_size, &request.judged_on))
}

/// What a file of the load balancer would do to these iterations.
///
/// # Errors
/// [`ExpertsError::BadPlan`] with the rule that the file breaks.
pub fn judge_config(
    statistics: &ExpertStatistics,
    config: LoadBalancerConfig,
    ep_size: usize,
    judged_on: &Window,
) -> Result<Plan, ExpertsError> {
    let topology = ExpertTopology { experts: statistics.experts, ep_size, attention_dp: true };
    config.check(topology).map_err(|problem| bad(&problem.to_string()))?;
    Ok(judge(statistics, config, ep_size, judged_on))
}

/// The imbalance that plans with these numbers of slots leave, mean over layers, each with its slots.
///
/// # Errors
/// [`ExpertsError::BadPlan`] that says what does not fit.
pub fn slot_curve(
    statistics: &ExpertStatistics,
    request: &PlanRequest,
    slots: &[usize],
) -> Result<Vec<(usize, Option<f64>)>, ExpertsError> {
    let point = |num_slots: &usize| {
        let plan = make_plan(statistics, &PlanRequest { num_slots: *num_slots, ..request.clone() })?;
        Ok((*num_slots, plan.after_mean))
    };
    slots.iter().map(point).collect()
}

/// Numbers of slots worth comparing: from the fewest that hold all experts, `steps` times one more per rank.
#[must_use]
pub fn curve_slots(experts: usize, ep_size: usize, steps: usize) -> Vec<usize> {
    let fewest = experts.next_multiple_of(ep_size.max(1));
    (0..=steps).map(|step| fewest + step * ep_size).collect()
}

fn judge(statistics: &ExpertStatistics, config: LoadBalancerConfig, ep_size: usize, window: &Window) -> Plan {
    let experts = statistics.experts;
    let (baseline, slots) = if experts.is_multiple_of(ep_size) {
        (Baseline::Contiguous, default_assignment(experts, experts, ep_size))
    } else {
        (Baseline::DefaultSlots, default_assignment(experts, config.num_slots, ep_size))
    };
    let unplanned = LayerPlacement::new(slots, experts, ep_size);
    let plan_of = |layer: &u32| {
        let placement = LayerPlacement::new(config.slots_of(*layer, experts, ep_size), experts, ep_size);
        let sums = statistics.histogram(*layer, window).unwrap_or_else(|_| vec![0; experts]);
        LayerPlan {
            layer: *layer,
            before: imbalance(statistics, *layer, window, &unplanned),
            after: imbalance(statistics, *layer, window, &placement),
            before_loads: unplanned.rank_loads(&sums),
            after_loads: placement.rank_loads(&sums),
            moves: placement.moves_from(&unplanned),
            placement,
            counts: sums,
        }
    };
    let layers: Vec<LayerPlan> = statistics.layers.par_iter().map(plan_of).collect();
    let before_mean = mean_of(layers.iter().filter_map(|layer| layer.before.mean));
    let after_mean = mean_of(layers.iter().filter_map(|layer| layer.after.mean));
    Plan {
        baseline,
        verdict: verdict(before_mean, after_mean),
        before_mean,
        after_mean,
        extra_slots_per_rank: config.num_slots / ep_size - experts.div_ceil(ep_size),
        layers,
        config,
    }
}

fn imbalance(
    statistics: &ExpertStatistics,
    layer: u32,
    window: &Window,
    placement: &LayerPlacement,
) -> RankImbalance {
    let rank_loads = statistics.vectors(layer, window).map(|(_, loads)| placement.rank_loads(loads));
    let (tokens_mean, tokens_std) = spread_of_ranks(rank_loads);
    let per_iteration =
        statistics.vectors(layer, window).filter_map(|(_, loads)| placement.rank_imbalance(loads));
    let sums = statistics.histogram(layer, window).ok();
    RankImbalance {
        mean: mean_of(per_iteration),
        of_sums: sums.and_then(|loads| placement.rank_imbalance(&loads)),
        tokens_mean,
        tokens_std,
    }
}

/// Differences that rounding alone can make count as none.
fn verdict(before: Option<f64>, after: Option<f64>) -> Verdict {
    match (before, after) {
        (Some(before), Some(after)) if (before - after).abs() < 1e-9 => Verdict::Same,
        (Some(before), Some(after)) if after < before => Verdict::Better,
        (Some(_), Some(_)) => Verdict::Worse,
        _ => Verdict::CannotTell,
    }
}

impl Verdict {
    /// The verdict as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Same => "same",
            Self::Worse => "worse",
            Self::CannotTell => "cannot-tell",
        }
    }
}

impl Baseline {
    /// The baseline as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contiguous => "contiguous",
            Self::DefaultSlots => "default-slots",
        }
    }
}

fn bad(reason: &str) -> ExpertsError {
    ExpertsError::BadPlan { reason: reason.to_owned() }
}
