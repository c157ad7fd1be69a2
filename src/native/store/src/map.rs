// SPDX-License-Identifier: Apache-2.0
//! The one place that maps files into memory. Only files that this program wrote are mapped; sources are
//! read, because a mapped file that another program cuts short ends the process.
#![allow(unsafe_code)]

use std::fs::File;
use std::path::Path;

use arrow_buffer::Buffer;
use iterscope_model::{Result, TraceError};
use memmap2::Mmap;

/// The bytes of a column file, shared by every column cut from it.
///
/// # Errors
/// `store.damaged` when the file is missing, empty or cannot be mapped.
pub fn map_column_file(path: &Path) -> Result<Buffer> {
    let damaged = |cause: std::io::Error| TraceError::damaged(path, &cause.to_string());
    let file = File::open(path).map_err(damaged)?;
    if file.metadata().map_err(damaged)?.len() == 0 {
        return Err(TraceError::damaged(path, "the file is empty"));
    }
    // SAFETY: store files are written once to a private folder, renamed into place and never altered or
    // truncated afterwards; a rebuilt store is a new folder with new files, so the mapping stays valid.
    let mapped = unsafe { Mmap::map(&file) }.map_err(damaged)?;
    Ok(Buffer::from(bytes::Bytes::from_owner(mapped)))
}
