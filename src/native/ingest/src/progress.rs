// SPDX-License-Identifier: Apache-2.0
//! How far an ingest is, and how to stop it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use iterscope_model::{ErrorCode, Result, TraceError};

/// How far an ingest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the source file (compressed ones, if it is) that were consumed.
    pub bytes_done: u64,
    /// Size of the source file.
    pub bytes_total: u64,
    /// Slices found so far.
    pub slices: u64,
}

/// A flag that stops an ingest; checked at every block. Clones share the flag.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether a stop was asked for.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// # Errors
    /// `ingest.cancelled` when a stop was asked for.
    pub(crate) fn check(&self, path: &Path) -> Result<()> {
        if self.is_cancelled() { Err(self.error(path)) } else { Ok(()) }
    }

    /// The error that says that the user stopped reading.
    #[allow(clippy::unused_self)] // Only who holds the flag can have been stopped by it.
    pub(crate) fn error(&self, path: &Path) -> TraceError {
        let message = format!("Reading {} was cancelled. Open it again to continue.", path.display());
        TraceError::at(ErrorCode::IngestCancelled, path, message)
    }
}
