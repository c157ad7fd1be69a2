// SPDX-License-Identifier: Apache-2.0
//! A file that appears when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use iterscope_model::{Result, TraceError};

const BUFFER_BYTES: usize = 1 << 20;

/// A file in the making, removed unless it is finished.
pub struct Partial<'a> {
    target: &'a Path,
    path: PathBuf,
    writer: BufWriter<File>,
    finished: bool,
}

impl<'a> Partial<'a> {
    /// Begins beside the target.
    pub fn create(target: &'a Path) -> Result<Self> {
        let mut name = target.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".part-{}", std::process::id()));
        let path = target.with_file_name(name);
        let file = File::create(&path).map_err(|cause| TraceError::exporting(target, &cause))?;
        Ok(Self { target, path, writer: BufWriter::with_capacity(BUFFER_BYTES, file), finished: false })
    }

    /// Writes some of it.
    pub fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_all(bytes).map_err(|cause| TraceError::exporting(self.target, &cause))
    }

    /// Puts it in its place and gives its size in bytes.
    pub fn finish(mut self) -> Result<u64> {
        let failed = |cause: &io::Error| TraceError::exporting(self.target, cause);
        self.writer.flush().map_err(|cause| failed(&cause))?;
        let bytes = self.writer.get_ref().metadata().map_err(|cause| failed(&cause))?.len();
        fs::rename(&self.path, self.target).map_err(|cause| failed(&cause))?;
        self.finished = true;
        Ok(bytes)
    }
}

/// For writers of other crates; their errors go through `failure`.
impl Write for Partial<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Drop for Partial<'_> {
    fn drop(&mut self) {
        if !self.finished {
            // The first error is the one that is told.
            let _ = fs::remove_file(&self.path);
        }
    }
}
