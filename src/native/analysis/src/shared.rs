// SPDX-License-Identifier: Apache-2.0
//! What questions about one opened trace share: made when the first question needs it, once, whoever asks. Large parts
//! are kept only up to a size; beyond it each question makes its own, and memory stays bounded.
//!
//! Never ask for these within a parallel closure: a worker that waits for one could be the one that has to make it.

use std::sync::{Arc, OnceLock};

use crate::inference::inferred_windows;
use crate::iterations::host_spans_without_work;
use crate::markers::{Markers, find_markers};
use crate::selection::Subject;
use crate::spans::Span;
use crate::work::{DeviceTime, DeviceWork, device_work};

/// With more kernels, copies and sets nothing of their size is kept. One takes at most 112 bytes: 56 in the work, 56 in
/// the timelines.
const MOST_KEPT: usize = 2_000_000;

/// Shared parts of one store read by one set of marker rules.
#[derive(Default)]
pub struct Shared {
    markers: OnceLock<Option<Markers>>,
    inferred: OnceLock<Vec<Span>>,
    work: OnceLock<Option<Arc<Vec<DeviceWork>>>>,
    times: OnceLock<Option<Arc<Vec<DeviceTime>>>>,
}

impl Subject<'_> {
    /// The step markers; none when the trace has none.
    pub(crate) fn markers(&self) -> Option<&Markers> {
        self.shared.markers.get_or_init(|| find_markers(self.store, self.rules)).as_ref()
    }

    /// Host windows of a trace without markers.
    pub(crate) fn inferred_windows(&self) -> &[Span] {
        self.shared.inferred.get_or_init(|| inferred_windows(self.store))
    }

    /// Work of all devices, by device.
    pub(crate) fn device_work(&self) -> Arc<Vec<DeviceWork>> {
        kept(&self.shared.work, |work| is_small(work), || device_work(self.store))
    }

    /// How the devices spent their time, in the order of their work.
    pub(crate) fn device_times(&self) -> Arc<Vec<DeviceTime>> {
        let work = self.device_work();
        let without_work = host_spans_without_work(self);
        let time_of = |work: &DeviceWork| DeviceTime::of(self.store, work, without_work.clone());
        kept(&self.shared.times, |_| is_small(&work), || work.iter().map(time_of).collect())
    }
}

fn is_small(work: &[DeviceWork]) -> bool {
    work.iter().map(|work| work.activities.len()).sum::<usize>() <= MOST_KEPT
}

fn kept<T>(slot: &OnceLock<Option<Arc<T>>>, keeps: impl Fn(&T) -> bool, compute: impl Fn() -> T) -> Arc<T> {
    let mut unkept = None;
    let known = slot.get_or_init(|| {
        let made = Arc::new(compute());
        if keeps(&made) {
            return Some(made);
        }
        unkept = Some(made);
        None
    });
    known.clone().or(unkept).unwrap_or_else(|| Arc::new(compute()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn what_is_small_is_made_once_even_for_askers_at_the_same_time() {
        let (slot, made) = (OnceLock::new(), AtomicUsize::new(0));
        let ask = || *kept(&slot, |_| true, || made.fetch_add(1, Ordering::SeqCst));
        std::thread::scope(|scope| {
            let askers: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
            assert!(askers.into_iter().all(|asker| asker.join().unwrap() == 0));
        });
        assert_eq!(made.into_inner(), 1);
    }

    #[test]
    fn what_is_large_is_made_for_each_question_and_not_kept() {
        let (slot, made) = (OnceLock::new(), AtomicUsize::new(0));
        let ask = || kept(&slot, |_| false, || made.fetch_add(1, Ordering::SeqCst));
        let first = ask();
        assert_eq!((*first, *ask(), *ask()), (0, 1, 2));
        assert_eq!(Arc::strong_count(&first), 1);
    }
}
