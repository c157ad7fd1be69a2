// SPDX-License-Identifier: Apache-2.0
//! Iterations of a rank. Host window k runs from the start of marker k to the start of marker k+1, the last
//! one to the end of its marker. GPU window k of a device runs from the start of the first activity launched
//! in host window k to the start of the first one launched in k+1; the last one, and one before a step that launched
//! nothing, to the end of the last activity launched in it. With an overlap scheduler the two are shifted.

use iterscope_model::{CategoryRole, Kind, KindClass, TrackType};
use iterscope_store::Store;

use crate::attribution::Launches;
use crate::capture::{CaptureCheck, Captured, Load, Loads, add_calls, check_capture};
use crate::composition::{ClassTimeline, Composition};
use crate::devices::{Activity, activities, rows_of};
use crate::host_ranges::{HostRanges, HostTimeline, ThreadRanges};
use crate::inference::inferred_windows;
use crate::markers::{MarkerText, find_markers};
use crate::spans::{Span, union_ns};

/// The window of an iteration on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GpuWindow {
    /// Device.
    pub device: u32,
    /// Begin and end.
    pub span: Span,
    /// How the device spent it.
    pub composition: Composition,
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

/// The iterations of a trace. Those without a number of their own count from `first_index`.
#[must_use]
pub fn iterations(store: &Store, first_index: i64) -> IterationTable {
    let (mut iterations, rank) = host_windows(store, first_index);
    if iterations.is_empty() {
        return IterationTable::default();
    }
    let work = activities(store);
    let mut loads = Loads::default();
    let mut shifted_kernels = 0;
    if work.is_empty() {
        let timeline = host_timeline(store);
        for iteration in &mut iterations {
            iteration.host_composition = Some(timeline.within(iteration.span));
        }
    } else {
        shifted_kernels = add_device_work(store, &work, &mut iterations, &mut loads);
    }
    add_host_ranges(store, rank.as_deref(), &mut iterations);
    let capture = rank.filter(|_| !work.is_empty()).and_then(|pid| {
        add_calls(store, Some(&pid), &iterations, &mut loads);
        check_capture(&mut iterations, &loads)
    });
    IterationTable { iterations, shifted_kernels, capture }
}

/// Host windows, and the process of the markers when there are any.
fn host_windows(store: &Store, first_index: i64) -> (Vec<Iteration>, Option<String>) {
    let Some(markers) = find_markers(store) else {
        let numbered = (first_index..).zip(inferred_windows(store));
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
fn add_device_work(store: &Store, work: &[Activity], iterations: &mut [Iteration], loads: &mut Loads) -> u64 {
    for iteration in iterations.iter_mut() {
        iteration.gpu_busy_ns = Some(0);
    }
    loads.windows = vec![Load::default(); iterations.len()];
    loads.markers = loads.windows.clone();
    let mut launches = Launches::of(store);
    let starts: Vec<i64> = iterations.iter().map(|iteration| iteration.span.0).collect();
    let window_of = |time_ns: i64| starts.partition_point(|start| *start <= time_ns);
    let mut shifted_kernels = 0;
    for device_work in work.chunk_by(|a, b| a.device == b.device) {
        let host_times: Vec<Option<i64>> =
            device_work.iter().map(|activity| launches.launched_at(activity)).collect();
        for (activity, host_time) in device_work.iter().zip(&host_times) {
            let is_later = host_time.is_some_and(|time| window_of(activity.span.0) > window_of(time));
            shifted_kernels += u64::from(is_later && activity.role == CategoryRole::Kernel);
        }
        let mut owners: Vec<Option<usize>> =
            host_times.iter().map(|time| time.and_then(|time| iteration_at(iterations, time))).collect();
        let windows = gpu_windows(device_work, &owners, iterations.len());
        for (position, _) in host_times.iter().enumerate().filter(|(_, time)| time.is_none()) {
            owners[position] = window_at(&windows, device_work[position].span.0);
            if let Some(owner) = owners[position] {
                iterations[owner].inferred = true;
            }
        }
        add_windows(store, device_work, &windows, iterations);
        add_owned(device_work, &owners, iterations);
        add_loads(device_work, &owners, &host_times, iterations, loads);
    }
    shifted_kernels
}

/// The iteration in whose window on the device a time lies.
fn window_at(windows: &[(usize, Span)], time_ns: i64) -> Option<usize> {
    windows.iter().find(|(_, span)| (span.0..span.1).contains(&time_ns)).map(|(owner, _)| *owner)
}

/// Iteration and window of each iteration that has work on a device.
fn gpu_windows(work: &[Activity], owners: &[Option<usize>], count: usize) -> Vec<(usize, Span)> {
    let mut firsts: Vec<Option<Span>> = vec![None; count];
    for (activity, owner) in work.iter().zip(owners) {
        if let Some(owner) = owner {
            let (first, last) = firsts[*owner].unwrap_or(activity.span);
            firsts[*owner] = Some((first.min(activity.span.0), last.max(activity.span.1)));
        }
    }
    let with_work: Vec<(usize, Span)> =
        firsts.into_iter().enumerate().filter_map(|(owner, span)| Some((owner, span?))).collect();
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

fn add_windows(store: &Store, work: &[Activity], windows: &[(usize, Span)], iterations: &mut [Iteration]) {
    let timeline = ClassTimeline::of(work.iter().map(|activity| {
        let class = activity.class(store);
        // A kernel of no class still keeps the device from being idle.
        (activity.span, if class == KindClass::None { KindClass::Compute } else { class })
    }));
    for (owner, span) in windows {
        let window = GpuWindow { device: work[0].device, span: *span, composition: timeline.within(*span) };
        iterations[*owner].gpu_windows.push(window);
    }
}

fn add_owned(work: &[Activity], owners: &[Option<usize>], iterations: &mut [Iteration]) {
    let mut spans: Vec<Vec<Span>> = vec![Vec::new(); iterations.len()];
    for (activity, owner) in work.iter().zip(owners) {
        let Some(owner) = *owner else { continue };
        spans[owner].push(activity.span);
        if activity.role == CategoryRole::Kernel {
            iterations[owner].kernel_count += 1;
            iterations[owner].kernel_time_ns += activity.span.1 - activity.span.0;
        }
    }
    for (iteration, spans) in iterations.iter_mut().zip(spans) {
        let busy_ns = union_ns(spans);
        iteration.gpu_busy_ns = iteration.gpu_busy_ns.map(|sum| sum + busy_ns);
    }
}

/// Counts kernels by the step that launched them, and whether within its marker.
fn add_loads(
    work: &[Activity],
    owners: &[Option<usize>],
    host_times: &[Option<i64>],
    iterations: &[Iteration],
    loads: &mut Loads,
) {
    for ((activity, owner), host_time) in work.iter().zip(owners).zip(host_times) {
        let Some(owner) = owner.filter(|_| activity.role == CategoryRole::Kernel) else { continue };
        loads.windows[owner].kernels += 1;
        let in_marker = host_time.is_none_or(|time| time < iterations[owner].marker_end_ns);
        loads.markers[owner].kernels += u64::from(in_marker);
    }
}

/// What the threads do at each time: on a thread the innermost operator, among threads the highest class.
fn host_timeline(store: &Store) -> ClassTimeline {
    let threads = store.meta().tracks.iter().filter(|track| track.track_type == TrackType::Thread);
    ClassTimeline::of(threads.flat_map(|track| innermost(store, track.id)))
}

fn innermost(store: &Store, track: u32) -> Vec<(Span, KindClass)> {
    let class = |row: u32| Kind::from_number(store.kinds()[row as usize]).class();
    let mut rows: Vec<u32> = store.lanes_of(track).iter().flat_map(rows_of).collect();
    rows.retain(|row| class(*row) != KindClass::None);
    rows.sort_by_key(|row| (store.starts()[*row as usize], std::cmp::Reverse(store.end_ns(*row))));
    let mut segments = Vec::with_capacity(rows.len());
    let mut open: Vec<(i64, KindClass)> = Vec::new();
    let mut since = i64::MIN;
    for row in rows {
        let start = store.starts()[row as usize];
        close_until(start, &mut open, &mut since, &mut segments);
        if let Some((_, class)) = open.last() {
            segments.push(((since, start), *class));
        }
        since = start;
        open.push((store.end_ns(row), class(row)));
    }
    close_until(i64::MAX, &mut open, &mut since, &mut segments);
    segments
}

fn close_until(
    limit: i64,
    open: &mut Vec<(i64, KindClass)>,
    since: &mut i64,
    segments: &mut Vec<(Span, KindClass)>,
) {
    while let Some((end, class)) = open.pop_if(|(end, _)| *end <= limit) {
        if end > *since {
            segments.push(((*since, end), class));
            *since = end;
        }
    }
}

fn add_host_ranges(store: &Store, pid: Option<&str>, iterations: &mut [Iteration]) {
    let timeline = HostTimeline::of(store, pid);
    for iteration in iterations {
        iteration.host_ranges = timeline.within(iteration.span);
        iteration.threads = timeline.threads_within(iteration.span);
    }
}
