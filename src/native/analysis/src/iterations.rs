// SPDX-License-Identifier: Apache-2.0
//! Iterations of a rank. Host window k runs from the start of marker k to the start of marker k+1, the last
//! one to the end of its marker. GPU window k of a device runs from the start of the first activity launched
//! in host window k to the start of the first one launched in k+1; the last one, and one before a step that launched
//! nothing, to the end of the last activity launched in it. With an overlap scheduler the two are shifted.

use iterscope_store::Store;
use rayon::prelude::*;

use crate::attributed::{Attributed, attribute};
use crate::capture::{CaptureCheck, Captured, Load, Loads, add_calls, check_capture};
use crate::composition::Composition;
use crate::distribution::Distribution;
use crate::host_ranges::{HostRanges, HostTimeline, ThreadRanges};
use crate::host_time::host_timeline;
use crate::idle::IdleCauses;
use crate::marker_rules::MarkerText;
use crate::selection::Subject;
use crate::spans::{GrowingUnion, Span};
use crate::work::{DeviceTime, DeviceWork, is_kernel, launch_delays};

/// The window of an iteration on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GpuWindow {
    /// Device.
    pub device: u32,
    /// Begin and end.
    pub span: Span,
    /// How the device spent it; its communication is what no computing hides (exposed).
    pub composition: Composition,
    /// Time with communication, whatever ran beside it.
    pub communication_ns: i64,
    /// Its idle time by cause.
    pub idle: IdleCauses,
}

/// One iteration of the engine's loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iteration {
    /// Number as the engine counts.
    pub index: i64,
    /// Host window.
    pub span: Span,
    /// End of the marker itself; of the window, when it is inferred.
    pub marker_end_ns: i64,
    /// Requests in prefill, when the marker says.
    pub context_requests: Option<u32>,
    /// Their tokens, when the marker says.
    pub context_tokens: Option<u32>,
    /// Requests in decode, when the marker says.
    pub generation_requests: Option<u32>,
    /// Windows on devices that worked for this iteration.
    pub gpu_windows: Vec<GpuWindow>,
    /// Length of the union of its activities, summed over devices; none in a trace without device work.
    pub gpu_busy_ns: Option<i64>,
    /// Kernels launched in it.
    pub kernel_count: u64,
    /// Sum of their durations.
    pub kernel_time_ns: i64,
    /// From launch calls of its host window to the start of their first work; none without such calls.
    pub launch_delay: Option<Distribution>,
    /// How the threads spent the host window; only in a trace without device work.
    pub host_composition: Option<Composition>,
    /// Garbage collection and the global lock within the host window, all threads of the rank together.
    pub host_ranges: HostRanges,
    /// The same for each thread that has any.
    pub threads: Vec<ThreadRanges>,
    /// Whether as much was recorded as of other steps of its kind.
    pub captured: Captured,
    /// Whether the window, or the launch of any of its kernels, was inferred.
    pub inferred: bool,
}

/// The iterations of a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IterationTable {
    /// In time order; empty when the trace has neither markers nor graph launches.
    pub iterations: Vec<Iteration>,
    /// Kernels that run in a later host window than the one that launched them; the last window stays open.
    pub shifted_kernels: u64,
    /// Whether the steps hold what they should; none where the trace cannot tell.
    pub capture: Option<CaptureCheck>,
}

/// The iterations of a trace, by markers that every Iterscope knows. Those without a number of their own count
/// from `first_index`.
#[must_use]
pub fn iterations(store: &Store, first_index: i64) -> IterationTable {
    iterations_of(&Subject { first_index, ..Subject::of(store) })
}

/// The iterations of a trace by rules of one's own.
#[must_use]
pub fn iterations_of(subject: &Subject<'_>) -> IterationTable {
    let store = subject.store;
    let (mut iterations, rank) = host_windows(subject);
    if iterations.is_empty() {
        return IterationTable::default();
    }
    let (work, times) = (subject.device_work(), subject.device_times());
    let mut loads = Loads::default();
    let mut shifted_kernels = 0;
    if work.is_empty() {
        let timeline = host_timeline(store);
        for iteration in &mut iterations {
            iteration.host_composition = Some(timeline.within(iteration.span));
        }
    } else {
        shifted_kernels = add_device_work(store, (&work, &times), &mut iterations, &mut loads);
    }
    add_host_ranges(store, rank.as_deref(), &mut iterations);
    let capture = rank.filter(|_| !work.is_empty()).and_then(|pid| {
        add_calls(store, Some(&pid), &iterations, &mut loads);
        check_capture(&mut iterations, &loads)
    });
    IterationTable { iterations, shifted_kernels, capture }
}

/// Host windows, and the process of the markers when there are any.
fn host_windows(subject: &Subject<'_>) -> (Vec<Iteration>, Option<String>) {
    let (store, first_index) = (subject.store, subject.first_index);
    let Some(markers) = subject.markers() else {
        let numbered = (first_index..).zip(subject.inferred_windows().iter().copied());
        let inferred = numbered.map(|(index, span)| blank(index, span, span.1, MarkerText::default(), true));
        return (inferred.collect(), None);
    };
    let track = markers.first().and_then(|(row, _)| store.place_of(*row).ok()).map(|(track, _)| track);
    let rank = track.and_then(|track| Some(store.meta().tracks.get(track as usize)?.pid.clone()));
    let start_of = |position: usize| markers.get(position).map(|(row, _)| store.starts()[*row as usize]);
    let windows = (first_index..).zip(markers.iter().enumerate());
    let iterations = windows
        .map(|(index, (position, (row, text)))| {
            let marker_end_ns = store.end_ns(*row);
            let span = (store.starts()[*row as usize], start_of(position + 1).unwrap_or(marker_end_ns));
            blank(text.index.unwrap_or(index), span, marker_end_ns, *text, false)
        })
        .collect();
    (iterations, rank)
}

/// Number and host window of each iteration, in time order.
pub fn host_spans(subject: &Subject<'_>) -> Vec<(i64, Span)> {
    let (windows, _) = host_windows(subject);
    windows.iter().map(|iteration| (iteration.index, iteration.span)).collect()
}

/// Host windows in which nothing was scheduled.
pub fn host_spans_without_work(subject: &Subject<'_>) -> Vec<Span> {
    windows_without_work(&host_windows(subject).0)
}

fn blank(index: i64, span: Span, marker_end_ns: i64, text: MarkerText, inferred: bool) -> Iteration {
    Iteration {
        index,
        span,
        marker_end_ns,
        context_requests: text.context_requests,
        context_tokens: text.context_tokens,
        generation_requests: text.generation_requests,
        gpu_windows: Vec::new(),
        gpu_busy_ns: None,
        kernel_count: 0,
        kernel_time_ns: 0,
        launch_delay: None,
        host_composition: None,
        host_ranges: HostRanges::default(),
        threads: Vec::new(),
        captured: Captured::Complete,
        inferred,
    }
}

/// The iteration whose host window holds a time.
pub fn iteration_at(iterations: &[Iteration], time_ns: i64) -> Option<usize> {
    let position = iterations.partition_point(|iteration| iteration.span.0 <= time_ns).checked_sub(1)?;
    (time_ns < iterations[position].span.1).then_some(position)
}

/// Attributes all device work and returns how many kernels run in a later window than they were launched in.
fn add_device_work(
    store: &Store,
    (work, times): (&[DeviceWork], &[DeviceTime]),
    iterations: &mut [Iteration],
    loads: &mut Loads,
) -> u64 {
    for iteration in iterations.iter_mut() {
        iteration.gpu_busy_ns = Some(0);
    }
    loads.windows = vec![Load::default(); iterations.len()];
    loads.markers = loads.windows.clone();
    let host_windows: Vec<Span> = iterations.iter().map(|iteration| iteration.span).collect();
    let mut shifted_kernels = 0;
    for (device, time) in work.iter().zip(times) {
        shifted_kernels += count_shifted(device, &host_windows);
        let attributed = attribute(device, &host_windows);
        add_windows(device.device, time, &attributed, iterations);
        add_owned(device, &attributed, iterations, loads);
    }
    let delays = launch_delays(store, work, &host_windows);
    iterations.par_iter_mut().zip(delays).for_each(|(iteration, delays)| {
        iteration.launch_delay = Distribution::of(delays);
    });
    shifted_kernels
}

fn count_shifted(work: &DeviceWork, host_windows: &[Span]) -> u64 {
    let begun_before = |time_ns: i64| host_windows.partition_point(|window| window.0 <= time_ns);
    let launched =
        work.activities.par_iter().zip(&work.launched_at).filter(|(activity, _)| is_kernel(activity));
    let is_later = |start_ns: i64, launch: Option<i64>| {
        launch.is_some_and(|time| begun_before(start_ns) > begun_before(time))
    };
    launched.filter(|(activity, launch)| is_later(activity.span.0, **launch)).count() as u64
}

fn add_windows(device: u32, time: &DeviceTime, attributed: &Attributed, iterations: &mut [Iteration]) {
    let window_of = |(owner, span): &(usize, Span)| {
        let window = GpuWindow {
            device,
            span: *span,
            composition: time.composition(*span),
            communication_ns: time.communication_ns(*span),
            idle: time.idle(*span),
        };
        (*owner, window)
    };
    let windows: Vec<(usize, GpuWindow)> = attributed.windows.par_iter().map(window_of).collect();
    for (owner, window) in windows {
        iterations[owner].gpu_windows.push(window);
    }
}

/// Host windows of which the marker says that nothing was scheduled.
fn windows_without_work(iterations: &[Iteration]) -> Vec<Span> {
    let is_empty = |iteration: &&Iteration| {
        iteration.context_requests == Some(0) && iteration.generation_requests == Some(0)
    };
    iterations.iter().filter(is_empty).map(|iteration| iteration.span).collect()
}

/// Sums up the work of each step, and counts its kernels: all of them, and those launched within its marker.
fn add_owned(work: &DeviceWork, attributed: &Attributed, iterations: &mut [Iteration], loads: &mut Loads) {
    let mut busy = vec![GrowingUnion::default(); iterations.len()];
    let placed = work.activities.iter().zip(&attributed.owners).zip(&work.launched_at);
    for ((activity, owner), launch) in placed {
        let Some(owner) = *owner else { continue };
        busy[owner].add(activity.span);
        if is_kernel(activity) {
            let iteration = &mut iterations[owner];
            iteration.kernel_count += 1;
            iteration.kernel_time_ns =
                iteration.kernel_time_ns.saturating_add(activity.span.1 - activity.span.0);
            loads.windows[owner].kernels += 1;
            let in_marker = launch.is_none_or(|time| time < iteration.marker_end_ns);
            loads.markers[owner].kernels += u64::from(in_marker);
        }
    }
    for (iteration, union) in iterations.iter_mut().zip(busy) {
        iteration.gpu_busy_ns = iteration.gpu_busy_ns.map(|sum| sum + union.covered_ns);
    }
    for owner in &attributed.inferred {
        iterations[*owner].inferred = true;
    }
}

fn add_host_ranges(store: &Store, pid: Option<&str>, iterations: &mut [Iteration]) {
    let timeline = HostTimeline::of(store, pid);
    for iteration in iterations {
        iteration.host_ranges = timeline.within(iteration.span);
        iteration.threads = timeline.threads_within(iteration.span);
    }
}
