// SPDX-License-Identifier: Apache-2.0
//! The journal as its supervisor writes it: on a disk that may fill up meanwhile.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, fallocate};

/// Room that is taken from the disk ahead of writing. What tells a run's end is far smaller than half of it.
const RESERVE_BYTES: u64 = 64 * 1024;

pub struct Journal {
    file: File,
    written: u64,
    /// Up to here the disk has promised room; everything where it cannot promise.
    reserved: u64,
}

impl Journal {
    /// Opens the journal for appending.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let written = file.metadata()?.len();
        let mut journal = Self { file, written, reserved: written };
        journal.reserve();
        Ok(journal)
    }

    /// Appends a line. One that can be done without, a sample, is left out where it would use up the room of those
    /// that cannot. A line is written whole or not at all.
    pub fn append(&mut self, line: &[u8], is_dispensable: bool) {
        let end = self.written + line.len() as u64;
        if end + RESERVE_BYTES / 2 > self.reserved && !self.reserve() && is_dispensable {
            return;
        }
        if self.file.write_all(line).is_ok() {
            self.written = end;
        } else {
            // A part of a line would take the next one with it.
            let _ = self.file.set_len(self.written);
        }
        if !is_dispensable {
            let _ = self.file.sync_data();
        }
    }

    /// Gives back the room that was not needed.
    pub fn close(&mut self) {
        let _ = self.file.set_len(self.written);
    }

    fn reserve(&mut self) -> bool {
        let offset = i64::try_from(self.written).unwrap_or(i64::MAX);
        let mode = FallocateFlags::FALLOC_FL_KEEP_SIZE;
        match fallocate(self.file.as_fd(), mode, offset, RESERVE_BYTES.cast_signed()) {
            Ok(()) => self.reserved = self.written + RESERVE_BYTES,
            Err(Errno::ENOSPC | Errno::EDQUOT) => return false,
            // Not every file system knows how to promise.
            Err(_) => self.reserved = u64::MAX,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appends_to_what_is_there_and_keeps_no_room_after_its_end() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("journal");
        std::fs::write(&path, "before\n").expect("a file");
        let mut journal = Journal::open(&path).expect("opens");
        let line = [b'x'; 1000];
        for _ in 0..200 {
            journal.append(&line, true);
        }
        journal.append(b"end\n", false);
        journal.close();
        let bytes = std::fs::read(&path).expect("readable");
        assert!(bytes.starts_with(b"before\nxxx") && bytes.ends_with(b"xend\n"));
        assert_eq!(bytes.len(), 7 + 200 * 1000 + 4);
    }
}
