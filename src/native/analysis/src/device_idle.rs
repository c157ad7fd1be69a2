// SPDX-License-Identifier: Apache-2.0
//! Idle time of devices over any range, with the longest gaps.

use crate::composition::Composition;
use crate::idle::{Gap, IdleCauses};
use crate::selection::Subject;
use crate::spans::Span;
use crate::work::{DeviceTime, DeviceWork};

/// How one device spent a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRange {
    /// Device.
    pub device: u32,
    /// The range.
    pub span: Span,
    /// The split without overlap.
    pub composition: Composition,
    /// Time with communication, whatever ran beside it.
    pub communication_ns: i64,
    /// Idle time by cause.
    pub idle: IdleCauses,
    /// Number of gaps.
    pub gap_count: u64,
    /// The longest gaps, clipped to the range, the longest first.
    pub longest_gaps: Vec<Gap>,
}

/// How each device spent a range, with at most `gaps` gaps each.
#[must_use]
pub fn device_ranges(subject: &Subject<'_>, range: Span, gaps: usize) -> Vec<DeviceRange> {
    let over_range = |(work, time): (&DeviceWork, &DeviceTime)| {
        let mut longest_gaps: Vec<Gap> = time.gaps().clipped(range).collect();
        let gap_count = longest_gaps.len() as u64;
        longest_gaps.sort_unstable_by_key(|gap| (std::cmp::Reverse(gap.span.1 - gap.span.0), gap.span.0));
        longest_gaps.truncate(gaps);
        DeviceRange {
            device: work.device,
            span: range,
            composition: time.composition(range),
            communication_ns: time.communication_ns(range),
            idle: time.idle(range),
            gap_count,
            longest_gaps,
        }
    };
    subject.device_work().iter().zip(subject.device_times().iter()).map(over_range).collect()
}
