// SPDX-License-Identifier: Apache-2.0
//! Totals of a trace.

use iterscope_model::{CategoryRole, TraceWarning, WarningCode};
use iterscope_store::Store;

use crate::selection::Subject;
use crate::spans::{GrowingUnion, Span};
use crate::work::DeviceWork;

/// A device and how long it was busy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceBusy {
    /// Ordinal.
    pub id: u32,
    /// Product name, empty when unknown.
    pub name: String,
    /// Length of the union of its kernels, copies and sets.
    pub busy_ns: i64,
}

/// Work of all devices; durations are sums, not unions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GpuTotals {
    /// Devices with work, by ordinal.
    pub devices: Vec<DeviceBusy>,
    /// Number of kernels.
    pub kernel_count: u64,
    /// Sum of kernel durations.
    pub kernel_time_ns: i64,
    /// Sum of copy durations.
    pub memcpy_time_ns: i64,
    /// Sum of set durations.
    pub memset_time_ns: i64,
}

/// Totals of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// From the origin to the end of the last slice.
    pub span: Span,
    /// Number of slices.
    pub slice_count: u64,
    /// Number of tracks.
    pub track_count: u64,
    /// Work of devices; without any, the list of devices is empty.
    pub gpu: GpuTotals,
    /// What was repaired while reading, and what cannot be answered.
    pub warnings: Vec<TraceWarning>,
}

/// Totals of a trace, by markers that every Iterscope knows.
#[must_use]
pub fn summary(store: &Store) -> Summary {
    summary_of(&Subject::of(store))
}

/// The same by rules of one's own.
#[must_use]
pub fn summary_of(subject: &Subject<'_>) -> Summary {
    let store = subject.store;
    let meta = store.meta();
    let mut warnings = meta.warnings.clone();
    if subject.markers().is_none() && subject.inferred_windows().is_empty() {
        warnings.push(TraceWarning { code: WarningCode::IterationsNotFound, count: 1 });
    }
    Summary {
        span: (0, meta.end_ns),
        slice_count: store.slice_count() as u64,
        track_count: meta.tracks.len() as u64,
        gpu: gpu_totals(store, &subject.device_work()),
        warnings,
    }
}

/// Activities come sorted by their start.
fn busy_ns(work: &DeviceWork) -> i64 {
    let mut union = GrowingUnion::default();
    for activity in &work.activities {
        union.add(activity.span);
    }
    union.covered_ns
}

fn gpu_totals(store: &Store, work: &[DeviceWork]) -> GpuTotals {
    let mut totals = GpuTotals::default();
    for activity in work.iter().flat_map(|work| &work.activities) {
        let length = activity.span.1 - activity.span.0;
        match activity.role {
            CategoryRole::Kernel => {
                totals.kernel_count += 1;
                totals.kernel_time_ns = totals.kernel_time_ns.saturating_add(length);
            }
            CategoryRole::DeviceCopy => {
                totals.memcpy_time_ns = totals.memcpy_time_ns.saturating_add(length);
            }
            CategoryRole::DeviceSet => {
                totals.memset_time_ns = totals.memset_time_ns.saturating_add(length);
            }
            _ => {}
        }
    }
    let known = |id: u32| store.meta().devices.iter().find(|device| device.id == id);
    totals.devices = work
        .iter()
        .map(|work| DeviceBusy {
            id: work.device,
            name: known(work.device).map(|device| device.name.clone()).unwrap_or_default(),
            busy_ns: busy_ns(work),
        })
        .collect();
    totals
}
