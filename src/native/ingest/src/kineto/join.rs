// SPDX-License-Identifier: Apache-2.0
//! Takes parsed chunks in order and settles whether each was cut where it was taken to be. Where a chunk ends
//! inside of an event, what was made of the next one is dropped, and both are parsed again as one.

use super::chunk::{ParsedChunk, Parser};
use super::stream::{Chunk, without_mark};
use super::walk::{Ending, Entry, Walked, is_closed};

/// A header, a trailer or one event beyond this is damage, not data.
const LONGEST_ITEM_BYTES: usize = 64 << 20;

/// A chunk and what a worker made of it.
#[derive(Debug)]
pub struct Attempt {
    pub worker: usize,
    pub chunk: Chunk,
    pub parsed: ParsedChunk,
    pub walked: Walked,
}

/// What a settled chunk gives.
#[derive(Debug)]
pub enum Settled {
    /// Events, with ids of the tables of a worker.
    Events(usize, ParsedChunk),
    /// Nothing yet, or nothing any more; the tables of a worker still grow.
    Dropped(usize, ParsedChunk),
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
}

/// The text of something that is not whole yet.
#[derive(Debug)]
struct Residue {
    chunk: Chunk,
    entry: Entry,
    /// Parsed again when it is this long, so that a long event is not parsed at every block.
    goal: usize,
}

/// Settles chunks in the order of the source.
#[derive(Debug)]
pub struct Joiner {
    /// Number of the worker that this is.
    worker: usize,
    parser: Parser,
    residue: Option<Residue>,
    is_closed: bool,
    is_overlong: bool,
    end: StreamEnd,
}

impl Joiner {
    /// A joiner whose own parser goes by this number.
    pub fn new(worker: usize) -> Self {
        Self {
            worker,
            parser: Parser::default(),
            residue: None,
            is_closed: false,
            is_overlong: false,
            end: StreamEnd::default(),
        }
    }

    /// How the first chunk begins, and all others.
    pub fn entry_of(sequence: u64) -> Entry {
        if sequence == 0 { Entry::Document } else { Entry::Events }
    }

    /// Whether reading on is of no use.
    pub fn is_overlong(&self) -> bool {
        self.is_overlong
    }

    /// Settles the next chunk; hands its results and used buffers to `settled` and `used`.
    pub fn take(
        &mut self,
        attempt: Attempt,
        settled: &mut dyn FnMut(Settled),
        used: &mut dyn FnMut(Vec<u8>),
    ) {
        let Attempt { worker, chunk, parsed, walked } = attempt;
        if self.is_closed {
            self.end.shell.extend_from_slice(chunk.text());
            settled(Settled::Dropped(worker, parsed));
            used(chunk.buffer);
        } else if self.residue.is_some() {
            settled(Settled::Dropped(worker, parsed));
            self.lengthen(&chunk);
            used(chunk.buffer);
            self.parse_residue(false, settled);
        } else {
            settled(Settled::Events(worker, parsed));
            let entry = Self::entry_of(chunk.sequence);
            self.settle(&chunk, entry, walked);
            used(chunk.buffer);
        }
        let held = self.residue.as_ref().map_or(0, |residue| residue.chunk.length);
        self.is_overlong = held.max(self.end.shell.len()) > LONGEST_ITEM_BYTES;
    }

    fn lengthen(&mut self, chunk: &Chunk) {
        if let Some(residue) = &mut self.residue {
            residue.chunk.buffer.extend_from_slice(chunk.text());
            residue.chunk.length = residue.chunk.buffer.len();
        }
    }

    fn parse_residue(&mut self, is_last: bool, settled: &mut dyn FnMut(Settled)) {
        let Some(residue) = self.residue.take_if(|residue| is_last || residue.chunk.length >= residue.goal)
        else {
            return;
        };
        let (parsed, walked) = self.parser.parse(&residue.chunk, residue.entry);
        settled(Settled::Events(self.worker, parsed));
        self.settle(&residue.chunk, residue.entry, walked);
    }

    fn settle(&mut self, chunk: &Chunk, entry: Entry, walked: Walked) {
        let text = chunk.text();
        let is_inside = entry == Entry::Events || walked.opened.is_some();
        if let Some(opened) = walked.opened {
            self.end.found_events = true;
            self.end.shell.extend_from_slice(&text[..opened]);
        }
        match walked.ending {
            Ending::Between => {}
            Ending::Inside(start) => {
                let buffer = text[start..].to_vec();
                self.residue = Some(Residue {
                    goal: buffer.len() * 2,
                    entry: if is_inside { Entry::Events } else { Entry::Document },
                    chunk: Chunk {
                        sequence: chunk.sequence,
                        source_offset: chunk.source_offset + start as u64,
                        length: buffer.len(),
                        buffer,
                    },
                });
            }
            Ending::Closed(position) => {
                self.is_closed = true;
                self.end.shell.extend_from_slice(&text[position..]);
            }
        }
    }

    /// The end of the source.
    pub fn finish(mut self, is_broken: bool, settled: &mut dyn FnMut(Settled)) -> StreamEnd {
        if !self.is_overlong {
            self.parse_residue(true, settled);
        }
        let mut is_inside = false;
        if let Some(residue) = self.residue.take() {
            is_inside = residue.entry == Entry::Events;
            if !is_inside {
                self.end.shell.extend_from_slice(residue.chunk.text());
            }
        }
        let mut end = self.end;
        let is_array = without_mark(&end.shell).first() == Some(&b'[');
        // Chrome's format lets a bare array end without its bracket; inside an event it is cut all the same.
        let is_cut = !is_closed(&end.shell) && (!is_array || is_inside);
        end.truncated = is_broken || self.is_overlong || is_cut;
        end.is_object = without_mark(&end.shell).first() == Some(&b'{');
        end
    }
}
