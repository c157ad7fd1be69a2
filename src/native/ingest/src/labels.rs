// SPDX-License-Identifier: Apache-2.0
//! What tracks are called and in which order they stand.

use iterscope_model::{TrackInfo, TrackType};
use rustc_hash::FxHashMap;

use crate::collect::{LabelFact, TrackKey};
use crate::kineto::{ASYNC_PREFIX, TrackHints};

/// Thread of the track for moments that concern the whole trace.
pub const WHOLE_TRACE: &str = "whole trace";

/// Names and positions that metadata events give.
pub struct Labels<'a>(FxHashMap<(&'a str, &'a str, &'a str), &'a str>);

impl<'a> Labels<'a> {
    pub fn of(facts: &'a [LabelFact]) -> Self {
        let keyed = facts.iter().map(|fact| {
            let tid = if fact.what.starts_with("process_") { "" } else { fact.key.tid.as_str() };
            ((fact.what.as_str(), fact.key.pid.as_str(), tid), fact.value.as_str())
        });
        Self(keyed.collect())
    }

    /// The name of a process, empty when it has none.
    pub fn process_name(&self, pid: &str) -> String {
        self.0.get(&("process_name", pid, "")).copied().unwrap_or_default().trim().to_owned()
    }

    fn thread(&self, what: &str, key: &TrackKey) -> Option<&'a str> {
        self.0.get(&(what, key.pid.as_str(), key.tid.as_str())).copied()
    }

    /// Where a track stands: as the trace says, numbers before words, moments of the whole trace last.
    pub fn position(&self, key: &TrackKey) -> impl Ord + use<> {
        let sort = |index: Option<&str>| index.and_then(|index| index.parse::<f64>().ok()).map_or(0, whole);
        (
            is_whole_trace(key),
            sort(self.0.get(&("process_sort_index", key.pid.as_str(), "")).copied()),
            natural(&key.pid),
            sort(self.thread("thread_sort_index", key)),
            natural(&key.tid),
        )
    }

    /// The facts of a track, without its slices.
    pub fn track_info(&self, id: u32, key: &TrackKey, hints: TrackHints) -> TrackInfo {
        let numbers = |text: &str| text.parse::<u32>().ok();
        let is_stream = hints.has_device_rows && !hints.has_host_rows;
        let track_type = match (is_stream, numbers(&key.pid), numbers(&key.tid)) {
            (true, ..) => TrackType::GpuStream,
            (false, Some(_), Some(_)) => TrackType::Thread,
            _ => TrackType::Other,
        };
        let stream = if is_stream { hints.stream.or_else(|| numbers(&key.tid)) } else { None };
        TrackInfo {
            id,
            pid: key.pid.clone(),
            tid: key.tid.clone(),
            process_name: self.process_name(&key.pid),
            name: self.track_name(key, track_type),
            section: None,
            track_type,
            device_id: if is_stream { hints.device.or_else(|| numbers(&key.pid)) } else { None },
            stream,
            lanes: 0,
            slice_count: 0,
            instant_count: 0,
            covered_ns: 0,
        }
    }

    fn track_name(&self, key: &TrackKey, track_type: TrackType) -> String {
        let named = self.thread("thread_name", key).map(str::trim).filter(|name| !name.is_empty());
        named.map_or_else(
            || match track_type {
                TrackType::GpuStream => format!("stream {}", key.tid),
                TrackType::Thread => format!("thread {}", key.tid),
                TrackType::Other if key.tid.as_bytes() == ASYNC_PREFIX => "async".to_owned(),
                TrackType::Other => key.tid.clone(),
            },
            str::to_owned,
        )
    }
}

/// Whether a track is the one for moments of the whole trace.
fn is_whole_trace(key: &TrackKey) -> bool {
    key.pid.is_empty() && key.tid == WHOLE_TRACE
}

#[allow(clippy::cast_possible_truncation)] // Saturates, which is all that an order needs.
fn whole(index: f64) -> i64 {
    index as i64
}

/// Numbers in order, then words in order.
fn natural(text: &str) -> (bool, i64, String) {
    text.parse::<i64>().map_or_else(|_| (true, 0, text.to_owned()), |number| (false, number, String::new()))
}
