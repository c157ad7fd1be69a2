// SPDX-License-Identifier: Apache-2.0
//! Device work put into iterations: GPU window k of a device runs from the start of the first activity
//! launched in host window k to the start of the first one launched in k+1; the last one, and one before a step that
//! launched nothing, to the end of the last activity launched in it. Work whose launch nothing tells is placed by its start.

use rayon::prelude::*;

use crate::devices::Activity;
use crate::spans::Span;
use crate::work::DeviceWork;

/// The work of one device, by iteration.
pub struct Attributed {
    /// Iteration of each activity.
    pub owners: Vec<Option<usize>>,
    /// Iterations with work, and their windows on the device.
    pub windows: Vec<(usize, Span)>,
    /// Iterations to which work was given by its start alone.
    pub inferred: Vec<usize>,
}

/// Puts a device's work into host windows, which are in time order.
pub fn attribute(work: &DeviceWork, host_windows: &[Span]) -> Attributed {
    let owner_of = |time: &Option<i64>| time.and_then(|time_ns| window_holding(host_windows, time_ns));
    let mut owners: Vec<Option<usize>> = work.launched_at.par_iter().map(owner_of).collect();
    let windows = gpu_windows(&work.activities, &owners, host_windows.len());
    let mut by_start: Vec<(Span, usize)> = windows.iter().map(|(owner, span)| (*span, *owner)).collect();
    by_start.sort_unstable();
    let mut inferred = Vec::new();
    for (position, _) in work.launched_at.iter().enumerate().filter(|(_, time)| time.is_none()) {
        owners[position] = window_running(&by_start, work.activities[position].span.0);
        inferred.extend(owners[position]);
    }
    inferred.sort_unstable();
    inferred.dedup();
    Attributed { owners, windows, inferred }
}

/// The window that holds a time, of windows that do not overlap.
pub fn window_holding(windows: &[Span], time_ns: i64) -> Option<usize> {
    let position = windows.partition_point(|window| window.0 <= time_ns).checked_sub(1)?;
    (time_ns < windows[position].1).then_some(position)
}

fn window_running(windows: &[(Span, usize)], time_ns: i64) -> Option<usize> {
    let last = windows.partition_point(|(span, _)| span.0 <= time_ns).checked_sub(1)?;
    (time_ns < windows[last].0.1).then_some(windows[last].1)
}

fn gpu_windows(work: &[Activity], owners: &[Option<usize>], count: usize) -> Vec<(usize, Span)> {
    let mut reach: Vec<Option<Span>> = vec![None; count];
    for (activity, owner) in work.iter().zip(owners) {
        if let Some(owner) = owner {
            let (first, last) = reach[*owner].unwrap_or(activity.span);
            reach[*owner] = Some((first.min(activity.span.0), last.max(activity.span.1)));
        }
    }
    let with_work: Vec<(usize, Span)> =
        reach.into_iter().enumerate().filter_map(|(owner, span)| Some((owner, span?))).collect();
    // Where steps in between hold no work, when the device went on with another one is not known.
    let next_start = |position: usize| {
        let (owner, span) = with_work.get(position + 1)?;
        (*owner == with_work[position].0 + 1).then_some(span.0)
    };
    with_work
        .iter()
        .enumerate()
        .map(|(position, (owner, span))| {
            // Streams may run work of a later window first; a window never ends before it begins.
            (*owner, (span.0, next_start(position).unwrap_or(span.1).max(span.0)))
        })
        .collect()
}
