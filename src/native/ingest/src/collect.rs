// SPDX-License-Identifier: Apache-2.0
//! Merges parsed chunks into one trace: ids of the whole, kinds, track order, lanes.

use std::cmp::Reverse;

use iterscope_model::rules::{RULES_VERSION, kind_of};
use iterscope_model::{
    CategoryRole, ErrorCode, NamePool, Result, Slice, SourceStamp, TraceCounts, TraceError, TraceMeta,
    TrackInfo, TrackType, WarningCode, WarningCounts,
};
use iterscope_store::TraceData;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::kineto::{FileFacts, ParsedChunk, TrackFact, TrackHints, TrackKey};
use crate::lanes::{LaneStats, lay_out};
use crate::pairs::{PairEvent, pair_events};

/// A trace being put together.
#[derive(Default)]
pub struct Collector {
    slices: Vec<Slice>,
    pairs: Vec<PairEvent>,
    names: NamePool,
    categories: Vec<String>,
    kinds: FxHashMap<(u32, u8), u8>,
    tracks: Vec<(TrackKey, TrackHints)>,
    track_ids: FxHashMap<TrackKey, u32>,
    facts: Vec<TrackFact>,
    counts: TraceCounts,
    warnings: WarningCounts,
}

impl Collector {
    /// Slices so far.
    pub fn slice_count(&self) -> u64 {
        self.slices.len() as u64
    }

    /// Adds the next chunk; chunks come in the order of the source.
    pub fn add(&mut self, chunk: ParsedChunk) {
        let names: Vec<u32> = chunk.names.iter().map(|name| self.names.intern(name)).collect();
        let categories: Vec<u8> = chunk.categories.iter().map(|name| self.category(name)).collect();
        let tracks: Vec<u32> = chunk.tracks.into_iter().map(|(key, hints)| self.track(key, hints)).collect();
        let roles: Vec<CategoryRole> = self.categories.iter().map(|name| CategoryRole::of(name)).collect();
        let mut mapped = |slice: Slice| {
            let name = names[slice.name as usize];
            let category = categories[usize::from(slice.category)];
            let kind = *self.kinds.entry((name, category)).or_insert_with(|| {
                kind_of(roles[usize::from(category)], self.names.get(name).unwrap_or_default()).number()
            });
            Slice { name, category, kind, track: tracks[slice.track as usize], ..slice }
        };
        self.slices.extend(chunk.slices.into_iter().map(&mut mapped));
        self.pairs
            .extend(chunk.pairs.into_iter().map(|pair| PairEvent { slice: mapped(pair.slice), ..pair }));
        self.facts.extend(chunk.facts);
        self.warnings.merge(&chunk.warnings);
        add_counts(&mut self.counts, chunk.counts);
    }

    /// Whether there are events and none could be understood.
    pub fn is_foreign(&self) -> bool {
        self.counts.events > 0 && self.warnings.count(WarningCode::MalformedEvents) == self.counts.events
    }

    /// Counts something that concerns the whole source.
    pub fn warn(&mut self, code: WarningCode) {
        self.warnings.add(code);
    }

    fn category(&mut self, name: &str) -> u8 {
        let position = self.categories.iter().position(|known| known == name).unwrap_or_else(|| {
            if self.categories.len() > usize::from(u8::MAX) {
                self.warnings.add(WarningCode::CategoriesClamped);
                return usize::from(u8::MAX);
            }
            self.categories.push(name.to_owned());
            self.categories.len() - 1
        });
        u8::try_from(position).unwrap_or(u8::MAX)
    }

    fn track(&mut self, key: TrackKey, hints: TrackHints) -> u32 {
        let id = *self.track_ids.entry(key.clone()).or_insert_with(|| {
            self.tracks.push((key, TrackHints::default()));
            u32::try_from(self.tracks.len() - 1).unwrap_or(u32::MAX)
        });
        let known = &mut self.tracks[id as usize].1;
        known.has_device_rows |= hints.has_device_rows;
        known.has_host_rows |= hints.has_host_rows;
        known.device = known.device.or(hints.device);
        known.stream = known.stream.or(hints.stream);
        id
    }

    /// The finished trace.
    ///
    /// # Errors
    /// `ingest.too-large` beyond four billion slices.
    pub fn finish(mut self, source: SourceStamp, facts: FileFacts, compressed: bool) -> Result<TraceData> {
        let paired = pair_events(std::mem::take(&mut self.pairs), &mut self.warnings);
        self.counts.slices += paired.len() as u64;
        self.slices.extend(paired);
        if u32::try_from(self.slices.len()).is_err() {
            return Err(TraceError::new(
                ErrorCode::IngestTooLarge,
                format!(
                    "{} holds more than 4,294,967,295 slices. Cut it into smaller windows first.",
                    source.path
                ),
            ));
        }
        let first_ns = self.slices.par_iter().map(|slice| slice.start_ns).min().unwrap_or(0);
        let mut tracks = self.order_tracks();
        self.slices.par_iter_mut().for_each(|slice| slice.start_ns -= first_ns);
        self.slices.par_sort_unstable_by_key(|slice| {
            (slice.track, slice.start_ns, Reverse(slice.dur_ns), slice.source_offset)
        });
        self.lay_out_tracks(&mut tracks);
        let end_ns = self.slices.par_iter().map(Slice::end_ns).max().unwrap_or(0);
        let meta = TraceMeta {
            source,
            format: if facts.is_kineto { "kineto" } else { "chrome" }.to_owned(),
            compressed,
            origin_ns: facts.base_time_ns.saturating_add(first_ns),
            end_ns,
            rank: facts.rank,
            world_size: facts.world_size,
            rules_version: RULES_VERSION,
            devices: facts.devices,
            tracks,
            counters: Vec::new(),
            categories: self.categories,
            counts: self.counts,
            warnings: self.warnings.to_list(),
            diagnostics: Vec::new(),
        };
        Ok(TraceData {
            meta,
            slices: self.slices,
            names: self.names,
            instants: Vec::new(),
            samples: Vec::new(),
            flows: Vec::new(),
        })
    }

    /// Numbers the tracks that hold slices in the order of display, and renumbers the slices.
    fn order_tracks(&mut self) -> Vec<TrackInfo> {
        let labels = Labels::of(&self.facts);
        let mut used: Vec<usize> =
            (0..self.tracks.len()).filter(|id| self.tracks[*id].1 != TrackHints::default()).collect();
        used.sort_by_cached_key(|id| labels.position(&self.tracks[*id].0));
        let mut renumbered = vec![u32::MAX; self.tracks.len()];
        let mut tracks = Vec::with_capacity(used.len());
        for (position, old) in used.into_iter().enumerate() {
            let id = u32::try_from(position).unwrap_or(u32::MAX);
            renumbered[old] = id;
            let (key, hints) = &self.tracks[old];
            tracks.push(track_info(id, key, *hints, &labels));
        }
        self.slices.par_iter_mut().for_each(|slice| slice.track = renumbered[slice.track as usize]);
        tracks
    }

    fn lay_out_tracks(&mut self, tracks: &mut [TrackInfo]) {
        let works: Vec<bool> =
            self.categories.iter().map(|name| CategoryRole::of(name).is_device_work()).collect();
        let stats: Vec<(u32, u64, LaneStats)> = self
            .slices
            .par_chunk_by_mut(|a, b| a.track == b.track)
            .map(|slices| {
                let (track, count) = (slices[0].track, slices.len() as u64);
                (track, count, lay_out(slices, |slice| works[usize::from(slice.category)]))
            })
            .collect();
        for (track, count, stats) in stats {
            let info = &mut tracks[track as usize];
            info.lanes = stats.lanes;
            info.slice_count = count;
            info.covered_ns = stats.covered_ns;
            self.warnings.add_many(WarningCode::PartialOverlap, stats.partial_overlaps);
            self.warnings.add_many(WarningCode::LanesClamped, stats.clamped);
        }
    }
}

/// Names and positions that metadata events give.
struct Labels<'a>(FxHashMap<(&'a str, &'a str, &'a str), &'a str>);

impl<'a> Labels<'a> {
    fn of(facts: &'a [TrackFact]) -> Self {
        let keyed = facts.iter().map(|fact| {
            let tid = if fact.what.starts_with("process_") { "" } else { fact.key.tid.as_str() };
            ((fact.what.as_str(), fact.key.pid.as_str(), tid), fact.value.as_str())
        });
        Self(keyed.collect())
    }

    fn process(&self, what: &str, key: &TrackKey) -> Option<&'a str> {
        self.0.get(&(what, key.pid.as_str(), "")).copied()
    }

    fn thread(&self, what: &str, key: &TrackKey) -> Option<&'a str> {
        self.0.get(&(what, key.pid.as_str(), key.tid.as_str())).copied()
    }

    fn position(&self, key: &TrackKey) -> impl Ord + use<> {
        let sort = |index: Option<&str>| index.and_then(|index| index.parse::<f64>().ok()).map_or(0, whole);
        (
            sort(self.process("process_sort_index", key)),
            natural(&key.pid),
            sort(self.thread("thread_sort_index", key)),
            natural(&key.tid),
        )
    }
}

#[allow(clippy::cast_possible_truncation)] // Saturates, which is all that an order needs.
fn whole(index: f64) -> i64 {
    index as i64
}

/// Numbers in order, then words in order.
fn natural(text: &str) -> (bool, i64, String) {
    text.parse::<i64>().map_or_else(|_| (true, 0, text.to_owned()), |number| (false, number, String::new()))
}

fn track_info(id: u32, key: &TrackKey, hints: TrackHints, labels: &Labels<'_>) -> TrackInfo {
    let numbers = |text: &str| text.parse::<u32>().ok();
    let is_stream = hints.has_device_rows && !hints.has_host_rows;
    let track_type = match (is_stream, numbers(&key.pid), numbers(&key.tid)) {
        (true, ..) => TrackType::GpuStream,
        (false, Some(_), Some(_)) => TrackType::Thread,
        _ => TrackType::Other,
    };
    let stream = if is_stream { hints.stream.or_else(|| numbers(&key.tid)) } else { None };
    let named = labels.thread("thread_name", key).map(str::trim).filter(|name| !name.is_empty());
    let name = named.map_or_else(
        || match track_type {
            TrackType::GpuStream => format!("stream {}", key.tid),
            TrackType::Thread => format!("thread {}", key.tid),
            TrackType::Other => key.tid.clone(),
        },
        str::to_owned,
    );
    TrackInfo {
        id,
        pid: key.pid.clone(),
        tid: key.tid.clone(),
        process_name: labels.process("process_name", key).unwrap_or_default().trim().to_owned(),
        name,
        section: None,
        track_type,
        device_id: if is_stream { hints.device.or_else(|| numbers(&key.pid)) } else { None },
        stream,
        lanes: 0,
        slice_count: 0,
        instant_count: 0,
        covered_ns: 0,
    }
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
