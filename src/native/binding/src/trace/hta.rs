// SPDX-License-Identifier: Apache-2.0
//! Figures of `HolisticTraceAnalysis` as JavaScript sees them.

use std::sync::Arc;

use iterscope_analysis::{HtaFigures as Figures, HtaStream as Stream, hta_figures};
use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;

use super::TraceHandle;
use super::objects::{count, real};
use super::work::{Work, run};

/// One stream, by the definitions of `HolisticTraceAnalysis`.
#[napi(object)]
pub struct HtaStream {
    /// Its number.
    pub stream: u32,
    /// The launch call of what follows began after the gap did.
    pub host_wait_ns: f64,
    /// It did not, and the gap is shorter than 30 µs.
    pub kernel_wait_ns: f64,
    /// It did not, and the gap is longer.
    pub other_ns: f64,
    /// How often its queue changed.
    pub queue_changes: f64,
    /// Longest queue.
    pub queue_max: f64,
    /// Sum of the lengths after each change.
    pub queue_sum: f64,
}

/// The figures of `HolisticTraceAnalysis` 0.5.0.
#[napi(object, use_nullable = true)]
#[allow(clippy::struct_field_names)] // The unit.
pub struct HtaFigures {
    /// The first start on the device.
    pub start_ns: f64,
    /// From there to the last end.
    pub kernel_ns: f64,
    /// Of that, nothing ran.
    pub idle_ns: f64,
    /// A computation ran.
    pub compute_ns: f64,
    /// Something ran, but no computation.
    pub non_compute_ns: f64,
    /// Communication ran.
    pub communication_ns: f64,
    /// Of that, a computation ran, too.
    pub overlap_ns: f64,
    /// Launches whose activity is known.
    pub launch_count: f64,
    /// Sum of their delays from the end of the call.
    pub launch_delay_ns: f64,
    /// Longest delay.
    pub max_launch_delay_ns: f64,
    /// Launches whose activity began before their call had ended.
    pub immediate_launches: f64,
    /// By number.
    pub streams: Vec<HtaStream>,
    /// Start of the last profiler step: what was launched from there on is left out; null without steps.
    pub until_ns: Option<f64>,
}

#[napi]
impl TraceHandle {
    /// The figures of `HolisticTraceAnalysis` 0.5.0; null of a trace without work of devices.
    #[napi(ts_return_type = "Promise<HtaFigures | null>")]
    pub fn hta(&self) -> AsyncTask<Work<Option<HtaFigures>>> {
        let store = Arc::clone(&self.store);
        run(move || Ok(hta_figures(&store).map(Into::into)))
    }
}

impl From<Stream> for HtaStream {
    fn from(stream: Stream) -> Self {
        Self {
            stream: stream.stream,
            host_wait_ns: real(stream.host_wait_ns),
            kernel_wait_ns: real(stream.kernel_wait_ns),
            other_ns: real(stream.other_ns),
            queue_changes: count(stream.queue_changes),
            queue_max: real(stream.queue_max),
            queue_sum: real(stream.queue_sum),
        }
    }
}

impl From<Figures> for HtaFigures {
    fn from(figures: Figures) -> Self {
        Self {
            start_ns: real(figures.start_ns),
            kernel_ns: real(figures.kernel_ns),
            idle_ns: real(figures.idle_ns),
            compute_ns: real(figures.compute_ns),
            non_compute_ns: real(figures.non_compute_ns),
            communication_ns: real(figures.communication_ns),
            overlap_ns: real(figures.overlap_ns),
            launch_count: count(figures.launch_count),
            launch_delay_ns: real(figures.launch_delay_ns),
            max_launch_delay_ns: real(figures.max_launch_delay_ns),
            immediate_launches: count(figures.immediate_launches),
            streams: figures.streams.into_iter().map(Into::into).collect(),
            until_ns: figures.until_ns.map(real),
        }
    }
}
