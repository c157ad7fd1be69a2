// SPDX-License-Identifier: Apache-2.0
//! Reading traces into stores. One module per producer; each is detected by content, never by file name.
//!
//! Workers take turns at reading (and inflating) a block, then each indexes and parses its own while the next
//! one reads; the calling thread merges what they found in the order of the source, checks where blocks were
//! cut, and lays the whole out. Memory is bounded by the slices, not by the file.

mod arguments;
mod assemble;
#[cfg(test)]
mod block_borders;
#[cfg(test)]
mod cancelling;
#[cfg(test)]
mod checkpoint_reads;
mod collect;
mod flows;
mod gzip;
mod ingest;
mod kineto;
mod labels;
mod lanes;
mod nsys;
mod order;
mod pairs;
mod progress;
mod resume;
mod search_args;
mod source;
mod text;

pub use arguments::read_args;
pub use ingest::{ingest_process, ingest_trace};
pub use nsys::{RankProcess, rank_processes};
pub use progress::{Cancel, Progress};
pub use search_args::{ArgsSearch, FoundArgs, SearchProgress, search_args};
pub use text::each_args;
