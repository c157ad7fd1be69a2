// SPDX-License-Identifier: Apache-2.0
//! Kineto and Chrome trace JSON: an object with `traceEvents` or a bare array, possibly cut anywhere.

mod chunk;
mod counters;
mod decimal;
mod event;
mod index;
mod join;
mod masks;
mod metadata;
mod stream;
mod tables;
mod walk;

pub use chunk::{ASYNC_PREFIX, ParsedChunk, Parser, RawInstant, TrackHints};
pub use event::{args_of_event, args_range_of_event, unescape};
pub use join::{Attempt, Joiner, Settled, StreamEnd};
pub use metadata::{FileFacts, read_file_facts};
pub use stream::{BLOCK_BYTES, Chunk, Cutter};
pub use tables::split_key;
