// SPDX-License-Identifier: Apache-2.0
//! Reading traces into stores. One module per producer; each is detected by content, never by file name.
//!
//! A source streams through three stages: one thread reads (and inflates) blocks and finds where events end,
//! a worker per core parses events into columns with names local to their block, and the calling thread
//! merges the blocks in order. Memory is bounded by the slices, not by the file.

mod arguments;
mod collect;
mod ingest;
mod kineto;
mod lanes;
mod nsys;
mod pairs;
mod progress;
mod source;

pub use arguments::read_args;
pub use ingest::{ingest_process, ingest_trace};
pub use nsys::{RankProcess, rank_processes};
pub use progress::{Cancel, Progress};
