// SPDX-License-Identifier: Apache-2.0
//! Finds where events begin and end, 64 bytes at a time, without parsing them.
//!
//! JSON strings cannot hold a raw line end. A string that does was opened by a damaged quote, so the scanner
//! leaves it there: a flipped bit costs one event and not the rest of the file.

use super::masks::{BLOCK_BYTES, masks_of};

/// Where in the document the scanner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// Before the array of events.
    Header,
    /// Inside the array of events.
    Events,
    /// After the array of events.
    Trailer,
}

/// Begin and end of one event as positions in the scanned buffer.
pub type EventSpan = (usize, usize);

/// State that survives from block to block.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is one bit of the scanner's state.
pub struct Scanner {
    region: Region,
    depth: u32,
    /// Depth inside of the array of events.
    array_depth: u32,
    event_start: Option<usize>,
    in_string: bool,
    escaped: bool,
    /// Whether a damaged string was left, so that the depth may be wrong.
    damaged: bool,
    complete: bool,
    /// Position after the bracket that opened the array, and of the one that closed it.
    array_opened_at: Option<usize>,
    array_closed_at: Option<usize>,
}

impl Scanner {
    pub fn new() -> Self {
        Self {
            region: Region::Header,
            depth: 0,
            array_depth: 0,
            event_start: None,
            in_string: false,
            escaped: false,
            damaged: false,
            complete: false,
            array_opened_at: None,
            array_closed_at: None,
        }
    }

    pub fn region(&self) -> Region {
        self.region
    }

    /// Whether the document's root was closed.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether an event was begun and not ended.
    pub fn is_inside_event(&self) -> bool {
        self.event_start.is_some()
    }

    /// Position after the bracket that opened the array of events, in the buffer of the last scan.
    pub fn array_opened_at(&self) -> Option<usize> {
        self.array_opened_at
    }

    /// Position of the bracket that closed the array of events, in the buffer of the last scan.
    pub fn array_closed_at(&self) -> Option<usize> {
        self.array_closed_at
    }

    /// Tells the scanner that this many bytes were cut off the front of the buffer.
    pub fn shift(&mut self, bytes: usize) {
        self.event_start = self.event_start.map(|start| start.saturating_sub(bytes));
        self.array_opened_at = None;
        self.array_closed_at = None;
    }

    /// Scans whole blocks from `position` and returns where it stopped; at the end of the source the rest
    /// is scanned too.
    pub fn scan(
        &mut self,
        bytes: &[u8],
        position: usize,
        at_end: bool,
        events: &mut Vec<EventSpan>,
    ) -> usize {
        let (blocks, rest) = bytes[position..].as_chunks::<BLOCK_BYTES>();
        let mut at = position;
        for block in blocks {
            self.scan_block(bytes, block, at, events);
            at += BLOCK_BYTES;
        }
        if at_end && !rest.is_empty() {
            let mut padded = [b' '; BLOCK_BYTES];
            padded[..rest.len()].copy_from_slice(rest);
            self.scan_block(bytes, &padded, at, events);
            at += rest.len();
        }
        at
    }

    fn scan_block(
        &mut self,
        bytes: &[u8],
        block: &[u8; BLOCK_BYTES],
        at: usize,
        events: &mut Vec<EventSpan>,
    ) {
        let masks = masks_of(block);
        let before = (self.in_string, self.escaped);
        let quotes = masks.quote & !self.escapes(masks.backslash);
        let strings = prefix_xor(quotes) ^ if self.in_string { u64::MAX } else { 0 };
        self.in_string = strings >> 63 == 1;
        let outside = if masks.newline & strings == 0 {
            !strings
        } else {
            (self.in_string, self.escaped) = before;
            self.outside_of_damaged(block)
        };
        let opens = masks.open & outside;
        let mut brackets = opens | (masks.close & outside);
        while brackets != 0 {
            let bit = brackets.trailing_zeros();
            brackets &= brackets - 1;
            let position = at + bit as usize;
            if opens >> bit & 1 == 1 {
                self.open(bytes, position, events);
            } else {
                self.close(position, events);
            }
        }
    }

    /// Bytes that a backslash escapes; the last one may reach into the next block.
    fn escapes(&mut self, backslash: u64) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let carried = u64::from(self.escaped);
        if backslash == 0 {
            self.escaped = false;
            return carried;
        }
        let backslash = backslash & !carried;
        let follows = backslash << 1 | carried;
        let odd_starts = backslash & !EVEN & !follows;
        let (sequences, overflow) = odd_starts.overflowing_add(backslash);
        self.escaped = overflow;
        (EVEN ^ (sequences << 1)) & follows
    }

    /// The slow way, byte by byte, for a block in which a string holds a line end.
    fn outside_of_damaged(&mut self, block: &[u8; BLOCK_BYTES]) -> u64 {
        let mut outside = 0;
        for (index, byte) in block.iter().enumerate() {
            let escaped = std::mem::take(&mut self.escaped);
            match byte {
                b'\n' if self.in_string => {
                    self.in_string = false;
                    self.damaged = true;
                }
                b'"' if !escaped => self.in_string = !self.in_string,
                b'\\' if self.in_string && !escaped => self.escaped = true,
                _ => {}
            }
            outside |= u64::from(!self.in_string) << index;
        }
        outside
    }

    fn open(&mut self, bytes: &[u8], position: usize, events: &mut Vec<EventSpan>) {
        if self.damaged && self.region == Region::Events {
            self.resynchronize(bytes, position, events);
        }
        match self.region {
            Region::Header => {
                let is_array = bytes.get(position) == Some(&b'[');
                let is_events = is_array
                    && (self.depth == 0 || self.depth == 1 && follows_events_key(&bytes[..position]));
                if is_events {
                    self.region = Region::Events;
                    self.array_depth = self.depth + 1;
                    self.array_opened_at = Some(position + 1);
                }
            }
            Region::Events if self.depth == self.array_depth => self.event_start = Some(position),
            _ => {}
        }
        self.depth = self.depth.saturating_add(1);
    }

    /// A brace after a comma is the next event: objects inside of events follow a colon.
    fn resynchronize(&mut self, bytes: &[u8], position: usize, events: &mut Vec<EventSpan>) {
        let is_next =
            bytes.get(position) == Some(&b'{') && bytes[..position].trim_ascii_end().ends_with(b",");
        if is_next {
            self.damaged = false;
            self.depth = self.array_depth;
            events.extend(self.event_start.take().map(|start| (start, position)));
        }
    }

    fn close(&mut self, position: usize, events: &mut Vec<EventSpan>) {
        self.depth = self.depth.saturating_sub(1);
        if self.region == Region::Events {
            if self.depth == self.array_depth {
                if let Some(start) = self.event_start.take() {
                    events.push((start, position + 1));
                }
            } else if self.depth < self.array_depth {
                self.region = Region::Trailer;
                self.array_closed_at = Some(position);
            }
        }
        if self.depth == 0 {
            self.complete = true;
        }
    }
}

/// Bit n is the parity of bits 0 to n.
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

fn follows_events_key(before: &[u8]) -> bool {
    before
        .trim_ascii_end()
        .strip_suffix(b":")
        .is_some_and(|key| key.trim_ascii_end().ends_with(b"\"traceEvents\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events_of(text: &str) -> Vec<String> {
        let mut events = Vec::new();
        let mut scanner = Scanner::new();
        scanner.scan(text.as_bytes(), 0, true, &mut events);
        events.into_iter().map(|(start, end)| text[start..end].to_owned()).collect()
    }

    #[test]
    fn events_of_an_object_and_of_a_bare_array_are_found() {
        let text =
            r#"{"deviceProperties": [{"id": 0}], "traceEvents" : [{"a": [1, {}]}, {"b": 2}], "x": [{}]}"#;
        assert_eq!(events_of(text), [r#"{"a": [1, {}]}"#, r#"{"b": 2}"#]);
        assert_eq!(events_of(r#"[{"a":1},{"b":"}"}"#), [r#"{"a":1}"#, r#"{"b":"}"}"#]);
    }

    #[test]
    fn escaped_quotes_do_not_end_a_string_at_any_offset() {
        for pad in 0..130 {
            let text = format!(r#"[{}{{"n":"a\\\"}}{{\\"}},{{"m":1}}]"#, " ".repeat(pad));
            assert_eq!(events_of(&text).len(), 2, "pad {pad}");
        }
    }

    #[test]
    fn a_string_that_runs_over_a_line_end_costs_one_event() {
        let text = "[{\"a\": \"broken},\n{\"b\": 1},\n{\"c\": 2}]";
        assert_eq!(events_of(text).last().map(String::as_str), Some("{\"c\": 2}"));
    }
}
