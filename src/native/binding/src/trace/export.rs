// SPDX-License-Identifier: Apache-2.0
//! Parts of a trace as files, as JavaScript sees them.

use std::path::PathBuf;
use std::sync::Arc;

use iterscope_analysis::Subject;
use iterscope_export::{Part, Written, write_chrome, write_slices_csv, write_slices_parquet};
use iterscope_model::{ErrorCode, Result, TraceError};
use napi::Status;
use napi::bindgen_prelude::AsyncTask;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

use super::objects::{count, whole};
use super::work::{Work, run};
use super::{CancelToken, TraceHandle};

/// Which part of a trace: a range of time, or iterations (both ends included); without either, all of it.
#[napi(object)]
pub struct TracePart {
    /// Begin of a range, nanoseconds from the origin.
    pub start_ns: Option<f64>,
    /// Its end.
    pub end_ns: Option<f64>,
    /// First iteration.
    pub first_iteration: Option<i64>,
    /// Last iteration.
    pub last_iteration: Option<i64>,
    /// Number of the trace's first iteration when its markers have none.
    pub first_index: Option<i64>,
}

/// What a written file holds.
#[napi(object)]
pub struct TraceWritten {
    /// Slices.
    pub slices: f64,
    /// Instants.
    pub instants: f64,
    /// Counter samples.
    pub samples: f64,
    /// Arrows.
    pub flows: f64,
    /// Its size.
    pub bytes: f64,
}

impl From<Written> for TraceWritten {
    fn from(written: Written) -> Self {
        Self {
            slices: count(written.slices),
            instants: count(written.instants),
            samples: count(written.samples),
            flows: count(written.flows),
            bytes: count(written.bytes),
        }
    }
}

type ShareListener = ThreadsafeFunction<f64, (), f64, Status, false>;

#[napi]
impl TraceHandle {
    /// Writes a part of the trace to a file, replacing one that is there: `chrome` is a trace in Chrome's format,
    /// the others are tables of slices. `onProgress` is told the share that is done.
    #[napi(
        ts_args_type = "format: 'chrome' | 'csv' | 'parquet', part: TracePart, targetPath: string, onProgress: (share: number) => void, cancel: CancelToken",
        ts_return_type = "Promise<TraceWritten>"
    )]
    pub fn write(
        &self,
        format: String,
        part: TracePart,
        target_path: String,
        on_progress: ShareListener,
        cancel: &CancelToken,
    ) -> AsyncTask<Work<TraceWritten>> {
        let (store, rules, source) = (Arc::clone(&self.store), Arc::clone(&self.rules), self.source.clone());
        let (cancel, shared) = (cancel.cancel.clone(), Arc::clone(&self.shared));
        run(move || {
            let first_index = part.first_index.unwrap_or(0);
            let subject = Subject { store: &store, rules: &rules, first_index, shared };
            let target = PathBuf::from(target_path);
            let mut tell = |share: f64| {
                on_progress.call(share, ThreadsafeFunctionCallMode::NonBlocking);
            };
            let chosen = chosen_part(&part)?;
            let written = match format.as_str() {
                "chrome" => write_chrome(&subject, &source, chosen, &target, &mut tell, &cancel)?,
                "csv" => write_slices_csv(&subject, chosen, &target, &mut tell, &cancel)?,
                "parquet" => write_slices_parquet(&subject, chosen, &target, &mut tell, &cancel)?,
                _ => return Err(unknown_format(&format)),
            };
            Ok(written.into())
        })
    }
}

fn chosen_part(part: &TracePart) -> Result<Part> {
    match (part.start_ns, part.end_ns, part.first_iteration, part.last_iteration) {
        (None, None, None, None) => Ok(Part::Everything),
        (Some(start), Some(end), None, None) if start < end => Ok(Part::Range(whole(start), whole(end))),
        (None, None, Some(first), Some(last)) if first <= last => Ok(Part::Iterations(first, last)),
        _ => Err(TraceError::new(
            ErrorCode::QueryOutOfRange,
            "A part of a trace is a range of time or of iterations, with its begin before its end."
                .to_owned(),
        )),
    }
}

fn unknown_format(format: &str) -> TraceError {
    let message = format!("Traces are not written as {format}: ask for chrome, csv or parquet.");
    TraceError::new(ErrorCode::QueryOutOfRange, message)
}
