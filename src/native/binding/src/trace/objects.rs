// SPDX-License-Identifier: Apache-2.0
//! Answers as JavaScript sees them. Times are nanoseconds from the trace's origin: doubles are exact up to 104 days.

use iterscope_analysis::Captured;
use iterscope_model::{Diagnostic, TraceMeta, TraceWarning as Warning, TrackInfo, TrackType};
use napi_derive::napi;

use super::figures::{Distribution, IdleCauses};

/// How far an ingest is.
#[napi(object, use_nullable = true)]
pub struct IngestProgress {
    /// Bytes of the source file that were read.
    pub bytes_done: f64,
    /// Size of the source file.
    pub bytes_total: f64,
    /// Slices found so far.
    pub slices: f64,
    /// Seconds until the store is ready; null while there is nothing to tell it by.
    pub seconds_left: Option<f64>,
}

/// A process of a report that launched kernels.
#[napi(object)]
pub struct RankProcess {
    /// Process number as the recording has it.
    pub pid: u32,
    /// Program, empty when unknown.
    pub name: String,
    /// Devices that it used.
    pub devices: Vec<u32>,
}

/// What was repaired while reading, or cannot be answered.
#[napi(object)]
pub struct TraceWarning {
    /// Kind, such as `truncated`.
    pub code: String,
    /// A sentence.
    pub message: String,
    /// How often.
    pub count: f64,
}

/// Where a trace lies in time.
#[napi(object)]
#[allow(clippy::struct_field_names)] // The unit.
pub struct TraceSpan {
    /// Wall clock of offset zero, nanoseconds since the epoch, decimal.
    pub origin_ns: String,
    /// Start of the first slice: 0.
    pub start_ns: f64,
    /// End of the last slice.
    pub end_ns: f64,
}

/// A device with work.
#[napi(object)]
pub struct GpuDevice {
    /// Ordinal.
    pub id: u32,
    /// Product name, empty when unknown.
    pub name: String,
    /// Length of the union of its kernels, copies and sets.
    pub busy_ns: f64,
}

/// Work of all devices; times are sums of durations.
#[napi(object)]
pub struct GpuTotals {
    /// Devices with work; empty in a trace of host work only.
    pub devices: Vec<GpuDevice>,
    /// Number of kernels.
    pub kernel_count: f64,
    /// Kernels.
    pub kernel_time_ns: f64,
    /// Copies.
    pub memcpy_time_ns: f64,
    /// Sets.
    pub memset_time_ns: f64,
}

/// Totals of a trace.
#[napi(object, use_nullable = true)]
pub struct TraceSummary {
    /// `kineto`, `chrome` or `nsys`.
    pub format: String,
    /// Whether the source is compressed.
    pub compressed: bool,
    /// Where it lies in time.
    pub span: TraceSpan,
    /// Events of all phases in the source.
    pub event_count: f64,
    /// Duration slices.
    pub slice_count: f64,
    /// Tracks.
    pub track_count: u32,
    /// Rank in a distributed job.
    pub rank: Option<u32>,
    /// Size of that job.
    pub world_size: Option<u32>,
    /// Work of devices.
    pub gpu: GpuTotals,
    /// Whether its steps hold what they should; null where the trace cannot tell.
    pub capture: Option<CaptureCheck>,
    /// What was repaired while reading, what its recorder said, or what cannot be answered.
    pub warnings: Vec<TraceWarning>,
}

/// One track.
#[napi(object, use_nullable = true)]
#[allow(clippy::struct_field_names)] // `type` is no name in Rust.
pub struct Track {
    /// Id, as windows ask for it.
    pub id: u32,
    /// Process as the trace names it.
    pub pid: String,
    /// Thread or stream as the trace names it.
    pub tid: String,
    /// Process name, empty when unknown.
    pub process_name: String,
    /// Name.
    pub name: String,
    /// Which part of a thread's activity it is, where a thread has several tracks.
    pub section: Option<String>,
    /// What kind of row it is.
    #[napi(js_name = "type", ts_type = "'thread' | 'gpu-stream' | 'other'")]
    pub track_type: String,
    /// Device of a stream.
    pub device_id: Option<u32>,
    /// Number of a stream.
    pub stream: Option<u32>,
    /// Number of lanes.
    pub lanes: u32,
    /// Number of slices.
    pub slice_count: f64,
    /// Number of instants.
    pub instant_count: f64,
    /// Time covered by at least one slice.
    pub total_ns: f64,
    /// Position in the order of display.
    pub sort_index: u32,
}

/// One slice and what it is joined to.
#[napi(object, use_nullable = true)]
pub struct SliceDetails {
    /// Row.
    pub row: u32,
    /// Track.
    pub track_id: u32,
    /// Name.
    pub name: String,
    /// Category as the trace has it.
    pub category: String,
    /// What it does.
    pub kind: String,
    /// Start.
    pub start_ns: f64,
    /// Duration.
    pub dur_ns: f64,
    /// Lane.
    pub lane: u32,
    /// Joins a launch call and its work.
    pub correlation: Option<u32>,
    /// Arguments as JSON text.
    pub args_json: Option<String>,
    /// The slice of the same track that directly contains it.
    pub parent_row: Option<u32>,
    /// Launch call of device work, or device work of a launch call.
    pub partner_rows: Vec<u32>,
    /// From the start of the launch call to the start of its first work.
    pub launch_delay_ns: Option<f64>,
    /// Arrows that end here, as the trace states them.
    pub flows_in: Vec<FlowArrow>,
    /// Arrows that begin here.
    pub flows_out: Vec<FlowArrow>,
}

/// An arrow at a slice.
#[napi(object)]
pub struct FlowArrow {
    /// The slice at its other end.
    pub row: u32,
    /// Category as the trace has it.
    pub category: String,
}

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

/// Whether the steps of a trace hold what they should.
#[napi(object, use_nullable = true)]
pub struct CaptureCheck {
    /// Steps that were compared with others of their kind.
    pub steps: f64,
    /// Numbers of the steps that hold nothing, or less than half of the median of their kind.
    pub incomplete: Vec<f64>,
    /// The last step with work, when all later ones have none.
    pub cut_in: Option<f64>,
}

/// All kernels of one name.
#[napi(object)]
pub struct KernelStat {
    /// Name as the trace has it.
    pub name: String,
    /// What they do.
    pub kind: String,
    /// How many.
    pub count: f64,
    /// Sum of durations.
    pub total_ns: f64,
    /// Shortest.
    pub min_ns: f64,
    /// Longest.
    pub max_ns: f64,
}

/// Counts and offsets stay far below 2^53, where doubles are exact.
#[allow(clippy::cast_precision_loss)]
pub fn real(value: i64) -> f64 {
    value as f64
}

#[allow(clippy::cast_precision_loss)]
pub fn count(value: u64) -> f64 {
    value as f64
}

/// Nearest whole nanosecond; saturates, and what is no number becomes 0.
#[allow(clippy::cast_possible_truncation)]
pub fn whole(value: f64) -> i64 {
    value.round() as i64
}

fn warning(warning: Warning) -> TraceWarning {
    TraceWarning {
        code: warning.code.as_str().to_owned(),
        message: warning.code.message().to_owned(),
        count: count(warning.count),
    }
}

fn incomplete(check: &iterscope_analysis::CaptureCheck) -> Option<TraceWarning> {
    let message = check.message()?;
    Some(TraceWarning {
        code: "capture-incomplete".to_owned(),
        message,
        count: count(check.incomplete.len() as u64),
    })
}

fn diagnostic(said: &Diagnostic) -> TraceWarning {
    TraceWarning {
        code: "recorder-diagnostic".to_owned(),
        message: format!("The recorder says: {}", said.text),
        count: count(said.count),
    }
}

impl From<&iterscope_analysis::CaptureCheck> for CaptureCheck {
    fn from(check: &iterscope_analysis::CaptureCheck) -> Self {
        Self {
            steps: count(check.steps),
            incomplete: check.incomplete.iter().copied().map(real).collect(),
            cut_in: check.cut_in.map(real),
        }
    }
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

impl From<iterscope_ingest::RankProcess> for RankProcess {
    fn from(process: iterscope_ingest::RankProcess) -> Self {
        Self { pid: process.pid, name: process.name, devices: process.devices }
    }
}

impl From<iterscope_ingest::Progress> for IngestProgress {
    fn from(progress: iterscope_ingest::Progress) -> Self {
        Self {
            bytes_done: count(progress.bytes_done),
            bytes_total: count(progress.bytes_total),
            slices: count(progress.slices),
            seconds_left: progress.seconds_left,
        }
    }
}

impl TraceSummary {
    /// From the facts of a trace and its totals.
    pub fn of(
        meta: &TraceMeta,
        summary: iterscope_analysis::Summary,
        capture: Option<&iterscope_analysis::CaptureCheck>,
    ) -> Self {
        let mut warnings: Vec<TraceWarning> = summary.warnings.into_iter().map(warning).collect();
        warnings.extend(capture.and_then(incomplete));
        warnings.extend(meta.diagnostics.iter().map(diagnostic));
        Self {
            format: meta.format.clone(),
            compressed: meta.compressed,
            span: TraceSpan {
                origin_ns: meta.origin_ns.to_string(),
                start_ns: real(summary.span.0),
                end_ns: real(summary.span.1),
            },
            event_count: count(meta.counts.events),
            slice_count: count(summary.slice_count),
            track_count: u32::try_from(summary.track_count).unwrap_or(u32::MAX),
            rank: meta.rank,
            world_size: meta.world_size,
            gpu: summary.gpu.into(),
            capture: capture.map(CaptureCheck::from),
            warnings,
        }
    }
}

impl TraceSummary {
    /// Says why rules of the user's own are not used.
    pub fn with_refused_rules(mut self, reason: Option<String>) -> Self {
        self.warnings.extend(reason.map(|reason| TraceWarning {
            code: "step-markers-refused".to_owned(),
            message: format!(
                "Your step-markers.json is not used: {reason}. Correct it; until then the built-in rules find the iterations."
            ),
            count: 1.0,
        }));
        self
    }
}

impl From<iterscope_analysis::GpuTotals> for GpuTotals {
    fn from(totals: iterscope_analysis::GpuTotals) -> Self {
        let device = |device: iterscope_analysis::DeviceBusy| GpuDevice {
            id: device.id,
            name: device.name,
            busy_ns: real(device.busy_ns),
        };
        Self {
            devices: totals.devices.into_iter().map(device).collect(),
            kernel_count: count(totals.kernel_count),
            kernel_time_ns: real(totals.kernel_time_ns),
            memcpy_time_ns: real(totals.memcpy_time_ns),
            memset_time_ns: real(totals.memset_time_ns),
        }
    }
}

impl From<&TrackInfo> for Track {
    fn from(track: &TrackInfo) -> Self {
        let track_type = match track.track_type {
            TrackType::Thread => "thread",
            TrackType::GpuStream => "gpu-stream",
            TrackType::Other => "other",
        };
        Self {
            id: track.id,
            pid: track.pid.clone(),
            tid: track.tid.clone(),
            process_name: track.process_name.clone(),
            name: track.name.clone(),
            section: track.section.clone(),
            track_type: track_type.to_owned(),
            device_id: track.device_id,
            stream: track.stream,
            lanes: track.lanes,
            slice_count: count(track.slice_count),
            instant_count: count(track.instant_count),
            total_ns: real(track.covered_ns),
            sort_index: track.id,
        }
    }
}

impl SliceDetails {
    /// From the details of a slice and its arguments.
    pub fn of(details: iterscope_analysis::SliceDetails, args_json: Option<String>) -> Self {
        Self {
            row: details.row,
            track_id: details.track,
            name: details.name,
            category: details.category,
            kind: details.kind.label().to_owned(),
            start_ns: real(details.start_ns),
            dur_ns: real(details.dur_ns),
            lane: details.lane,
            correlation: details.correlation,
            args_json,
            parent_row: details.parent,
            partner_rows: details.partners,
            launch_delay_ns: details.launch_delay_ns.map(real),
            flows_in: details.flows_in.into_iter().map(FlowArrow::from).collect(),
            flows_out: details.flows_out.into_iter().map(FlowArrow::from).collect(),
        }
    }
}

impl From<iterscope_analysis::Arrow> for FlowArrow {
    fn from(arrow: iterscope_analysis::Arrow) -> Self {
        Self { row: arrow.row, category: arrow.category }
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

impl From<iterscope_analysis::KernelStat> for KernelStat {
    fn from(stat: iterscope_analysis::KernelStat) -> Self {
        Self {
            name: stat.name,
            kind: stat.kind.label().to_owned(),
            count: count(stat.count),
            total_ns: real(stat.total_ns),
            min_ns: real(stat.min_ns),
            max_ns: real(stat.max_ns),
        }
    }
}
