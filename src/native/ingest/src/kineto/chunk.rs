// SPDX-License-Identifier: Apache-2.0
//! Parses the events of one chunk into columns whose ids count within the chunk. Workers run this; the
//! collector maps the ids to those of the whole trace.

use iterscope_model::{CategoryRole, NO_ID, Slice, TraceCounts, WarningCode, WarningCounts};
use rustc_hash::FxHashMap;

use super::decimal::micros_to_ns;
use super::event::{EventText, unescape};
use super::stream::Chunk;
use crate::pairs::PairEvent;

/// Categories beyond this share the last id.
const LAST_CATEGORY: usize = 255;
/// Digits of the largest 32-bit number.
const LONGEST_ID_DIGITS: usize = 10;

/// Process and thread as the trace names them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TrackKey {
    pub pid: String,
    pub tid: String,
}

/// What device work says about its track.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrackHints {
    pub has_device_rows: bool,
    pub has_host_rows: bool,
    pub device: Option<u32>,
    pub stream: Option<u32>,
}

/// A name, label or position that a metadata event gives to a process or thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackFact {
    pub key: TrackKey,
    pub what: String,
    pub value: String,
}

/// One chunk, parsed. Ids of names, tracks and categories point into its own tables.
#[derive(Debug, Default)]
pub struct ParsedChunk {
    pub sequence: u64,
    pub slices: Vec<Slice>,
    pub pairs: Vec<PairEvent>,
    pub names: Vec<String>,
    pub categories: Vec<String>,
    pub tracks: Vec<(TrackKey, TrackHints)>,
    pub facts: Vec<TrackFact>,
    pub counts: TraceCounts,
    pub warnings: WarningCounts,
}

struct Parser<'a> {
    out: ParsedChunk,
    names: FxHashMap<&'a [u8], u32>,
    categories: FxHashMap<&'a [u8], u8>,
    roles: Vec<CategoryRole>,
    tracks: FxHashMap<(&'a [u8], &'a [u8]), u32>,
    last_track: (&'a [u8], &'a [u8], u32),
}

/// Parses all events of a chunk; what cannot be understood is counted and left out.
#[must_use]
pub fn parse_chunk(chunk: &Chunk) -> ParsedChunk {
    let mut parser = Parser {
        out: ParsedChunk { sequence: chunk.sequence, ..ParsedChunk::default() },
        names: FxHashMap::default(),
        categories: FxHashMap::default(),
        roles: Vec::new(),
        tracks: FxHashMap::default(),
        last_track: (&[], &[], u32::MAX),
    };
    parser.out.slices.reserve(chunk.events.len());
    for (start, end) in &chunk.events {
        let text = &chunk.bytes[*start..*end];
        parser.out.counts.events += 1;
        let understood = EventText::parse(text)
            .and_then(|event| parser.add(text, &event, chunk.source_offset + *start as u64));
        if understood.is_none() {
            parser.out.warnings.add(WarningCode::MalformedEvents);
        }
    }
    parser.out
}

impl<'a> Parser<'a> {
    fn add(&mut self, text: &'a [u8], event: &EventText<'a>, source_offset: u64) -> Option<()> {
        match event.phase {
            b'X' => {
                let slice = self.slice(event, source_offset)?;
                self.out.slices.push(slice);
                self.out.counts.slices += 1;
            }
            b'B' | b'E' => {
                let slice = self.timed(event, source_offset, 0)?;
                self.out.pairs.push(PairEvent { slice, begins: event.phase == b'B' });
            }
            b'M' => {
                self.out.counts.metadata += 1;
                if let Some(args) = &event.args {
                    self.fact(event, &text[args.clone()]);
                }
            }
            b's' | b't' | b'f' => self.out.counts.flows += 1,
            b'i' | b'I' | b'R' => self.out.counts.instants += 1,
            b'C' => self.out.counts.counters += 1,
            0 => return None,
            _ => self.out.counts.others += 1,
        }
        Some(())
    }

    fn slice(&mut self, event: &EventText<'a>, source_offset: u64) -> Option<Slice> {
        let dur_ns = if event.dur.is_empty() {
            self.out.warnings.add(WarningCode::MissingDuration);
            0
        } else {
            match micros_to_ns(event.dur)? {
                0 => {
                    self.out.warnings.add(WarningCode::ZeroDuration);
                    0
                }
                negative if negative < 0 => {
                    self.out.warnings.add(WarningCode::NegativeDuration);
                    0
                }
                positive => positive,
            }
        };
        self.timed(event, source_offset, dur_ns)
    }

    fn timed(&mut self, event: &EventText<'a>, source_offset: u64, dur_ns: i64) -> Option<Slice> {
        let start_ns = micros_to_ns(event.ts)?;
        let category = self.category(event.category);
        Some(Slice {
            start_ns,
            dur_ns,
            source_offset,
            name: self.name(event.name),
            track: self.track(event, self.roles[usize::from(category)]),
            correlation: self.id(event.correlation),
            external_id: self.id(event.external_id),
            lane: 0,
            category,
            kind: 0,
        })
    }

    fn name(&mut self, raw: &'a [u8]) -> u32 {
        if let Some(id) = self.names.get(raw) {
            return *id;
        }
        let id = index_of(self.out.names.len());
        let name = self.text(raw);
        self.out.names.push(name);
        self.names.insert(raw, id);
        id
    }

    fn category(&mut self, raw: &'a [u8]) -> u8 {
        if let Some(id) = self.categories.get(raw) {
            return *id;
        }
        let position = self.out.categories.len();
        if position > LAST_CATEGORY {
            self.out.warnings.add(WarningCode::CategoriesClamped);
            return u8::MAX;
        }
        let name = self.text(raw);
        self.roles.push(CategoryRole::of(&name));
        self.out.categories.push(name);
        let id = u8::try_from(position).unwrap_or(u8::MAX);
        self.categories.insert(raw, id);
        id
    }

    fn track(&mut self, event: &EventText<'a>, role: CategoryRole) -> u32 {
        let id = self.track_id(event.pid, event.tid);
        let hints = &mut self.out.tracks[id as usize].1;
        if role.is_on_device() {
            hints.has_device_rows = true;
            hints.device = hints.device.or_else(|| number(event.device));
            hints.stream = hints.stream.or_else(|| number(event.stream));
        } else {
            hints.has_host_rows = true;
        }
        id
    }

    fn track_id(&mut self, pid: &'a [u8], tid: &'a [u8]) -> u32 {
        let (pid_before, tid_before, known) = self.last_track;
        if known != u32::MAX && pid_before == pid && tid_before == tid {
            return known;
        }
        let id = self.tracks.get(&(pid, tid)).copied().unwrap_or_else(|| {
            let id = index_of(self.out.tracks.len());
            let key = TrackKey { pid: self.text(pid), tid: self.text(tid) };
            self.out.tracks.push((key, TrackHints::default()));
            self.tracks.insert((pid, tid), id);
            id
        });
        self.last_track = (pid, tid, id);
        id
    }

    fn fact(&mut self, event: &EventText<'a>, args: &[u8]) {
        let Ok(serde_json::Value::Object(values)) = serde_json::from_slice(args) else { return };
        let Some(value) = values.into_iter().next().map(|(_, value)| value) else { return };
        let value = match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        let key = TrackKey { pid: self.text(event.pid), tid: self.text(event.tid) };
        let what = self.text(event.name);
        self.out.facts.push(TrackFact { key, what, value });
    }

    fn text(&mut self, raw: &[u8]) -> String {
        let (text, repaired) = unescape(raw);
        if repaired {
            self.out.warnings.add(WarningCode::InvalidText);
        }
        text.into_owned()
    }

    fn id(&mut self, raw: &[u8]) -> u32 {
        if raw.is_empty() || raw.starts_with(b"-") {
            return NO_ID;
        }
        number(raw).unwrap_or_else(|| {
            self.out.warnings.add(WarningCode::IdTooLarge);
            NO_ID
        })
    }
}

fn number(raw: &[u8]) -> Option<u32> {
    if raw.is_empty() || raw.len() > LONGEST_ID_DIGITS {
        return None;
    }
    let mut value = 0_u64;
    for byte in raw {
        value = value * 10 + u64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
    }
    u32::try_from(value).ok()
}

fn index_of(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
