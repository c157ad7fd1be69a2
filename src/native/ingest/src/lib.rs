// SPDX-License-Identifier: Apache-2.0
//! Reading traces into stores. One module per producer; each is detected by content, never by file name.
//!
//! A source streams through three stages: one thread reads (and inflates) blocks and finds where events end,
//! a worker per core parses events into columns with names local to their block, and the calling thread
//! merges the blocks in order. Memory is bounded by the slices, not by the file.

mod collect;
mod ingest;
mod kineto;
mod lanes;
mod pairs;
mod progress;
mod source;

pub use ingest::ingest_trace;
pub use kineto::args_of_event;
pub use progress::{Cancel, Progress};
pub use source::read_source_at;
