// SPDX-License-Identifier: Apache-2.0
//! Opens an export as what it is, a stranger's database: read-only, immutable (no locks, no journal is replayed),
//! without views, triggers, extensions or functions of its own, and with a limit on what one value may hold.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iterscope_model::{ErrorCode, Result, TraceError};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode as SqliteCode, OpenFlags};

use crate::progress::Cancel;
use crate::source::{BlockEnd, Source};

const MAGIC: &[u8] = b"SQLite format 3\0";
/// One value beyond this is damage, not a name.
const LONGEST_VALUE_BYTES: i32 = 64 << 20;
/// An inflated export is held in memory; larger ones are to be inflated by the user.
const LARGEST_INFLATED_BYTES: usize = 4 << 30;
const INFLATE_BLOCK_BYTES: usize = 4 << 20;
/// Steps of the database's machine between two looks at the cancel flag: well under a millisecond.
const STEPS_PER_LOOK: i32 = 20_000;

/// Whether a source begins like a database.
pub fn is_database(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// A report that can be connected to several times.
pub struct Database {
    path: PathBuf,
    /// The whole database, when the file is compressed.
    inflated: Option<Arc<[u8]>>,
    cancel: Cancel,
}

impl Database {
    /// Looks at a file, and inflates it if it is compressed.
    ///
    /// # Errors
    /// `trace.not-found`, `trace.unreadable`, `ingest.too-large`, `ingest.cancelled`.
    pub fn open(path: &Path, cancel: &Cancel) -> Result<Self> {
        let source = Source::open(path)?;
        let inflated = if source.is_compressed() { Some(inflate(path, source, cancel)?) } else { None };
        Ok(Self { path: path.to_path_buf(), inflated, cancel: cancel.clone() })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn is_compressed(&self) -> bool {
        self.inflated.is_some()
    }

    /// Connections that may read at once: each holds a copy of what was inflated.
    pub fn most_connections(&self) -> usize {
        if self.inflated.is_some() { 1 } else { usize::MAX }
    }

    /// # Errors
    /// `trace.not-a-trace` or `trace.unreadable`.
    pub fn connect(&self) -> Result<Connection> {
        let connection = match &self.inflated {
            None => Connection::open_with_flags(
                uri_of(&self.path),
                OpenFlags::SQLITE_OPEN_READ_ONLY
                    | OpenFlags::SQLITE_OPEN_URI
                    | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            ),
            Some(bytes) => Connection::open_in_memory().and_then(|mut connection| {
                let reader = Cursor::new(Arc::clone(bytes));
                connection.deserialize_read_exact("main", reader, bytes.len(), true)?;
                Ok(connection)
            }),
        };
        let connection = connection.map_err(|cause| self.failure(&cause))?;
        harden(&connection, &self.cancel).map_err(|cause| self.failure(&cause))?;
        Ok(connection)
    }

    /// What a failure of the database means for the user.
    pub fn failure(&self, cause: &rusqlite::Error) -> TraceError {
        let shown = self.path.display();
        match cause.sqlite_error_code() {
            Some(SqliteCode::OperationInterrupted) => self.cancel.error(&self.path),
            Some(SqliteCode::NotADatabase) => TraceError::at(
                ErrorCode::TraceNotATrace,
                &self.path,
                format!(
                    "{shown} begins like a database and is none, or is encrypted. Export the report again."
                ),
            ),
            _ => TraceError::at(
                ErrorCode::TraceUnreadable,
                &self.path,
                format!("The report {shown} could not be read: {cause}. Export it again."),
            ),
        }
    }
}

fn harden(connection: &Connection, cancel: &Cancel) -> rusqlite::Result<()> {
    for (setting, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
    ] {
        connection.set_db_config(setting, on)?;
    }
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE_BYTES)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.execute_batch("PRAGMA query_only=ON; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY")?;
    let cancel = cancel.clone();
    connection.progress_handler(STEPS_PER_LOOK, Some(move || cancel.is_cancelled()))
}

/// `immutable` keeps the database from looking for locks and journals, and from making any.
fn uri_of(path: &Path) -> String {
    use std::fmt::Write as _;
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri.push_str("?mode=ro&immutable=1");
    uri
}

fn inflate(path: &Path, mut source: Source, cancel: &Cancel) -> Result<Arc<[u8]>> {
    let mut bytes = Vec::new();
    loop {
        cancel.check(path)?;
        let before = bytes.len();
        bytes.resize(before + INFLATE_BLOCK_BYTES, 0);
        let (read, end) =
            source.read_block(&mut bytes[before..]).map_err(|cause| TraceError::reading(path, &cause))?;
        bytes.truncate(before + read);
        source.check_growth(path)?;
        if bytes.len() > LARGEST_INFLATED_BYTES {
            let message = format!(
                "{} holds more than 4 GiB when inflated. Inflate it (gunzip) and open the result.",
                path.display()
            );
            return Err(TraceError::at(ErrorCode::IngestTooLarge, path, message));
        }
        if end != BlockEnd::More {
            return Ok(bytes.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_something_in_an_address_are_escaped() {
        let uri = uri_of(Path::new("/data/a b?mode=rwc&#%41.sqlite"));
        assert_eq!(uri, "file:/data/a%20b%3Fmode%3Drwc%26%23%2541.sqlite?mode=ro&immutable=1");
    }
}
