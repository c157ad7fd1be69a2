// SPDX-License-Identifier: Apache-2.0
//! Iterations, and how they spent their time.

use iterscope_analysis::Captured;
use napi_derive::napi;

use super::super::figures::{Distribution, IdleCauses};
use super::numbers::{count, real};

/// A window split without overlap; the parts sum to it.
#[napi(object)]
#[allow(clippy::struct_field_names)] // The unit.
pub struct Composition {
    /// At least one slice computes.
    pub compute_ns: f64,
    /// None computes, at least one communicates or waits for other ranks.
    pub communication_ns: f64,
    /// None of these, at least one moves memory.
    pub memory_ns: f64,
    /// Nothing of these.
    pub idle_ns: f64,
}

/// The window of an iteration on one device.
#[napi(object)]
pub struct GpuWindow {
    /// Device.
    pub device_id: u32,
    /// Start of the first activity launched in the iteration.
    pub start_ns: f64,
    /// Start of the first activity of the next one.
    pub end_ns: f64,
    /// How far the device runs behind: its window's start minus the host window's.
    pub shift_ns: f64,
    /// How the device spent it; its communication is what no computing hides (exposed).
    pub composition: Composition,
    /// Time with communication, whatever ran beside it.
    pub communication_ns: f64,
    /// Its idle time by cause.
    pub idle: IdleCauses,
}

/// One iteration of the engine's loop.
#[napi(object, use_nullable = true)]
pub struct Iteration {
    /// Number as the engine counts.
    pub index: f64,
    /// Start of the host window: of its marker.
    pub start_ns: f64,
    /// End of the host window: start of the next marker.
    pub end_ns: f64,
    /// End of the marker itself.
    pub marker_end_ns: f64,
    /// Requests in prefill, when the marker says.
    pub context_requests: Option<u32>,
    /// Their tokens, when the marker says.
    pub context_tokens: Option<u32>,
    /// Requests in decode, when the marker says.
    pub generation_requests: Option<u32>,
    /// Windows on devices that worked for it.
    pub gpu_windows: Vec<GpuWindow>,
    /// Length of the union of its activities, summed over devices; null in a trace without device work.
    pub gpu_busy_ns: Option<f64>,
    /// Kernels launched in it.
    pub kernel_count: f64,
    /// Sum of their durations.
    pub kernel_time_ns: f64,
    /// From launch calls of its host window to the start of their first work; null without such calls.
    pub launch_delay: Option<Distribution>,
    /// How the threads spent the host window; null in a trace with device work.
    pub host_composition: Option<Composition>,
    /// Garbage collection within the host window, all threads together.
    pub gc_ns: f64,
    /// Holding Python's global lock, all threads together; null in a trace that does not record it.
    pub gil_held_ns: Option<f64>,
    /// Waiting for Python's global lock; null in a trace that does not record it.
    pub gil_waiting_ns: Option<f64>,
    /// Garbage collection and the global lock by thread.
    pub threads: Vec<IterationThread>,
    /// Whether as much was recorded as of other steps of its kind.
    #[napi(ts_type = "'complete' | 'partial' | 'empty'")]
    pub captured: String,
    /// Whether the window, or the launch of any of its kernels, was inferred.
    pub inferred: bool,
}

/// What one thread spent of a host window.
#[napi(object, use_nullable = true)]
pub struct IterationThread {
    /// Process as the trace names it.
    pub pid: String,
    /// Thread as the trace names it.
    pub tid: String,
    /// Name of the thread.
    pub name: String,
    /// Garbage collection.
    pub gc_ns: f64,
    /// Holding Python's global lock.
    pub gil_held_ns: Option<f64>,
    /// Waiting for Python's global lock.
    pub gil_waiting_ns: Option<f64>,
}

impl From<iterscope_analysis::ThreadRanges> for IterationThread {
    fn from(thread: iterscope_analysis::ThreadRanges) -> Self {
        Self {
            pid: thread.pid,
            tid: thread.tid,
            name: thread.name,
            gc_ns: real(thread.ranges.gc_ns),
            gil_held_ns: thread.ranges.gil_held_ns.map(real),
            gil_waiting_ns: thread.ranges.gil_waiting_ns.map(real),
        }
    }
}

impl From<iterscope_analysis::Composition> for Composition {
    fn from(parts: iterscope_analysis::Composition) -> Self {
        Self {
            compute_ns: real(parts.compute_ns),
            communication_ns: real(parts.communication_ns),
            memory_ns: real(parts.memory_ns),
            idle_ns: real(parts.idle_ns),
        }
    }
}

impl From<iterscope_analysis::Iteration> for Iteration {
    fn from(iteration: iterscope_analysis::Iteration) -> Self {
        let gpu_window = |window: iterscope_analysis::GpuWindow| GpuWindow {
            device_id: window.device,
            start_ns: real(window.span.0),
            end_ns: real(window.span.1),
            shift_ns: real(window.span.0 - iteration.span.0),
            composition: window.composition.into(),
            communication_ns: real(window.communication_ns),
            idle: window.idle.into(),
        };
        Self {
            index: real(iteration.index),
            start_ns: real(iteration.span.0),
            end_ns: real(iteration.span.1),
            marker_end_ns: real(iteration.marker_end_ns),
            context_requests: iteration.context_requests,
            context_tokens: iteration.context_tokens,
            generation_requests: iteration.generation_requests,
            gpu_windows: iteration.gpu_windows.into_iter().map(gpu_window).collect(),
            gpu_busy_ns: iteration.gpu_busy_ns.map(real),
            kernel_count: count(iteration.kernel_count),
            kernel_time_ns: real(iteration.kernel_time_ns),
            launch_delay: iteration.launch_delay.map(Distribution::from),
            host_composition: iteration.host_composition.map(Composition::from),
            gc_ns: real(iteration.host_ranges.gc_ns),
            gil_held_ns: iteration.host_ranges.gil_held_ns.map(real),
            gil_waiting_ns: iteration.host_ranges.gil_waiting_ns.map(real),
            threads: iteration.threads.into_iter().map(IterationThread::from).collect(),
            captured: match iteration.captured {
                Captured::Complete => "complete",
                Captured::Partial => "partial",
                Captured::Empty => "empty",
            }
            .to_owned(),
            inferred: iteration.inferred,
        }
    }
}
