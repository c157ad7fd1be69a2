// SPDX-License-Identifier: Apache-2.0
//! Kineto and Chrome trace JSON: an object with `traceEvents` or a bare array, possibly cut anywhere.

mod chunk;
mod decimal;
mod event;
mod masks;
mod metadata;
mod scan;
mod stream;

pub use chunk::{ParsedChunk, TrackFact, TrackHints, TrackKey, parse_chunk};
pub use event::args_of_event;
pub use metadata::{FileFacts, read_file_facts};
pub use stream::{Chunk, StreamEnd, read_chunks};
