// SPDX-License-Identifier: Apache-2.0
//! Kernels by name.

use napi_derive::napi;

use super::numbers::{count, real};

/// All kernels of one name.
#[napi(object)]
pub struct KernelStat {
    /// Name as the trace has it.
    pub name: String,
    /// What they do.
    pub kind: String,
    /// How many.
    pub count: f64,
    /// Sum of durations.
    pub total_ns: f64,
    /// Shortest.
    pub min_ns: f64,
    /// Longest.
    pub max_ns: f64,
}

impl From<iterscope_analysis::KernelStat> for KernelStat {
    fn from(stat: iterscope_analysis::KernelStat) -> Self {
        Self {
            name: stat.name,
            kind: stat.kind.label().to_owned(),
            count: count(stat.count),
            total_ns: real(stat.total_ns),
            min_ns: real(stat.min_ns),
            max_ns: real(stat.max_ns),
        }
    }
}
