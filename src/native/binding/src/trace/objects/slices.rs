// SPDX-License-Identifier: Apache-2.0
//! One slice and what it is joined to.

use std::path::Path;

use iterscope_ingest::read_args;
use iterscope_store::Store;
use napi_derive::napi;

use super::numbers::real;

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
    /// Why its arguments cannot be read, a sentence; null when they can, or when there are none.
    pub args_unreadable: Option<String>,
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

impl SliceDetails {
    /// From the details of a slice and its arguments.
    pub fn of(details: iterscope_analysis::SliceDetails, args: Arguments) -> Self {
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
            args_json: args.json,
            args_unreadable: args.unreadable,
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

/// Arguments of a slice or an instant, which stay in the source: it may have changed since, or be gone.
pub struct Arguments {
    pub json: Option<String>,
    pub unreadable: Option<String>,
}

impl Arguments {
    /// Of the event that begins at an offset of the (inflated) source.
    pub fn read(source: &Path, store: &Store, offset: u64) -> Self {
        let read = store.check_source(source).and_then(|()| read_args(source, store, offset));
        match read {
            Ok(json) => Self { json, unreadable: None },
            Err(error) => Self { json: None, unreadable: Some(error.message) },
        }
    }
}
