// SPDX-License-Identifier: Apache-2.0
//! Garbage collection and Python's global lock within host windows: unions of such ranges of the rank's threads, for
//! each thread and in all.

use std::collections::BTreeMap;

use iterscope_model::{Kind, Row, TrackInfo, TrackType};
use iterscope_store::Store;
use rayon::prelude::*;

use crate::devices::parts_of;
use crate::spans::{Span, Union};

/// Such ranges of one thread, or of all, within a window. What the trace does not record is none, not zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HostRanges {
    /// Garbage collection.
    pub gc_ns: i64,
    /// Holding the global lock.
    pub gil_held_ns: Option<i64>,
    /// Waiting for the global lock.
    pub gil_waiting_ns: Option<i64>,
}

/// The ranges of one thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadRanges {
    /// Process as the trace names it.
    pub pid: String,
    /// Thread as the trace names it.
    pub tid: String,
    /// Name of the thread.
    pub name: String,
    /// What it spent.
    pub ranges: HostRanges,
}

#[derive(Default)]
struct Spans {
    collecting: Vec<Span>,
    holding: Vec<Span>,
    waiting: Vec<Span>,
}

struct Unions {
    collecting: Union,
    holding: Union,
    waiting: Union,
}

/// The ranges of a rank, ready to be asked for windows.
pub struct HostTimeline {
    all: Unions,
    threads: Vec<(String, String, String, Unions)>,
    has_holding: bool,
    has_waiting: bool,
}

impl HostTimeline {
    /// The ranges of all threads of a process; of all processes when none is named.
    pub fn of(store: &Store, pid: Option<&str>) -> Self {
        let mut threads: BTreeMap<(&str, &str), (&str, Spans)> = BTreeMap::new();
        let of_rank = |track: &&TrackInfo| {
            track.track_type != TrackType::GpuStream && pid.is_none_or(|pid| pid == track.pid)
        };
        for track in store.meta().tracks.iter().filter(of_rank) {
            for row in wanted_rows(store, track) {
                let kind = Kind::from_number(store.kinds()[row as usize]);
                let span = (store.starts()[row as usize], store.end_ns(row));
                let (_, spans) = threads
                    .entry((&track.pid, &track.tid))
                    .or_insert_with(|| (&track.name, Spans::default()));
                let name = store.text(store.name_ids()[row as usize]).unwrap_or_default();
                match kind {
                    Kind::GarbageCollection => spans.collecting.push(span),
                    _ if is_holding(name) => spans.holding.push(span),
                    _ => spans.waiting.push(span),
                }
            }
        }
        let mut all = Spans::default();
        for (_, spans) in threads.values() {
            all.collecting.extend(&spans.collecting);
            all.holding.extend(&spans.holding);
            all.waiting.extend(&spans.waiting);
        }
        Self {
            has_holding: !all.holding.is_empty(),
            has_waiting: !all.waiting.is_empty(),
            all: Unions::of(all),
            threads: threads
                .into_iter()
                .map(|((pid, tid), (name, spans))| {
                    (pid.to_owned(), tid.to_owned(), name.to_owned(), Unions::of(spans))
                })
                .collect(),
        }
    }

    /// What all threads together spent in a window; overlaps count once.
    pub fn within(&self, window: Span) -> HostRanges {
        self.ranges(&self.all, window)
    }

    /// What each thread with any such range spent in a window.
    pub fn threads_within(&self, window: Span) -> Vec<ThreadRanges> {
        self.threads
            .iter()
            .map(|(pid, tid, name, unions)| ThreadRanges {
                pid: pid.clone(),
                tid: tid.clone(),
                name: name.clone(),
                ranges: self.ranges(unions, window),
            })
            .collect()
    }

    fn ranges(&self, unions: &Unions, window: Span) -> HostRanges {
        HostRanges {
            gc_ns: unions.collecting.within(window),
            gil_held_ns: self.has_holding.then(|| unions.holding.within(window)),
            gil_waiting_ns: self.has_waiting.then(|| unions.waiting.within(window)),
        }
    }
}

impl Unions {
    fn of(spans: Spans) -> Self {
        Self {
            collecting: Union::of(spans.collecting),
            holding: Union::of(spans.holding),
            waiting: Union::of(spans.waiting),
        }
    }
}

/// The few rows of a track that are such ranges, lane by lane.
fn wanted_rows(store: &Store, track: &TrackInfo) -> Vec<Row> {
    let wanted = [Kind::GarbageCollection, Kind::Gil].map(Kind::number);
    let is_wanted = |row: &Row| wanted.contains(&store.kinds()[*row as usize]);
    parts_of(store.lanes_of(track.id)).into_par_iter().flat_map_iter(|rows| rows.filter(is_wanted)).collect()
}

/// `Holding GIL`; every other range about the lock is a wait for it.
fn is_holding(name: &str) -> bool {
    name.get(.."holding".len()).is_some_and(|start| start.eq_ignore_ascii_case("holding"))
}
