// SPDX-License-Identifier: Apache-2.0
//! Figures of analyses as JavaScript sees them.

use iterscope_analysis as analysis;
use napi_derive::napi;

use super::objects::{Composition, count, real};

/// How many values, and how they are spread; percentiles are values that occurred (nearest rank).
#[napi(object)]
pub struct Distribution {
    /// How many.
    pub count: f64,
    /// Their sum.
    pub total_ns: f64,
    /// Smallest.
    pub min_ns: f64,
    /// 50th percentile.
    pub median_ns: f64,
    /// 95th percentile.
    pub p95_ns: f64,
    /// Largest.
    pub max_ns: f64,
}

/// Idle time of a device by cause; the parts sum to the idle time exactly.
#[napi(object)]
#[allow(clippy::struct_field_names)] // The unit.
pub struct IdleCauses {
    /// The launch call of what follows began after the gap did.
    pub host_ns: f64,
    /// The launch was there, and the gap is shorter than 30 µs.
    pub kernel_gap_ns: f64,
    /// The launch was there, and the gap is longer.
    pub dependency_ns: f64,
    /// The engine had nothing scheduled.
    pub no_work_ns: f64,
    /// Nothing follows, or the trace does not tell its launch.
    pub unknown_ns: f64,
}

/// A time without activity on any stream of a device.
#[napi(object, use_nullable = true)]
pub struct IdleGap {
    /// Begin.
    pub start_ns: f64,
    /// End.
    pub end_ns: f64,
    /// `host`, `kernel gap`, `dependency`, `no work` or `unknown`.
    pub cause: String,
    /// Row of the activity that ends it.
    pub ended_by: Option<u32>,
}

/// How one device spent a range.
#[napi(object)]
pub struct DeviceRange {
    /// Device.
    pub device_id: u32,
    /// Begin.
    pub start_ns: f64,
    /// End.
    pub end_ns: f64,
    /// The split without overlap; its communication is exposed.
    pub composition: Composition,
    /// Time with communication, whatever ran beside it.
    pub communication_ns: f64,
    /// Idle time by cause.
    pub idle: IdleCauses,
    /// Number of gaps.
    pub gap_count: f64,
    /// The longest gaps, clipped to the range, the longest first.
    pub longest_gaps: Vec<IdleGap>,
}

/// A group of slices; what does not make it a group is null.
#[napi(object, use_nullable = true)]
pub struct Group {
    /// Their name.
    pub name: Option<String>,
    /// Their kind.
    pub kind: Option<String>,
    /// Their track.
    pub track_id: Option<u32>,
    /// Their whole durations.
    pub durations: Distribution,
    /// The sum of what lies inside of the selected range.
    pub inside_ns: f64,
    /// The sum of their durations without what is nested in them and selected, too.
    pub own_ns: f64,
    /// Row of the longest.
    pub longest_row: u32,
}

/// One name in two selections.
#[napi(object, use_nullable = true)]
pub struct Difference {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// In the first selection; null when it is not there.
    pub before: Option<Group>,
    /// In the second.
    pub after: Option<Group>,
    /// Time in the second minus time in the first.
    pub change_ns: f64,
}

/// Operators of one name and the device work launched inside of them.
#[napi(object)]
pub struct OperatorStat {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// Their durations on the host.
    pub host: Distribution,
    /// Kernels, copies and sets launched inside, nested operators included.
    pub work_count: f64,
    /// Their durations.
    pub work_ns: f64,
    /// Of these, what no nested operator launched.
    pub own_work_ns: f64,
}

/// Kernels of one name over iterations.
#[napi(object, use_nullable = true)]
pub struct Variation {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// Kernels in all.
    pub count: f64,
    /// Time in all.
    pub total_ns: f64,
    /// Iterations that were looked at.
    pub iterations: f64,
    /// Iterations that have it.
    pub present: f64,
    /// Time per iteration.
    pub mean_ns: f64,
    /// Sample standard deviation of the time per iteration / mean; null for one iteration.
    pub cv: Option<f64>,
    /// The iteration with most of it.
    pub max_iteration: f64,
    /// Its time there.
    pub max_ns: f64,
    /// Time in each iteration, in their order; of more than 64 the longest of each of 64 equal parts.
    pub series_ns: Vec<f64>,
}

/// The queue of one stream over a range: what was launched and has not ended.
#[napi(object)]
pub struct StreamQueue {
    /// Track of the stream.
    pub track_id: u32,
    /// Device.
    pub device_id: u32,
    /// Activities with a known launch call that were in the queue at some time of the range.
    pub activities: f64,
    /// Activities of the stream without one; they are not counted in.
    pub unknown: f64,
    /// Longest.
    pub max: u32,
    /// Sum of the times in the queue within the range; divided by the range's length it is the mean length.
    pub queued_ns: f64,
    /// Longest queue in each of the equal parts of the range.
    pub longest: Vec<u32>,
}

impl From<analysis::Distribution> for Distribution {
    fn from(found: analysis::Distribution) -> Self {
        Self {
            count: count(found.count),
            total_ns: real(found.total_ns),
            min_ns: real(found.min_ns),
            median_ns: real(found.median_ns),
            p95_ns: real(found.p95_ns),
            max_ns: real(found.max_ns),
        }
    }
}

impl From<analysis::IdleCauses> for IdleCauses {
    fn from(causes: analysis::IdleCauses) -> Self {
        Self {
            host_ns: real(causes.host_ns),
            kernel_gap_ns: real(causes.kernel_gap_ns),
            dependency_ns: real(causes.dependency_ns),
            no_work_ns: real(causes.no_work_ns),
            unknown_ns: real(causes.unknown_ns),
        }
    }
}

impl From<analysis::DeviceRange> for DeviceRange {
    fn from(device: analysis::DeviceRange) -> Self {
        let gap = |gap: analysis::Gap| IdleGap {
            start_ns: real(gap.span.0),
            end_ns: real(gap.span.1),
            cause: gap.cause.label().to_owned(),
            ended_by: gap.ended_by,
        };
        Self {
            device_id: device.device,
            start_ns: real(device.span.0),
            end_ns: real(device.span.1),
            composition: device.composition.into(),
            communication_ns: real(device.communication_ns),
            idle: device.idle.into(),
            gap_count: count(device.gap_count),
            longest_gaps: device.longest_gaps.into_iter().map(gap).collect(),
        }
    }
}

impl From<analysis::Group> for Group {
    fn from(group: analysis::Group) -> Self {
        Self {
            name: group.name,
            kind: group.kind.map(|kind| kind.label().to_owned()),
            track_id: group.track,
            durations: group.durations.into(),
            inside_ns: real(group.inside_ns),
            own_ns: real(group.own_ns),
            longest_row: group.longest,
        }
    }
}

impl From<analysis::Difference> for Difference {
    fn from(difference: analysis::Difference) -> Self {
        Self {
            change_ns: real(difference.change_ns()),
            name: difference.name,
            kind: difference.kind.label().to_owned(),
            before: difference.before.map(Group::from),
            after: difference.after.map(Group::from),
        }
    }
}

impl From<analysis::OperatorStat> for OperatorStat {
    fn from(stat: analysis::OperatorStat) -> Self {
        Self {
            name: stat.name,
            kind: stat.kind.label().to_owned(),
            host: stat.host.into(),
            work_count: count(stat.work_count),
            work_ns: real(stat.work_ns),
            own_work_ns: real(stat.own_work_ns),
        }
    }
}

impl From<analysis::Variation> for Variation {
    fn from(found: analysis::Variation) -> Self {
        Self {
            name: found.name,
            kind: found.kind.label().to_owned(),
            count: count(found.count),
            total_ns: real(found.total_ns),
            iterations: count(found.iterations),
            present: count(found.present),
            mean_ns: found.mean_ns,
            cv: found.cv,
            max_iteration: real(found.max_iteration),
            max_ns: real(found.max_ns),
            series_ns: found.series_ns.into_iter().map(real).collect(),
        }
    }
}

impl From<analysis::StreamQueue> for StreamQueue {
    fn from(queue: analysis::StreamQueue) -> Self {
        Self {
            track_id: queue.track,
            device_id: queue.device,
            activities: count(queue.activities),
            unknown: count(queue.unknown),
            max: queue.max,
            queued_ns: real(queue.queued_ns),
            longest: queue.longest,
        }
    }
}
