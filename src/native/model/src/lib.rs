// SPDX-License-Identifier: Apache-2.0
//! The words of a trace: slices, tracks, kinds, names, warnings and errors.
//!
//! Times are integer nanoseconds. A slice is a span of work on one lane of one track; lanes of a track
//! never overlap within themselves, so that each lane is a sorted list of disjoint spans.

mod caught;
mod checkpoint;
mod error;
mod kind;
mod meta;
mod names;
mod points;
mod role;
pub mod rules;
mod slice;

pub use caught::caught;
pub use checkpoint::Checkpoint;
pub use error::{ErrorCode, Result, TraceError};
pub use kind::{Kind, KindClass};
pub use meta::{
    DeviceInfo, Diagnostic, LaneRows, SourceStamp, TraceCounts, TraceMeta, TraceWarning, TrackInfo,
    TrackType, WarningCode, WarningCounts,
};
pub use names::NamePool;
pub use points::{CounterId, CounterInfo, Flow, Instant, Sample};
pub use role::CategoryRole;
pub use slice::{CategoryId, NO_ID, NameId, Row, Slice, TrackId};
