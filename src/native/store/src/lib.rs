// SPDX-License-Identifier: Apache-2.0
//! A trace on disk: a folder of Arrow IPC files with primitive columns, mapped into memory when read.
//!
//! Rows of the slice table are sorted by track, lane and start. Lanes are free of overlaps, so a question
//! about a time range is a binary search per lane, and the number of slices in a range is a difference of
//! row numbers. The longest slice of a run is found through two small levels of block maxima.
//!
//! The folder is written beside its final place and renamed; a folder that exists is complete.

mod checkpoints;
mod checks;
mod columns;
mod format;
mod longest;
mod map;
mod points;
mod read;
mod slice_columns;
mod write;

pub use checks::stamp_source;
pub use format::STORE_VERSION;
pub use points::Points;
pub use read::Store;
pub use write::{TraceData, write_store};
