// SPDX-License-Identifier: Apache-2.0
//! Cuts a source into chunks of whole events.

use std::path::Path;

use iterscope_model::{ErrorCode, Result, TraceError};

use super::scan::{EventSpan, Region, Scanner};
use crate::progress::Cancel;
use crate::source::{BlockEnd, Source};

/// Bytes read at once.
const BLOCK_BYTES: usize = 1 << 20;
/// A header, a trailer or one event beyond this is damage, not data.
const LONGEST_ITEM_BYTES: usize = 64 << 20;

/// Whole events of a source, in order.
#[derive(Debug)]
pub struct Chunk {
    /// Position among the chunks.
    pub sequence: u64,
    /// Offset of the first byte in the (inflated) source.
    pub source_offset: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Where the events are in the bytes.
    pub events: Vec<EventSpan>,
}

/// What stands around the events, and how the source ended.
#[derive(Debug, Default)]
pub struct StreamEnd {
    /// The document without its events.
    pub shell: Vec<u8>,
    /// Whether the root is an object; a bare array has no facts.
    pub is_object: bool,
    /// Whether an array of events was found at all.
    pub found_events: bool,
    /// Whether the source ends before its document does.
    pub truncated: bool,
    /// Number of events.
    pub events: u64,
}

struct Cutter<'a> {
    path: &'a Path,
    scanner: Scanner,
    buffer: Vec<u8>,
    buffer_offset: u64,
    scanned: usize,
    sequence: u64,
    events: Vec<EventSpan>,
    end: StreamEnd,
}

/// Reads a source to its end and hands chunks to `send`, which returns false to stop.
///
/// # Errors
/// `trace.not-a-trace`, `trace.unreadable`, `ingest.cancelled`.
pub fn read_chunks(
    path: &Path,
    source: &mut Source,
    cancel: &Cancel,
    send: &mut dyn FnMut(Chunk) -> bool,
) -> Result<StreamEnd> {
    let mut cutter = Cutter {
        path,
        scanner: Scanner::new(),
        buffer: Vec::with_capacity(BLOCK_BYTES + BLOCK_BYTES / 4),
        buffer_offset: 0,
        scanned: 0,
        sequence: 0,
        events: Vec::new(),
        end: StreamEnd::default(),
    };
    loop {
        cancel.check(path)?;
        let state = source
            .read_block(&mut cutter.buffer, BLOCK_BYTES)
            .map_err(|cause| TraceError::reading(path, &cause).with_offset(cutter.buffer_offset))?;
        cutter.check_start()?;
        let at_end = state != BlockEnd::More;
        cutter.scanned = cutter.scanner.scan(&cutter.buffer, cutter.scanned, at_end, &mut cutter.events);
        cutter.take_shell();
        if !cutter.send_events(send) {
            break;
        }
        let overlong = cutter.buffer.len().max(cutter.end.shell.len()) > LONGEST_ITEM_BYTES;
        if at_end || overlong {
            cutter.end.truncated = state == BlockEnd::Broken || overlong || cutter.is_cut();
            break;
        }
    }
    Ok(cutter.finish())
}

impl Cutter<'_> {
    /// A trace begins with a brace or a bracket; refusing others early keeps foreign files from being read.
    fn check_start(&self) -> Result<()> {
        if self.buffer_offset > 0 || self.scanned > 0 {
            return Ok(());
        }
        let text = self.buffer.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&self.buffer).trim_ascii_start();
        let what = match text.first() {
            Some(b'{' | b'[') => return Ok(()),
            Some(_) => "It is not JSON.",
            None => "It is empty.",
        };
        let shown = self.path.display();
        Err(TraceError::at(
            ErrorCode::TraceNotATrace,
            self.path,
            format!("{shown} is not a trace that Iterscope reads. {what} Choose a Kineto or Chrome trace."),
        )
        .with_offset(0))
    }

    /// Collects the bytes before and after the array of events.
    fn take_shell(&mut self) {
        if let Some(opened) = self.scanner.array_opened_at() {
            self.end.found_events = true;
            self.end.shell.extend_from_slice(&self.buffer[..opened]);
        }
        if let Some(closed) = self.scanner.array_closed_at() {
            self.end.shell.extend_from_slice(&self.buffer[closed..]);
        } else if self.scanner.region() == Region::Trailer {
            self.end.shell.extend_from_slice(&self.buffer);
        }
    }

    /// Sends the events of the buffer and keeps what is not a whole event yet.
    fn send_events(&mut self, send: &mut dyn FnMut(Chunk) -> bool) -> bool {
        let cut = match self.scanner.region() {
            Region::Header => return true,
            Region::Trailer => self.buffer.len(),
            Region::Events => match (self.events.last(), self.scanner.is_inside_event()) {
                (Some((_, end)), _) => *end,
                (None, false) => self.scanned,
                (None, true) => return true,
            },
        };
        let rest = self.buffer[cut..].to_vec();
        let mut bytes =
            std::mem::replace(&mut self.buffer, Vec::with_capacity(BLOCK_BYTES + rest.len() + 64));
        self.buffer.extend_from_slice(&rest);
        bytes.truncate(cut);
        self.scanner.shift(cut);
        self.scanned = self.scanned.saturating_sub(cut);
        let source_offset = self.buffer_offset;
        self.buffer_offset += cut as u64;
        if self.events.is_empty() {
            return true;
        }
        let events = std::mem::take(&mut self.events);
        self.end.events += events.len() as u64;
        let sequence = self.sequence;
        self.sequence += 1;
        send(Chunk { sequence, source_offset, bytes, events })
    }

    /// Chrome's format lets a bare array end without its bracket; inside an event it is cut all the same.
    fn is_cut(&self) -> bool {
        let is_array = self.first_byte() == Some(b'[');
        !self.scanner.is_complete() && (!is_array || self.scanner.is_inside_event())
    }

    fn first_byte(&self) -> Option<u8> {
        let text = if self.end.shell.is_empty() { &self.buffer } else { &self.end.shell };
        text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text).trim_ascii_start().first().copied()
    }

    fn finish(mut self) -> StreamEnd {
        self.end.is_object = self.first_byte() == Some(b'{');
        if !self.end.found_events {
            self.end.shell.extend_from_slice(&self.buffer);
        }
        self.end
    }
}
