// SPDX-License-Identifier: Apache-2.0
//! Errors of reading a trace: a code from a closed set and a sentence for the user.

use std::path::{Path, PathBuf};

/// What went wrong, as a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// The file does not exist.
    TraceNotFound,
    /// The file exists and could not be read.
    TraceUnreadable,
    /// The file is readable and is not a trace.
    TraceNotATrace,
    /// The file ends before its first event.
    TraceTruncatedEmpty,
    /// The source changed after the store was made.
    StoreStale,
    /// The store's files are missing, cut or altered.
    StoreDamaged,
    /// Another version of the program wrote the store.
    StoreVersion,
    /// The store could not be written because the disk is full.
    StoreNoSpace,
    /// The store could not be written for another reason.
    StoreUnwritable,
    /// The caller asked to stop.
    IngestCancelled,
    /// The trace exceeds a limit of the store.
    IngestTooLarge,
    /// A question names a row, a track or a range that the trace does not have.
    QueryOutOfRange,
    /// A search asks for an expression that cannot be read or is too large.
    QueryBadPattern,
    /// A file that the user asked for could not be written.
    ExportUnwritable,
}

impl ErrorCode {
    /// The code as users and other processes see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TraceNotFound => "trace.not-found",
            Self::TraceUnreadable => "trace.unreadable",
            Self::TraceNotATrace => "trace.not-a-trace",
            Self::TraceTruncatedEmpty => "trace.truncated-empty",
            Self::StoreStale => "store.stale",
            Self::StoreDamaged => "store.damaged",
            Self::StoreVersion => "store.version",
            Self::StoreNoSpace => "store.no-space",
            Self::StoreUnwritable => "store.unwritable",
            Self::IngestCancelled => "ingest.cancelled",
            Self::IngestTooLarge => "ingest.too-large",
            Self::QueryOutOfRange => "query.out-of-range",
            Self::QueryBadPattern => "query.bad-pattern",
            Self::ExportUnwritable => "export.unwritable",
        }
    }
}

/// An error about one file, with the byte offset where that is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TraceError {
    /// The closed-set code.
    pub code: ErrorCode,
    /// A sentence: what happened, to which file, what to do.
    pub message: String,
    /// The file concerned.
    pub path: Option<PathBuf>,
    /// Byte offset in the (inflated) source.
    pub offset: Option<u64>,
}

/// Result of anything that reads a trace.
pub type Result<T> = std::result::Result<T, TraceError>;

impl TraceError {
    /// An error that concerns a file.
    #[must_use]
    pub fn at(code: ErrorCode, path: &Path, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: Some(path.to_path_buf()), offset: None }
    }

    /// An error that concerns no particular file.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: None, offset: None }
    }

    /// The same error with the place where it was noticed.
    #[must_use]
    pub fn with_offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The error of a failed read of a source file.
    #[must_use]
    pub fn reading(path: &Path, cause: &std::io::Error) -> Self {
        let shown = path.display();
        if cause.kind() == std::io::ErrorKind::NotFound {
            return Self::at(
                ErrorCode::TraceNotFound,
                path,
                format!("The trace {shown} does not exist. Check the path, or choose the file again."),
            );
        }
        Self::at(
            ErrorCode::TraceUnreadable,
            path,
            format!("The trace {shown} could not be read: {cause}. Check its permissions and the disk."),
        )
    }

    /// The error of a failed write of a store file.
    #[must_use]
    pub fn writing(path: &Path, cause: &std::io::Error) -> Self {
        let shown = path.display();
        match cause.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::at(
                ErrorCode::StoreNoSpace,
                path,
                format!(
                    "There is no space left to write {shown}. Free some space, or move the cache folder."
                ),
            ),
            _ => Self::at(
                ErrorCode::StoreUnwritable,
                path,
                format!(
                    "The store {shown} could not be written: {cause}. Check the cache folder's permissions."
                ),
            ),
        }
    }

    /// The error of a failed write of a file that the user asked for.
    #[must_use]
    pub fn exporting(path: &Path, cause: &std::io::Error) -> Self {
        let shown = path.display();
        let message = match cause.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                format!("There is no space left to write {shown}. Free some space, or choose another folder.")
            }
            _ => format!("{shown} cannot be written: {cause}. Choose another folder."),
        };
        Self::at(ErrorCode::ExportUnwritable, path, message)
    }

    /// The error of a store that cannot be trusted.
    #[must_use]
    pub fn damaged(path: &Path, what: &str) -> Self {
        Self::at(
            ErrorCode::StoreDamaged,
            path,
            format!("The store {} is damaged: {what}. Read the trace again to rebuild it.", path.display()),
        )
    }
}
