// SPDX-License-Identifier: Apache-2.0
//! What `HolisticTraceAnalysis` takes names for.

use iterscope_model::{CategoryRole, NameId};
use iterscope_store::Store;

use crate::devices::roles;

/// Its kinds of kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkKind {
    Communication,
    Memory,
    Computation,
    Other,
}

/// Calls whose delay it tells.
const TIMED: [&str; 5] = [
    "cudaLaunchKernel",
    "cudaLaunchKernelExC",
    "cudaMemcpyAsync",
    "cudaMemsetAsync",
    "runFunction - job_prep_and_submit_for_execution",
];

/// Further calls that put something into a queue.
const QUEUED: [&str; 6] = [
    "cuLaunchKernel",
    "hipLaunchKernel",
    "hipExtModuleLaunchKernel",
    "hipMemsetAsync",
    "hipMemcpyAsync",
    "hipMemcpyWithStream",
];

const STEP: &str = "ProfilerStep";

/// What each name of a trace is.
pub struct HtaNames {
    kinds: Vec<WorkKind>,
    timed: Vec<bool>,
    queued: Vec<bool>,
    steps: Vec<bool>,
}

impl HtaNames {
    /// Of a trace.
    pub fn of(store: &Store) -> Self {
        let names = || (0..store.name_count()).map(|id| store.text(as_id(id)).unwrap_or_default());
        Self {
            kinds: names().map(kind_of).collect(),
            timed: names().map(|name| TIMED.contains(&name)).collect(),
            queued: names().map(|name| TIMED.contains(&name) || QUEUED.contains(&name)).collect(),
            steps: names().map(|name| name.contains(STEP)).collect(),
        }
    }

    /// What kind of work a name is.
    pub fn kind(&self, name: NameId) -> WorkKind {
        self.kinds.get(name as usize).copied().unwrap_or(WorkKind::Computation)
    }

    /// Whether the delay of such a call is told.
    pub fn is_timed_launch(&self, name: NameId) -> bool {
        self.timed.get(name as usize).is_some_and(|timed| *timed)
    }

    /// Whether such a call makes a queue longer.
    pub fn is_queued_launch(&self, name: NameId) -> bool {
        self.queued.get(name as usize).is_some_and(|queued| *queued)
    }

    /// Start of the last profiler step, on host or device, when there are two names of them or more.
    pub fn last_step_ns(&self, store: &Store) -> Option<i64> {
        if self.steps.iter().filter(|step| **step).count() < 2 {
            return None;
        }
        let roles = roles(store);
        let rows = store.name_ids().iter().zip(store.categories()).zip(store.starts());
        let steps = rows.filter(|((name, category), _)| {
            let is_step = self.steps.get(**name as usize).is_some_and(|step| *step);
            is_step && !matches!(roles[usize::from(**category)], CategoryRole::Kernel)
        });
        steps.map(|(_, start)| *start).max()
    }
}

/// Its three expressions, in its order.
fn kind_of(name: &str) -> WorkKind {
    let line = name.lines().next().unwrap_or_default();
    if name.starts_with("nccl") && line.contains("Kernel") {
        WorkKind::Communication
    } else if ["Memcpy", "Memset", "dma"].iter().any(|begin| name.starts_with(begin)) {
        WorkKind::Memory
    } else if line.contains("Memcpy") || line.contains("Sync") {
        WorkKind::Other
    } else {
        WorkKind::Computation
    }
}

#[expect(clippy::cast_possible_truncation)] // Ids are of that width.
const fn as_id(index: usize) -> NameId {
    index as NameId
}

#[cfg(test)]
mod tests {
    use super::{WorkKind, kind_of};

    #[test]
    fn kinds_follow_its_expressions() {
        let kinds = [
            ("ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgs)", WorkKind::Communication),
            ("ncclLocalReduce", WorkKind::Computation),
            ("void my_ncclKernel()", WorkKind::Computation),
            ("Memcpy HtoD (Pageable -> Device)", WorkKind::Memory),
            ("Memset (Device)", WorkKind::Memory),
            ("dma_copy", WorkKind::Memory),
            ("batchedMemcpyKernel", WorkKind::Other),
            ("Stream Wait Event Sync", WorkKind::Other),
            ("myMemsetKernel", WorkKind::Computation),
        ];
        for (name, kind) in kinds {
            assert_eq!(kind_of(name), kind, "{name}");
        }
    }
}
