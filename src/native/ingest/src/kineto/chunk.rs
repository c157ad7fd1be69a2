// SPDX-License-Identifier: Apache-2.0
//! Parses the events of one chunk into columns whose ids count within the tables of its worker; the collector
//! maps them to those of the whole trace.

use iterscope_model::{CategoryRole, Instant, NO_ID, Slice, TraceCounts, WarningCode, WarningCounts};

use super::counters::{RawSample, add_samples};
use super::decimal::micros_to_ns;
use super::event::EventText;
use super::index::Index;
use super::stream::Chunk;
use super::tables::{FreshTexts, Tables};
use super::walk::{Entry, Walked, walk};
use crate::flows::{FlowEvent, FlowStep};
use crate::pairs::PairEvent;

/// Categories beyond this share the last id.
const LAST_CATEGORY: u32 = 255;
/// Digits of the largest 32-bit number.
const LONGEST_ID_DIGITS: usize = 10;
/// Thread of the track that holds asynchronous work of a category.
pub const ASYNC_PREFIX: &[u8] = b"async ";

/// What the events of a track say about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrackHints {
    pub has_device_rows: bool,
    pub has_host_rows: bool,
    /// Asynchronous work, which overlaps by its nature.
    pub is_async: bool,
    pub device: Option<u32>,
    pub stream: Option<u32>,
}

/// A moment; one of the whole trace moves to a track of its own where its place holds no slices.
#[derive(Debug, Clone, Copy)]
pub struct RawInstant {
    pub instant: Instant,
    pub is_global: bool,
}

/// A name, label or position that a metadata event gives to a process or thread: JSON text of its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackFact {
    pub track: u32,
    pub what: u32,
    pub args: Box<[u8]>,
}

/// One chunk, parsed. Ids of names, tracks, categories and counters point into the tables of its worker.
#[derive(Debug, Default)]
pub struct ParsedChunk {
    pub fresh: FreshTexts,
    pub slices: Vec<Slice>,
    pub pairs: Vec<PairEvent>,
    pub instants: Vec<RawInstant>,
    pub samples: Vec<RawSample>,
    pub flows: Vec<FlowEvent>,
    pub hints: Vec<(u32, TrackHints)>,
    pub facts: Vec<TrackFact>,
    pub counts: TraceCounts,
    pub warnings: WarningCounts,
}

/// A worker: what it keeps from chunk to chunk.
#[derive(Debug, Default)]
pub struct Parser {
    index: Index,
    tables: Tables,
    roles: Vec<CategoryRole>,
    /// Per track, the chunk that touched it last and its place in that chunk's hints.
    touched: Vec<(u64, usize)>,
    chunks: u64,
}

impl Parser {
    /// Parses all events of a chunk; what cannot be understood is counted and left out.
    #[must_use]
    pub fn parse(&mut self, chunk: &Chunk, entry: Entry) -> (ParsedChunk, Walked) {
        self.chunks += 1;
        let is_new_table = self.tables.begin_chunk();
        if is_new_table {
            self.roles.clear();
            self.touched.clear();
        }
        let bytes = chunk.text();
        let mut index = std::mem::take(&mut self.index);
        index.fill(bytes);
        let mut events = Events { worker: self, out: ParsedChunk::default() };
        let walked = walk(bytes, &index, entry, &mut |start, event| {
            events.out.counts.events += 1;
            let source_offset = chunk.source_offset + start as u64;
            if event.and_then(|event| events.add(bytes, event, source_offset)).is_none() {
                events.out.warnings.add(WarningCode::MalformedEvents);
            }
        });
        let mut out = events.out;
        out.fresh = self.tables.take_fresh(is_new_table);
        self.index = index;
        (out, walked)
    }
}

struct Events<'a> {
    worker: &'a mut Parser,
    out: ParsedChunk,
}

impl Events<'_> {
    fn add(&mut self, bytes: &[u8], event: &EventText<'_>, source_offset: u64) -> Option<()> {
        match event.phase {
            b'X' => {
                let slice = self.slice(event, source_offset)?;
                self.out.slices.push(slice);
                self.out.counts.slices += 1;
            }
            b'B' | b'E' => {
                let slice = self.timed(event, source_offset, 0)?;
                self.out.pairs.push(PairEvent { slice, id: 0, begins: event.phase == b'B' });
            }
            b's' | b't' | b'f' => self.flow(event)?,
            b'M' => {
                self.out.counts.metadata += 1;
                self.fact(bytes, event);
            }
            b'i' | b'I' | b'R' => {
                let instant = self.instant(event, event.tid, source_offset)?;
                self.out.instants.push(RawInstant { instant, is_global: event.scope == b"g" });
                self.out.counts.instants += 1;
            }
            b'C' => {
                add_samples(&mut self.worker.tables, &mut self.out, bytes, event)?;
                self.out.counts.counters += 1;
            }
            b'b' | b'e' | b'n' | b'S' | b'F' | b'T' | b'p' => self.asynchronous(event, source_offset)?,
            0 => return None,
            _ => self.out.counts.others += 1,
        }
        Some(())
    }

    fn slice(&mut self, event: &EventText<'_>, source_offset: u64) -> Option<Slice> {
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

    fn timed(&mut self, event: &EventText<'_>, source_offset: u64, dur_ns: i64) -> Option<Slice> {
        let start_ns = micros_to_ns(event.ts)?;
        let category = self.category(event.category);
        Some(Slice {
            start_ns,
            dur_ns,
            source_offset,
            name: self.worker.tables.names.id(event.name),
            track: self.track(event, event.tid, self.worker.roles[usize::from(category)]),
            correlation: self.id(event.correlation),
            external_id: self.id(event.external_id),
            lane: 0,
            category,
            kind: 0,
        })
    }

    fn instant(&mut self, event: &EventText<'_>, tid: &[u8], source_offset: u64) -> Option<Instant> {
        Some(Instant {
            time_ns: micros_to_ns(event.ts)?,
            source_offset,
            name: self.worker.tables.names.id(event.name),
            track: self.worker.tables.track(event.pid, tid),
            category: self.category(event.category),
            kind: 0,
        })
    }

    /// Begins and ends become slices of a track per process and category, moments become instants there.
    fn asynchronous(&mut self, event: &EventText<'_>, source_offset: u64) -> Option<()> {
        let tid = [ASYNC_PREFIX, event.category].concat();
        if matches!(event.phase, b'n' | b'T' | b'p') {
            let instant = self.instant(event, &tid, source_offset)?;
            self.out.instants.push(RawInstant { instant, is_global: false });
        } else {
            let on_track = EventText { tid: &tid, ..event.clone() };
            let slice = self.timed(&on_track, source_offset, 0)?;
            self.hints_of(slice.track).is_async = true;
            let begins = matches!(event.phase, b'b' | b'S');
            self.out.pairs.push(PairEvent { slice, id: join_id(event.id), begins });
        }
        self.out.counts.asyncs += 1;
        Some(())
    }

    fn flow(&mut self, event: &EventText<'_>) -> Option<()> {
        let step = match event.phase {
            b's' => FlowStep::Start,
            b't' => FlowStep::Step,
            _ => FlowStep::End,
        };
        let flow = FlowEvent {
            time_ns: micros_to_ns(event.ts)?,
            id: join_id(event.id),
            track: self.worker.tables.track(event.pid, event.tid),
            category: self.category(event.category),
            step,
            // Only an end without this word belongs to the slice that comes next.
            encloses: step != FlowStep::End || event.binding == b"e",
        };
        self.out.flows.push(flow);
        self.out.counts.flows += 1;
        Some(())
    }

    fn category(&mut self, raw: &[u8]) -> u8 {
        let id = self.worker.tables.categories.id(raw);
        if id as usize == self.worker.roles.len() {
            self.worker.roles.push(CategoryRole::of(&String::from_utf8_lossy(raw)));
        }
        if id > LAST_CATEGORY {
            self.out.warnings.add(WarningCode::CategoriesClamped);
        }
        u8::try_from(id).unwrap_or(u8::MAX)
    }

    fn track(&mut self, event: &EventText<'_>, tid: &[u8], role: CategoryRole) -> u32 {
        let id = self.worker.tables.track(event.pid, tid);
        let hints = self.hints_of(id);
        if role.is_on_device() {
            hints.has_device_rows = true;
            if hints.device.is_none() {
                hints.device = number(event.device);
            }
            if hints.stream.is_none() {
                hints.stream = number(event.stream);
            }
        } else {
            hints.has_host_rows = true;
        }
        id
    }

    fn hints_of(&mut self, track: u32) -> &mut TrackHints {
        let touched = &mut self.worker.touched;
        if touched.len() <= track as usize {
            touched.resize(track as usize + 1, (0, 0));
        }
        let (chunk, place) = &mut touched[track as usize];
        if *chunk != self.worker.chunks {
            (*chunk, *place) = (self.worker.chunks, self.out.hints.len());
            self.out.hints.push((track, TrackHints::default()));
        }
        &mut self.out.hints[*place].1
    }

    fn fact(&mut self, bytes: &[u8], event: &EventText<'_>) {
        if let Some(args) = event.args.clone() {
            let track = self.worker.tables.track(event.pid, event.tid);
            let what = self.worker.tables.names.id(event.name);
            self.out.facts.push(TrackFact { track, what, args: bytes[args].into() });
        }
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

/// What joins flows and asynchronous work: a number as it is, any other text by its hash.
fn join_id(raw: &[u8]) -> u64 {
    const IS_TEXT: u64 = 1 << 63;
    if let Some(number) = number(raw) {
        return u64::from(number);
    }
    let mut hasher = rustc_hash::FxHasher::default();
    std::hash::Hasher::write(&mut hasher, raw);
    std::hash::Hasher::finish(&hasher) | IS_TEXT
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
