// SPDX-License-Identifier: Apache-2.0
//! What a viewport shows: slices of a time range as packed columns, folded to the resolution of the screen.
//!
//! Each lane is a sorted list of disjoint slices. A slice narrower than one cell (one unit, or more where the
//! reply would grow too large) is folded with the other narrow slices that start in its cell; the run carries
//! their count and the name and kind of the longest. Wide slices always stand for themselves, and no slice is
//! ever left out: the counts of a reply add up to the slices in the range.

mod coverage;
mod fold;
mod grid;
mod pack;
mod points;
mod query;

pub use coverage::{COVERAGE_MAGIC, COVERAGE_VERSION, CoverageRequest, query_coverage};
pub use pack::{FLAG_FOLDED, FLAG_INSTANT, HEADER_BYTES, MAGIC, TRACK_BYTES, VERSION};
pub use points::{COUNTER_MAGIC, COUNTER_VERSION, CounterRequest, query_counters, query_instants};
pub use query::{MAX_REPLY_SLICES, WindowRequest, query_window};
