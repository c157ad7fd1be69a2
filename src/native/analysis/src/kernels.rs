// SPDX-License-Identifier: Apache-2.0
//! Kernels by name.

use iterscope_model::{CategoryRole, Kind, NameId};
use iterscope_store::Store;
use rustc_hash::FxHashMap;

use crate::selection::Subject;

/// All kernels of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelStat {
    /// Name as the trace has it.
    pub name: String,
    /// What they do.
    pub kind: Kind,
    /// How many.
    pub count: u64,
    /// Sum of durations.
    pub total_ns: i64,
    /// Shortest.
    pub min_ns: i64,
    /// Longest.
    pub max_ns: i64,
}

/// Kernel names by falling total time, at most `limit`; equal times by name.
#[must_use]
pub fn top_kernels(store: &Store, limit: usize) -> Vec<KernelStat> {
    top_kernels_of(&Subject::of(store), limit)
}

/// The same of a trace that other questions are asked about.
#[must_use]
pub fn top_kernels_of(subject: &Subject<'_>, limit: usize) -> Vec<KernelStat> {
    let store = subject.store;
    let mut by_name: FxHashMap<NameId, KernelStat> = FxHashMap::default();
    let work = subject.device_work();
    let activities = work.iter().flat_map(|work| &work.activities);
    for activity in activities.filter(|activity| activity.role == CategoryRole::Kernel) {
        let row = activity.row as usize;
        let length = activity.span.1 - activity.span.0;
        let stat = by_name.entry(store.name_ids()[row]).or_insert_with_key(|name| KernelStat {
            name: store.text(*name).unwrap_or_default().to_owned(),
            kind: Kind::from_number(store.kinds()[row]),
            count: 0,
            total_ns: 0,
            min_ns: length,
            max_ns: length,
        });
        stat.count += 1;
        stat.total_ns = stat.total_ns.saturating_add(length);
        stat.min_ns = stat.min_ns.min(length);
        stat.max_ns = stat.max_ns.max(length);
    }
    let mut stats: Vec<KernelStat> = by_name.into_values().collect();
    stats.sort_unstable_by(|a, b| b.total_ns.cmp(&a.total_ns).then_with(|| a.name.cmp(&b.name)));
    stats.truncate(limit);
    stats
}
