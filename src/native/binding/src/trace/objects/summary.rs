// SPDX-License-Identifier: Apache-2.0
//! Totals of a trace, and what was wrong with it.

use iterscope_model::{Diagnostic, TraceMeta, TraceWarning as Warning};
use napi_derive::napi;

use super::numbers::{count, real};

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
