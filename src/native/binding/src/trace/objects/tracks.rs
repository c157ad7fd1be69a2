// SPDX-License-Identifier: Apache-2.0
//! Tracks.

use iterscope_model::{TrackInfo, TrackType};
use napi_derive::napi;

use super::numbers::{count, real};

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
