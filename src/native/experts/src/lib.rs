// SPDX-License-Identifier: Apache-2.0
//! Expert load of mixture-of-experts models: reading the statistics that TensorRT-LLM (and the embedded engine)
//! write, and the figures that say how evenly tokens were spread.
//!
//! A window is a half-open range of iteration numbers. Whatever has no tokens has no ratio: functions answer `None`
//! there, never zero.

pub mod algorithms;
mod error;
mod layer;
mod load_balancer;
pub mod metrics;
mod placement;
mod rank_file;
mod read;
mod statistics;

pub use error::{ExpertsError, Warning, WarningCode};
pub use layer::{LayerMetrics, layer_metrics};
pub use load_balancer::{BalancerProblem, ExpertTopology, LoadBalancerConfig, default_assignment};
pub use placement::LayerPlacement;
pub use read::read_folder;
pub use statistics::{Combination, ExpertStatistics, Window};
