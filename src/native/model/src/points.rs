// SPDX-License-Identifier: Apache-2.0
//! What a trace holds beside slices: moments, counter samples and arrows between slices.

use serde::{Deserialize, Serialize};

use crate::{CategoryId, NameId, Row, TrackId};

/// Index into the table of counters.
pub type CounterId = u32;

/// A moment without length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant {
    /// When, in nanoseconds; from the trace origin in a store.
    pub time_ns: i64,
    /// Where the event begins in the (inflated) source.
    pub source_offset: u64,
    /// Name.
    pub name: NameId,
    /// Track.
    pub track: TrackId,
    /// Category.
    pub category: CategoryId,
    /// [`crate::Kind`] as a number.
    pub kind: u8,
}

/// One value of a counter; it holds until the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// When, in nanoseconds; from the trace origin in a store.
    pub time_ns: i64,
    /// The value; finite.
    pub value: f64,
    /// Whose value.
    pub counter: CounterId,
}

/// An arrow from one slice to another, as the trace states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// Where it begins.
    pub from: Row,
    /// Where it ends.
    pub to: Row,
    /// Category of its events, such as `ac2g` or `fwdbwd`.
    pub category: CategoryId,
}

/// One counter: a row of values over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CounterInfo {
    /// Position in the counter table.
    pub id: CounterId,
    /// Process as the trace names it.
    pub pid: String,
    /// Process name, empty when the trace has none.
    pub process_name: String,
    /// Name, with the series where a counter has several.
    pub name: String,
    /// Unit of the values, empty when the trace does not say.
    pub unit: String,
    /// Device whose counter it is.
    pub device_id: Option<u32>,
    /// Number of samples.
    pub sample_count: u32,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}
