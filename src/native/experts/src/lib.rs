// SPDX-License-Identifier: Apache-2.0
//! Expert load of mixture-of-experts models: reading the statistics that TensorRT-LLM (and the embedded engine)
//! write, the figures that say how evenly tokens were spread, and plans that place experts by them.
//!
//! A window is a half-open range of iteration numbers. Whatever has no tokens has no ratio: functions answer `None`
//! there, never zero.

pub mod algorithms;
mod balance;
mod error;
mod formats;
mod layer;
mod load_balancer;
pub mod metrics;
mod perfect_load;
pub mod perfect_router;
mod placement;
mod plan;
mod rank_file;
mod read;
mod read_at;
mod regular;
mod series;
mod statistics;
mod sum;

pub use balance::{BalanceLine, BalanceLog, BalanceRow, BalanceSeries};
pub use error::{ExpertsError, Warning, WarningCode};
pub use layer::{CriticalLoad, LayerMetrics, all_layer_metrics, layer_metrics, vllm_balancedness_mean};
pub use load_balancer::{BalancerProblem, ExpertTopology, LoadBalancerConfig, default_assignment};
pub use perfect_load::{PerfectLoad, perfect_load};
pub use placement::LayerPlacement;
pub use plan::{
    Algorithm, Baseline, LayerPlan, Plan, PlanRequest, RankImbalance, Verdict, curve_slots, judge_config,
    make_plan, slot_curve,
};
pub use read::{read_folder, read_statistics};
pub use series::{HotSetStep, LayerSeries, MOST_ROWS, SeriesAxis, SeriesRow, layer_series};
pub use statistics::{Combination, ExpertStatistics, Window};
