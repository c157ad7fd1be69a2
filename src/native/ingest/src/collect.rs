// SPDX-License-Identifier: Apache-2.0
//! Merges parsed chunks into one trace: numbers of the whole, kinds of work. Texts get their numbers when they
//! are first used, in the order of the source, whichever worker met them first.

use iterscope_model::rules::kind_of;
use iterscope_model::{
    CategoryRole, Instant, NamePool, Sample, Slice, TraceCounts, WarningCode, WarningCounts,
};
use rustc_hash::FxHashMap;

use crate::flows::FlowEvent;
use crate::kineto::{ParsedChunk, RawInstant, Settled, TrackHints, split_key, unescape};
use crate::pairs::PairEvent;

/// A number that was not given yet.
const UNKNOWN: u32 = u32::MAX;

/// Process and thread as the trace names them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TrackKey {
    pub pid: String,
    pub tid: String,
}

/// A name, label or position that a metadata event gives to a process or thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelFact {
    pub key: TrackKey,
    pub what: String,
    pub value: String,
}

/// Numbers in the tables of a worker to numbers in the trace.
#[derive(Debug, Default)]
struct IdMap {
    texts: Vec<Box<[u8]>>,
    ids: Vec<u32>,
}

impl IdMap {
    fn learn(&mut self, fresh: Vec<Box<[u8]>>) {
        self.ids.resize(self.ids.len() + fresh.len(), UNKNOWN);
        self.texts.extend(fresh);
    }

    #[inline]
    fn id(&mut self, local: u32, number: impl FnOnce(&[u8]) -> u32) -> u32 {
        let index = local as usize;
        if self.ids[index] == UNKNOWN {
            self.ids[index] = number(&self.texts[index]);
        }
        self.ids[index]
    }
}

#[derive(Debug, Default)]
struct WorkerMaps {
    names: IdMap,
    categories: IdMap,
    tracks: IdMap,
    counters: IdMap,
}

/// Texts of the whole trace and their numbers.
#[derive(Default)]
pub struct TraceTables {
    pub names: NamePool,
    pub categories: Vec<String>,
    pub roles: Vec<CategoryRole>,
    pub tracks: Vec<(TrackKey, TrackHints)>,
    /// Process and name.
    pub counters: Vec<TrackKey>,
    pub warnings: WarningCounts,
    track_ids: FxHashMap<TrackKey, u32>,
    counter_ids: FxHashMap<TrackKey, u32>,
    /// Per name, the category that it was last met with, and its kind then.
    last_kinds: Vec<(u8, u8)>,
    kinds: FxHashMap<(u32, u8), u8>,
}

/// A trace being put together.
#[derive(Default)]
pub struct Collector {
    pub tables: TraceTables,
    /// Slices by the number of their track, in the order of the source.
    pub slices: Vec<Vec<Slice>>,
    pub pairs: Vec<PairEvent>,
    pub instants: Vec<RawInstant>,
    pub samples: Vec<Sample>,
    pub flows: Vec<FlowEvent>,
    pub facts: Vec<LabelFact>,
    pub counts: TraceCounts,
    workers: Vec<WorkerMaps>,
}

impl Collector {
    /// Slices so far.
    pub fn slice_count(&self) -> u64 {
        self.counts.slices
    }

    /// Adds a slice to its track.
    #[inline]
    pub fn push(&mut self, slice: Slice) {
        let track = slice.track as usize;
        if self.slices.len() <= track {
            self.slices.resize_with(track + 1, Vec::new);
        }
        self.slices[track].push(slice);
    }

    /// Adds what the next chunk gave.
    pub fn take(&mut self, settled: Settled) {
        match settled {
            Settled::Events(worker, mut parsed) => {
                let mut maps = self.learn(worker, &mut parsed);
                self.add(&mut maps, parsed);
                self.workers[worker] = maps;
            }
            Settled::Dropped(worker, mut parsed) => {
                let maps = self.learn(worker, &mut parsed);
                self.workers[worker] = maps;
            }
        }
    }

    fn learn(&mut self, worker: usize, parsed: &mut ParsedChunk) -> WorkerMaps {
        if self.workers.len() <= worker {
            self.workers.resize_with(worker + 1, WorkerMaps::default);
        }
        let mut maps = std::mem::take(&mut self.workers[worker]);
        let fresh = std::mem::take(&mut parsed.fresh);
        if fresh.is_new_table {
            maps = WorkerMaps::default();
        }
        maps.names.learn(fresh.names);
        maps.categories.learn(fresh.categories);
        maps.tracks.learn(fresh.tracks);
        maps.counters.learn(fresh.counters);
        maps
    }

    fn add(&mut self, maps: &mut WorkerMaps, chunk: ParsedChunk) {
        for slice in chunk.slices {
            let slice = self.tables.slice(maps, slice);
            self.push(slice);
        }
        let tables = &mut self.tables;
        self.pairs.extend(
            chunk.pairs.into_iter().map(|pair| PairEvent { slice: tables.slice(maps, pair.slice), ..pair }),
        );
        self.instants.extend(
            chunk
                .instants
                .into_iter()
                .map(|raw| RawInstant { instant: tables.instant(maps, raw.instant), ..raw }),
        );
        self.flows.extend(chunk.flows.into_iter().map(|flow| FlowEvent {
            track: maps.tracks.id(flow.track, |key| tables.track(key)),
            category: tables.category_of(maps, flow.category),
            ..flow
        }));
        self.samples.extend(chunk.samples.into_iter().map(|raw| Sample {
            time_ns: raw.time_ns,
            value: raw.value,
            counter: maps.counters.id(raw.counter, |key| tables.counter(key)),
        }));
        for (track, hints) in chunk.hints {
            let id = maps.tracks.id(track, |key| tables.track(key));
            merge_hints(&mut tables.tracks[id as usize].1, hints);
        }
        for fact in chunk.facts {
            let what = maps.names.texts[fact.what as usize].clone();
            let key = maps.tracks.texts[fact.track as usize].clone();
            self.facts.extend(tables.fact(&key, &what, &fact.args));
        }
        tables.warnings.merge(&chunk.warnings);
        add_counts(&mut self.counts, chunk.counts);
    }

    /// Whether there are events and none could be understood.
    pub fn is_foreign(&self) -> bool {
        self.counts.events > 0
            && self.tables.warnings.count(WarningCode::MalformedEvents) == self.counts.events
    }

    /// Counts something that concerns the whole source.
    pub fn warn(&mut self, code: WarningCode) {
        self.tables.warnings.add(code);
    }
}

impl TraceTables {
    #[inline]
    fn slice(&mut self, maps: &mut WorkerMaps, slice: Slice) -> Slice {
        let name = maps.names.id(slice.name, |raw| self.name(raw));
        let category = self.category_of(maps, slice.category);
        let track = maps.tracks.id(slice.track, |key| self.track(key));
        Slice { name, category, track, kind: self.kind(name, category), ..slice }
    }

    fn instant(&mut self, maps: &mut WorkerMaps, instant: Instant) -> Instant {
        let name = maps.names.id(instant.name, |raw| self.name(raw));
        let category = self.category_of(maps, instant.category);
        let track = maps.tracks.id(instant.track, |key| self.track(key));
        Instant { name, category, track, kind: self.kind(name, category), ..instant }
    }

    fn category_of(&mut self, maps: &mut WorkerMaps, local: u8) -> u8 {
        let id = maps.categories.id(u32::from(local), |raw| u32::from(self.category(raw)));
        u8::try_from(id).unwrap_or(u8::MAX)
    }

    #[inline]
    fn kind(&mut self, name: u32, category: u8) -> u8 {
        match self.last_kinds.get(name as usize) {
            Some((last, kind)) if *last == category => *kind,
            _ => self.other_kind(name, category),
        }
    }

    fn other_kind(&mut self, name: u32, category: u8) -> u8 {
        let kind = *self.kinds.entry((name, category)).or_insert_with(|| {
            kind_of(self.roles[usize::from(category)], self.names.get(name).unwrap_or_default()).number()
        });
        if self.last_kinds.len() <= name as usize {
            self.last_kinds.resize(name as usize + 1, (category, kind));
        }
        self.last_kinds[name as usize] = (category, kind);
        kind
    }

    fn name(&mut self, raw: &[u8]) -> u32 {
        let text = self.text(raw);
        self.names.intern(&text)
    }

    fn category(&mut self, raw: &[u8]) -> u8 {
        let name = self.text(raw);
        let position = self.categories.iter().position(|known| *known == name).unwrap_or_else(|| {
            if self.categories.len() > usize::from(u8::MAX) {
                self.warnings.add(WarningCode::CategoriesClamped);
                return usize::from(u8::MAX);
            }
            self.roles.push(CategoryRole::of(&name));
            self.categories.push(name);
            self.categories.len() - 1
        });
        u8::try_from(position).unwrap_or(u8::MAX)
    }

    fn key(&mut self, raw: &[u8]) -> TrackKey {
        let (pid, tid) = split_key(raw);
        TrackKey { pid: self.text(pid), tid: self.text(tid) }
    }

    fn track(&mut self, raw: &[u8]) -> u32 {
        let key = self.key(raw);
        self.track_of(key)
    }

    /// The number of a track, new or known.
    pub fn track_of(&mut self, key: TrackKey) -> u32 {
        *self.track_ids.entry(key.clone()).or_insert_with(|| {
            self.tracks.push((key, TrackHints::default()));
            u32::try_from(self.tracks.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn counter(&mut self, raw: &[u8]) -> u32 {
        let key = self.key(raw);
        *self.counter_ids.entry(key.clone()).or_insert_with(|| {
            self.counters.push(key);
            u32::try_from(self.counters.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn fact(&mut self, key: &[u8], what: &[u8], args: &[u8]) -> Option<LabelFact> {
        let Ok(serde_json::Value::Object(values)) = serde_json::from_slice(args) else { return None };
        let value = match values.into_iter().next()?.1 {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        Some(LabelFact { key: self.key(key), what: self.text(what), value })
    }

    fn text(&mut self, raw: &[u8]) -> String {
        let (text, repaired) = unescape(raw);
        if repaired {
            self.warnings.add(WarningCode::InvalidText);
        }
        text.into_owned()
    }
}

fn merge_hints(known: &mut TrackHints, more: TrackHints) {
    known.has_device_rows |= more.has_device_rows;
    known.has_host_rows |= more.has_host_rows;
    known.is_async |= more.is_async;
    known.device = known.device.or(more.device);
    known.stream = known.stream.or(more.stream);
}

fn add_counts(sum: &mut TraceCounts, more: TraceCounts) {
    sum.events += more.events;
    sum.slices += more.slices;
    sum.flows += more.flows;
    sum.instants += more.instants;
    sum.counters += more.counters;
    sum.metadata += more.metadata;
    sum.asyncs += more.asyncs;
    sum.others += more.others;
}
