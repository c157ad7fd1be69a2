// SPDX-License-Identifier: Apache-2.0
//! The two published ways of placing experts by their loads. Pure and deterministic.

pub mod deepseek;
pub mod tensorrt_llm;

/// Load per replica, as both algorithms compare it.
#[allow(clippy::cast_precision_loss)]
fn load_per_replica(load: u64, replicas: u32) -> f64 {
    load as f64 / f64::from(replicas)
}

/// Ids of experts and ranks are far below 2^32.
fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
