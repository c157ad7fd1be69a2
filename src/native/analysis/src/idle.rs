// SPDX-License-Identifier: Apache-2.0
//! Why a device does nothing. A gap lies between the latest end so far (over all streams) and the next start,
//! so that it never counts negative, and it is judged by the activity that ends it: *host* when its launch
//! call began after the gap began; else *kernel gap* when the gap is under 30 µs, and *dependency* when it is
//! longer. What of a gap lies in steps whose marker says that nothing was scheduled is *no work*. Where
//! nothing ends the gap, or nothing tells the launch, the cause is *unknown*.

use crate::devices::Activity;
use crate::spans::{Span, clip};
use iterscope_model::Row;

/// Gaps below this, with the launch already there, are the cost of going from one kernel to the next.
const KERNEL_GAP_NS: i64 = 30_000;

/// Why a device was idle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdleCause {
    /// The launch call of what follows began after the gap did.
    Host,
    /// The launch was there, and the gap is shorter than 30 µs.
    KernelGap,
    /// The launch was there, and the gap is longer: events, other streams, resources.
    Dependency,
    /// The engine had nothing scheduled.
    NoWork,
    /// Nothing follows, or the trace does not tell its launch.
    Unknown,
}

impl IdleCause {
    /// The name that users read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::KernelGap => "kernel gap",
            Self::Dependency => "dependency",
            Self::NoWork => "no work",
            Self::Unknown => "unknown",
        }
    }
}

/// Idle time by cause; the parts sum to the idle time exactly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IdleCauses {
    /// See [`IdleCause::Host`].
    pub host_ns: i64,
    /// See [`IdleCause::KernelGap`].
    pub kernel_gap_ns: i64,
    /// See [`IdleCause::Dependency`].
    pub dependency_ns: i64,
    /// See [`IdleCause::NoWork`].
    pub no_work_ns: i64,
    /// See [`IdleCause::Unknown`].
    pub unknown_ns: i64,
}

impl IdleCauses {
    /// All of them.
    #[must_use]
    pub const fn total_ns(&self) -> i64 {
        self.host_ns + self.kernel_gap_ns + self.dependency_ns + self.no_work_ns + self.unknown_ns
    }

    fn add(&mut self, cause: IdleCause, length_ns: i64) {
        match cause {
            IdleCause::Host => self.host_ns += length_ns,
            IdleCause::KernelGap => self.kernel_gap_ns += length_ns,
            IdleCause::Dependency => self.dependency_ns += length_ns,
            IdleCause::NoWork => self.no_work_ns += length_ns,
            IdleCause::Unknown => self.unknown_ns += length_ns,
        }
    }
}

/// A time without activity on any stream of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Begin and end.
    pub span: Span,
    /// Why.
    pub cause: IdleCause,
    /// The activity that ends it.
    pub ended_by: Option<Row>,
}

/// All gaps of a device in time order, open at both ends.
#[derive(Debug)]
pub struct IdleTimeline {
    gaps: Vec<Gap>,
    /// Host windows in which nothing was scheduled, in time order.
    without_work: Vec<Span>,
}

impl IdleTimeline {
    /// Of one device's activities, sorted by start, with the times of their launch calls.
    pub fn of(work: &[Activity], launched_at: &[Option<i64>], without_work: Vec<Span>) -> Self {
        let mut gaps = Vec::new();
        let mut reached = i64::MIN;
        for (activity, launch) in work.iter().zip(launched_at) {
            if activity.span.0 > reached {
                let span = (reached, activity.span.0);
                gaps.push(Gap { span, cause: cause_of(span, *launch), ended_by: Some(activity.row) });
            }
            reached = reached.max(activity.span.1);
        }
        gaps.push(Gap { span: (reached, i64::MAX), cause: IdleCause::Unknown, ended_by: None });
        Self { gaps, without_work }
    }

    /// Idle time within a window, by cause.
    pub fn within(&self, window: Span) -> IdleCauses {
        let mut causes = IdleCauses::default();
        for gap in self.gaps_in(window) {
            let Some(part) = clip(gap.span, window) else { continue };
            let no_work_ns = self.no_work_ns(part);
            causes.add(IdleCause::NoWork, no_work_ns);
            causes.add(gap.cause, part.1 - part.0 - no_work_ns);
        }
        causes
    }

    /// The gaps that reach into a window, clipped to it; a gap of which no part had work is *no work*.
    pub fn clipped(&self, window: Span) -> impl Iterator<Item = Gap> + '_ {
        self.gaps_in(window).filter_map(move |gap| {
            let span = clip(gap.span, window)?;
            let idle_engine = self.no_work_ns(span) == span.1 - span.0;
            Some(Gap { span, cause: if idle_engine { IdleCause::NoWork } else { gap.cause }, ..*gap })
        })
    }

    fn gaps_in(&self, window: Span) -> impl Iterator<Item = &Gap> {
        let first = self.gaps.partition_point(|gap| gap.span.1 <= window.0);
        self.gaps[first..].iter().take_while(move |gap| gap.span.0 < window.1)
    }

    fn no_work_ns(&self, part: Span) -> i64 {
        let first = self.without_work.partition_point(|span| span.1 <= part.0);
        let spans = self.without_work[first..].iter().take_while(|span| span.0 < part.1);
        spans.filter_map(|span| clip(*span, part)).map(|span| span.1 - span.0).sum()
    }
}

fn cause_of(gap: Span, launched_at: Option<i64>) -> IdleCause {
    match launched_at {
        None => IdleCause::Unknown,
        Some(launch) if launch > gap.0 => IdleCause::Host,
        Some(_) if gap.1.saturating_sub(gap.0) < KERNEL_GAP_NS => IdleCause::KernelGap,
        Some(_) => IdleCause::Dependency,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spans::union_ns;
    use iterscope_model::CategoryRole;
    use proptest::prelude::*;

    fn work(spans: &[Span]) -> Vec<Activity> {
        let activity =
            |(row, span): (Row, &Span)| Activity { row, device: 0, span: *span, role: CategoryRole::Kernel };
        let mut work: Vec<Activity> = (0..).zip(spans).map(activity).collect();
        work.sort_by_key(|activity| activity.span);
        work
    }

    #[test]
    fn the_limit_of_a_kernel_gap_is_strict() {
        let causes = [29_000, 30_000, 31_000].map(|gap| {
            let work = work(&[(0, 10), (10 + gap, 20 + gap)]);
            IdleTimeline::of(&work, &[Some(0), Some(5)], Vec::new()).within((0, 20 + gap))
        });
        assert_eq!(causes.map(|found| found.kernel_gap_ns), [29_000, 0, 0]);
        assert_eq!(causes.map(|found| found.dependency_ns), [0, 30_000, 31_000]);
    }

    #[test]
    fn a_launch_after_the_gap_began_is_the_hosts_fault_and_one_at_its_beginning_is_not() {
        let work = work(&[(0, 10), (20, 30), (40, 50)]);
        let found = IdleTimeline::of(&work, &[Some(-5), Some(11), Some(30)], Vec::new()).within((0, 50));
        assert_eq!((found.host_ns, found.kernel_gap_ns), (10, 10));
    }

    #[test]
    fn steps_without_requests_are_no_work_and_ends_are_unknown() {
        let work = work(&[(100, 110), (200, 210)]);
        let timeline = IdleTimeline::of(&work, &[None, Some(190)], vec![(120, 150), (160, 170)]);
        let found = timeline.within((0, 300));
        assert_eq!((found.no_work_ns, found.host_ns, found.unknown_ns), (40, 50, 190));
        let gaps: Vec<Gap> = timeline.clipped((125, 150)).collect();
        assert_eq!((gaps.len(), gaps[0].cause, gaps[0].ended_by), (1, IdleCause::NoWork, Some(1)));
    }

    proptest! {
        #[test]
        fn the_causes_sum_to_what_is_not_covered(
            spans in proptest::collection::vec((0_i64..5000, 0_i64..300), 0..40),
            launches in proptest::collection::vec(proptest::option::of(-100_i64..5000), 40),
            idle in proptest::collection::vec((0_i64..100, 0_i64..100), 0..20),
            start in 0_i64..4000, length in 0_i64..2000,
        ) {
            let spans: Vec<Span> = spans.into_iter().map(|(start, length)| (start, start + length)).collect();
            let mut reached = 0;
            let idle = idle.into_iter().map(|(gap, length)| {
                let span = (reached + gap, reached + gap + length);
                reached = span.1;
                span
            });
            let window = (start, start + length);
            let found = IdleTimeline::of(&work(&spans), &launches, idle.collect()).within(window);
            let busy = union_ns(spans.iter().filter_map(|span| clip(*span, window)).collect());
            prop_assert_eq!(found.total_ns(), length - busy);
            let parts = [found.host_ns, found.kernel_gap_ns, found.dependency_ns, found.no_work_ns, found.unknown_ns];
            prop_assert!(parts.iter().all(|part| *part >= 0));
        }
    }
}
