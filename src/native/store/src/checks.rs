// SPDX-License-Identifier: Apache-2.0
//! Stamps of source files and checksums of column files.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use iterscope_model::{ErrorCode, Result, SourceStamp, TraceError};

use crate::format::{CHECKED_BYTES, FileCheck};

/// Bytes at each end of a source that make its quick hash.
const HASHED_BYTES: u64 = 64 * 1024;

/// Identifies a source file by size, time and its first and last blocks.
///
/// # Errors
/// `trace.not-found` or `trace.unreadable`.
pub fn stamp_source(path: &Path) -> Result<SourceStamp> {
    let reading = |cause: std::io::Error| TraceError::reading(path, &cause);
    let absolute = std::path::absolute(path).map_err(reading)?;
    // Before it is opened: a pipe would be waited for without end.
    let kind = std::fs::metadata(path).map_err(reading)?;
    if !kind.is_file() {
        let what = if kind.is_dir() { "a folder" } else { "a pipe or a device" };
        let message = format!("{} is {what}, not a trace. Choose a file.", path.display());
        return Err(TraceError::at(ErrorCode::TraceUnreadable, path, message));
    }
    let mut file = File::open(path).map_err(reading)?;
    let metadata = file.metadata().map_err(reading)?;
    let modified_ns = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_nanos()).ok())
        .unwrap_or(0);
    let size_bytes = metadata.len();
    let quick_hash = hash_ends(&mut file, size_bytes).map_err(reading)?;
    Ok(SourceStamp { path: absolute.display().to_string(), size_bytes, modified_ns, quick_hash })
}

fn hash_ends(file: &mut File, size_bytes: u64) -> std::io::Result<u32> {
    let mut hasher = crc32fast::Hasher::new();
    let mut block = Vec::new();
    file.by_ref().take(HASHED_BYTES).read_to_end(&mut block)?;
    hasher.update(&block);
    if size_bytes > HASHED_BYTES {
        block.clear();
        file.seek(SeekFrom::Start(size_bytes - HASHED_BYTES.min(size_bytes)))?;
        file.take(HASHED_BYTES).read_to_end(&mut block)?;
        hasher.update(&block);
    }
    Ok(hasher.finalize())
}

/// Whether the source is still the file that the stamp describes.
///
/// # Errors
/// `store.stale` when it is not; `trace.not-found` or `trace.unreadable` when it cannot be looked at.
pub fn check_fresh(stamp: &SourceStamp, source: &Path) -> Result<()> {
    let now = stamp_source(source)?;
    let same = (now.size_bytes, now.modified_ns, now.quick_hash)
        == (stamp.size_bytes, stamp.modified_ns, stamp.quick_hash);
    if same {
        return Ok(());
    }
    Err(TraceError::at(
        ErrorCode::StoreStale,
        source,
        format!("{} has changed since it was read. Read it again.", source.display()),
    ))
}

/// The check of a column file's bytes.
pub fn check_of(name: &str, bytes: &[u8]) -> FileCheck {
    let edge = CHECKED_BYTES.min(bytes.len());
    FileCheck {
        name: name.to_owned(),
        size_bytes: bytes.len() as u64,
        head_crc32: crc32fast::hash(&bytes[..edge]),
        tail_crc32: crc32fast::hash(&bytes[bytes.len() - edge..]),
    }
}
