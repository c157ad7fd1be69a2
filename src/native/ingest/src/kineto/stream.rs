// SPDX-License-Identifier: Apache-2.0
//! Cuts a source into chunks that most likely hold whole events: whoever parses them finds out, and what a cut
//! broke is joined again (see the `join` module).

use std::path::Path;

use iterscope_model::{Checkpoint, ErrorCode, Result, TraceError};

use crate::source::{BlockEnd, Source};

/// Bytes read at once; text and index of a chunk stay within a core's cache.
pub const BLOCK_BYTES: usize = 1 << 20;
/// Bytes at the end of a block in which a place to cut is looked for.
const CUT_BYTES: usize = 256 << 10;

/// A piece of a source.
#[derive(Debug, Default)]
pub struct Chunk {
    /// Position among the chunks.
    pub sequence: u64,
    /// Offset of the first byte in the (inflated) source.
    pub source_offset: u64,
    /// The bytes, longer than what is in use.
    pub buffer: Vec<u8>,
    /// How many are in use.
    pub length: usize,
}

impl Chunk {
    /// The text.
    pub fn text(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

/// Reads chunks off a source, one after the other.
pub struct Cutter<'a> {
    path: &'a Path,
    source: Source,
    block_bytes: usize,
    /// What follows the last cut.
    carry: Vec<u8>,
    offset: u64,
    sequence: u64,
    /// First key of the first event, in its quotes.
    first_key: Vec<u8>,
    end: Option<BlockEnd>,
}

impl<'a> Cutter<'a> {
    /// Reads blocks of so many bytes; results do not depend on it.
    pub fn new(path: &'a Path, source: Source, block_bytes: usize) -> Self {
        Self {
            path,
            source,
            block_bytes,
            carry: Vec::new(),
            offset: 0,
            sequence: 0,
            first_key: Vec::new(),
            end: None,
        }
    }

    /// Whether the compressed stream broke off.
    pub fn is_broken(&self) -> bool {
        self.end == Some(BlockEnd::Broken)
    }

    /// Places in a compressed source to come back to.
    pub fn take_checkpoints(&mut self) -> Vec<Checkpoint> {
        self.source.take_checkpoints()
    }

    /// The next chunk, read into a used buffer; none at the end.
    ///
    /// # Errors
    /// `trace.not-a-trace`, `trace.unreadable`, `ingest.too-large`.
    pub fn next(&mut self, mut buffer: Vec<u8>) -> Result<Option<Chunk>> {
        if self.end.is_some() {
            return Ok(None);
        }
        let carried = self.carry.len();
        if buffer.len() < carried + self.block_bytes {
            buffer.resize(carried + self.block_bytes, 0);
        }
        buffer[..carried].copy_from_slice(&self.carry);
        self.carry.clear();
        let (read, end) = self
            .source
            .read_block(&mut buffer[carried..carried + self.block_bytes])
            .map_err(|cause| TraceError::reading(self.path, &cause).with_offset(self.offset))?;
        self.source.check_growth(self.path)?;
        let mut length = carried + read;
        let text = &buffer[..length];
        if self.sequence == 0 {
            self.check_start(text)?;
            first_key(text).unwrap_or_default().clone_into(&mut self.first_key);
        }
        if end == BlockEnd::More {
            if let Some(cut) = find_cut(text, &self.first_key) {
                self.carry.extend_from_slice(&text[cut..]);
                length = cut;
            }
        } else {
            self.end = Some(end);
        }
        let chunk = Chunk { sequence: self.sequence, source_offset: self.offset, buffer, length };
        self.sequence += 1;
        self.offset += length as u64;
        Ok(Some(chunk))
    }

    /// A trace begins with a brace or a bracket; refusing others early keeps foreign files from being read.
    fn check_start(&self, text: &[u8]) -> Result<()> {
        let what = match without_mark(text).first() {
            Some(b'{' | b'[') => return Ok(()),
            Some(_) => "It is not JSON.",
            None => "It is empty.",
        };
        let shown = self.path.display();
        Err(TraceError::at(
            ErrorCode::TraceNotATrace,
            self.path,
            format!(
                "{shown} is not a trace that Iterscope reads. {what} Choose a Kineto or Chrome trace, or a report of Nsight Systems."
            ),
        )
        .with_offset(0))
    }
}

/// Text without a byte order mark and space before it.
pub fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text).trim_ascii_start()
}

fn first_key(text: &[u8]) -> Option<&[u8]> {
    const EVENTS: &[u8] = b"\"traceEvents\"";
    let events = match memchr::memmem::find(text, EVENTS) {
        Some(at) => text[at + EVENTS.len()..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start(),
        None => without_mark(text),
    };
    let event = events.strip_prefix(b"[")?.trim_ascii_start().strip_prefix(b"{")?.trim_ascii_start();
    let length = memchr::memchr(b'"', event.strip_prefix(b"\"")?)?;
    event.get(..length + 2)
}

/// Where the last event of a text begins that looks like the first one, or like any object of a list.
fn find_cut(text: &[u8], first_key: &[u8]) -> Option<usize> {
    let from = text.len().saturating_sub(CUT_BYTES);
    let looks_like_event = |at: &usize| {
        let follows = text[..*at].trim_ascii_end().strip_suffix(b",");
        follows.is_some_and(|before| before.trim_ascii_end().ends_with(b"}"))
            && text[at + 1..].trim_ascii_start().starts_with(first_key)
    };
    memchr::memrchr_iter(b'{', &text[from..]).map(|at| from + at).find(looks_like_event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_made_before_an_event_and_not_within_one() {
        let text = br#"{"x": 1, "traceEvents": [{"ph": "X", "args": {"l": [{"a": 1}, {"b": 2}]}}, {"ph": "M", "l": [{}, {"c""#;
        assert_eq!(first_key(text), Some(&b"\"ph\""[..]));
        let cut = find_cut(text, b"\"ph\"").unwrap();
        assert!(text[cut..].starts_with(br#"{"ph": "M""#));
        assert_eq!(first_key(b" [ {\n\"name\" : 1"), Some(&b"\"name\""[..]));
        assert_eq!(find_cut(b"[{\"ph\"", b"\"ph\""), None);
    }
}
