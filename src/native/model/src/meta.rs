// SPDX-License-Identifier: Apache-2.0
//! The facts of a trace that are not slices: where it came from, tracks, devices, warnings.

use serde::{Deserialize, Serialize};

use crate::{CounterInfo, Row, TrackId};

/// What identifies the file a store was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceStamp {
    /// Absolute path at the time of reading.
    pub path: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Modification time, nanoseconds since the epoch.
    pub modified_ns: i64,
    /// Checksum of the first and last blocks.
    pub quick_hash: u32,
}

/// What kind of row a track is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrackType {
    /// A thread of a process.
    Thread,
    /// A stream of a device.
    GpuStream,
    /// Rows that are neither, such as the profiler's own.
    Other,
}

/// A range of rows in the slice table: one lane of a track, sorted by start, free of overlaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneRows {
    /// First row.
    pub first: Row,
    /// Number of rows.
    pub count: u32,
}

/// One track of a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrackInfo {
    /// Position in the track table, which is the order of display.
    pub id: TrackId,
    /// Process as the trace names it.
    pub pid: String,
    /// Thread or stream as the trace names it.
    pub tid: String,
    /// Process name, empty when the trace has none.
    pub process_name: String,
    /// Thread or stream name.
    pub name: String,
    /// Which part of a thread's activity this is (`CUDA API`, an NVTX domain, …) where a thread has several tracks.
    #[serde(default)]
    pub section: Option<String>,
    /// What kind of row it is.
    #[serde(rename = "type")]
    pub track_type: TrackType,
    /// Device of a stream.
    pub device_id: Option<u32>,
    /// Number of a stream.
    pub stream: Option<u32>,
    /// Number of lanes.
    pub lanes: u32,
    /// Number of slices.
    pub slice_count: u64,
    /// Number of instants.
    pub instant_count: u64,
    /// Time covered by at least one slice, in nanoseconds.
    pub covered_ns: i64,
}

/// One device that the trace describes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceInfo {
    /// Ordinal.
    pub id: u32,
    /// Product name, empty when unknown.
    pub name: String,
}

/// How many events of each phase the source holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceCounts {
    /// All events.
    pub events: u64,
    /// Duration slices: complete events and begin/end pairs.
    pub slices: u64,
    /// Flow starts, steps and ends.
    pub flows: u64,
    /// Instants.
    pub instants: u64,
    /// Counter samples.
    pub counters: u64,
    /// Metadata events.
    pub metadata: u64,
    /// Begins, steps and ends of asynchronous work.
    pub asyncs: u64,
    /// Object, mark and other events that are counted and not drawn.
    pub others: u64,
}

/// What was repaired, clipped or not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WarningCode {
    /// The file ends early; everything before the end was read.
    Truncated,
    /// Events that are not valid JSON or lack what their phase needs.
    MalformedEvents,
    /// Text that was not valid UTF-8.
    InvalidText,
    /// The part around the events could not be understood.
    MetadataUnreadable,
    /// Negative lengths, set to zero.
    NegativeDuration,
    /// Slices of no length.
    ZeroDuration,
    /// Complete events without a length.
    MissingDuration,
    /// Slices that overlap another of their lane without nesting; moved to a lane of their own.
    PartialOverlap,
    /// Begin events without an end; closed at the end of their track.
    UnclosedBegin,
    /// End events without a begin; ignored.
    UnmatchedEnd,
    /// Flow events without their other end.
    FlowWithoutPartner,
    /// Flow events at which no slice lies.
    FlowWithoutSlice,
    /// Counter values that are no finite numbers.
    CounterValueUnreadable,
    /// Correlations or external ids that do not fit 32 bits; not joined.
    IdTooLarge,
    /// Lanes deeper than the store can number.
    LanesClamped,
    /// More categories than the store can number.
    CategoriesClamped,
    /// No step markers, and nothing to infer iterations from.
    IterationsNotFound,
    /// Tables of a report that are no tables, or lack the columns that their name promises.
    ForeignTables,
    /// Parts of a database that could not be read.
    DamagedPages,
    /// The producer left a journal: its last transactions may be missing.
    UnfinishedExport,
    /// The recording does not say when it was made.
    NoWallClock,
    /// Samples and events that are counted and not drawn.
    NotDrawn,
}

impl WarningCode {
    /// The code as other processes see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::MalformedEvents => "malformed-events",
            Self::InvalidText => "invalid-text",
            Self::MetadataUnreadable => "metadata-unreadable",
            Self::NegativeDuration => "negative-duration",
            Self::ZeroDuration => "zero-duration",
            Self::MissingDuration => "missing-duration",
            Self::PartialOverlap => "partial-overlap",
            Self::UnclosedBegin => "unclosed-begin",
            Self::UnmatchedEnd => "unmatched-end",
            Self::FlowWithoutPartner => "flow-without-partner",
            Self::FlowWithoutSlice => "flow-without-slice",
            Self::CounterValueUnreadable => "counter-value-unreadable",
            Self::IdTooLarge => "id-too-large",
            Self::LanesClamped => "lanes-clamped",
            Self::CategoriesClamped => "categories-clamped",
            Self::IterationsNotFound => "iterations-not-found",
            Self::ForeignTables => "foreign-tables",
            Self::DamagedPages => "damaged-pages",
            Self::UnfinishedExport => "unfinished-export",
            Self::NoWallClock => "no-wall-clock",
            Self::NotDrawn => "not-drawn",
        }
    }

    /// What it means, as a sentence.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Truncated => "The file ends early; everything before the cut was read.",
            Self::MalformedEvents => "Some events could not be understood and were left out.",
            Self::InvalidText => "Some names were not valid UTF-8; the invalid bytes were replaced.",
            Self::MetadataUnreadable => {
                "The part around the events could not be read; device names and the clock's base may be missing."
            }
            Self::NegativeDuration => "Slices with a negative duration were set to zero.",
            Self::ZeroDuration => "Slices have no duration; they are drawn one pixel wide.",
            Self::MissingDuration => "Complete events without a duration were set to zero.",
            Self::PartialOverlap => "Slices overlap without nesting; each was moved to a lane of its own.",
            Self::UnclosedBegin => "Begin events have no end; they were closed at the end of their track.",
            Self::UnmatchedEnd => "End events have no begin and were left out.",
            Self::FlowWithoutPartner => "Flow events have no other end and are not drawn as arrows.",
            Self::FlowWithoutSlice => "Flow events lie at no slice and are not drawn as arrows.",
            Self::CounterValueUnreadable => "Counter values that are no numbers were left out.",
            Self::IdTooLarge => {
                "Correlation ids do not fit 32 bits; those slices are not joined to their launch."
            }
            Self::LanesClamped => "Slices nest deeper than 65,535 levels; the deepest share one lane.",
            Self::CategoriesClamped => "The trace has more than 255 categories; the rest share one.",
            Self::IterationsNotFound => {
                "The trace has no step markers and no graph launches, so its iterations are not known."
            }
            Self::ForeignTables => {
                "Some tables of the report are not what their names promise and were left out. Export the report again."
            }
            Self::DamagedPages => {
                "Parts of the database are damaged; what could be read around them is shown. Export the report again."
            }
            Self::UnfinishedExport => {
                "A journal lies beside the database: its export was not finished, or another program still writes it."
            }
            Self::NoWallClock => {
                "The report does not say when it was recorded, so it cannot be put on one clock with others."
            }
            Self::NotDrawn => "Samples and records without a time range were counted and are not drawn.",
        }
    }
}

/// What the producer itself said about its recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The text, as far as a sentence goes.
    pub text: String,
    /// How often.
    pub count: u64,
}

/// How often something was repaired, clipped or not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceWarning {
    /// What.
    pub code: WarningCode,
    /// How often.
    pub count: u64,
}

/// Warnings being counted.
#[derive(Debug, Clone, Default)]
pub struct WarningCounts(std::collections::BTreeMap<WarningCode, u64>);

impl WarningCounts {
    /// Counts one more.
    pub fn add(&mut self, code: WarningCode) {
        self.add_many(code, 1);
    }

    /// Counts several more; zero leaves no trace.
    pub fn add_many(&mut self, code: WarningCode, count: u64) {
        if count > 0 {
            *self.0.entry(code).or_default() += count;
        }
    }

    /// How often so far.
    #[must_use]
    pub fn count(&self, code: WarningCode) -> u64 {
        self.0.get(&code).copied().unwrap_or(0)
    }

    /// Adds all counts of another.
    pub fn merge(&mut self, other: &Self) {
        for (code, count) in &other.0 {
            self.add_many(*code, *count);
        }
    }

    /// The counts in a fixed order.
    #[must_use]
    pub fn to_list(&self) -> Vec<TraceWarning> {
        self.0.iter().map(|(code, count)| TraceWarning { code: *code, count: *count }).collect()
    }
}

/// Everything about a trace but its slices and names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceMeta {
    /// The file that was read.
    pub source: SourceStamp,
    /// Producer format: `kineto`, `chrome` or `nsys`.
    pub format: String,
    /// Whether the source is compressed.
    pub compressed: bool,
    /// Wall clock of offset zero, nanoseconds since the epoch; the start of the first slice.
    pub origin_ns: i64,
    /// End of the last slice, as an offset from the origin.
    pub end_ns: i64,
    /// Rank in a distributed job.
    pub rank: Option<u32>,
    /// Size of that job.
    pub world_size: Option<u32>,
    /// Version of the rule table that decided the kinds.
    pub rules_version: u32,
    /// Devices that the trace describes.
    pub devices: Vec<DeviceInfo>,
    /// Tracks in the order of display.
    pub tracks: Vec<TrackInfo>,
    /// Counters by id.
    pub counters: Vec<CounterInfo>,
    /// Categories by id.
    pub categories: Vec<String>,
    /// Events by phase.
    pub counts: TraceCounts,
    /// What was repaired, clipped or not understood.
    pub warnings: Vec<TraceWarning>,
    /// What the producer itself said about its recording.
    #[serde(default)]
    pub diagnostics: Vec<Diagnostic>,
}
