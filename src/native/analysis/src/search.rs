// SPDX-License-Identifier: Apache-2.0
//! Slices whose name or kind matches a pattern: how many, how long, under which names, and where.
//!
//! A pattern is matched once for each distinct name, then one pass over the rows looks the answer up.

use iterscope_model::{Kind, NameId, Row, TrackId};
use iterscope_store::Store;
use rustc_hash::FxHashMap;

use crate::devices::rows_of;
use crate::pattern::Pattern;
use crate::selection::overlapping;
use crate::spans::Span;

/// Where a search looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Slices that overlap it; all by default.
    pub range: Option<Span>,
    /// On these tracks; on all by default.
    pub tracks: Option<Vec<TrackId>>,
}

impl Scope {
    pub(crate) fn has_track(&self, track: TrackId) -> bool {
        self.tracks.as_ref().is_none_or(|tracks| tracks.contains(&track))
    }

    /// The rows in scope, lane by lane.
    pub fn rows<'a>(&'a self, store: &'a Store) -> impl Iterator<Item = Row> + 'a {
        let tracks = store.meta().tracks.iter().filter(|track| self.has_track(track.id));
        tracks.flat_map(|track| self.rows_of_track(store, track.id))
    }

    fn rows_of_track<'a>(&'a self, store: &'a Store, track: TrackId) -> impl Iterator<Item = Row> + 'a {
        store.lanes_of(track).iter().flat_map(|lane| match self.range {
            Some(range) => overlapping(store, *lane, range),
            None => rows_of(lane),
        })
    }
}

/// Which slices are meant, by row.
#[derive(Debug)]
pub struct Wanted {
    names: Vec<bool>,
    kinds: [bool; 256],
}

impl Wanted {
    /// Slices whose name or kind matches.
    #[must_use]
    pub fn matching(store: &Store, pattern: &Pattern) -> Self {
        let mut kinds = [false; 256];
        for kind in Kind::all() {
            kinds[usize::from(kind.number())] = pattern.is_in(kind.label());
        }
        Self::by_name(store, kinds, |name| pattern.is_in(name))
    }

    /// Slices of exactly this name.
    #[must_use]
    pub fn named(store: &Store, wanted: &str) -> Self {
        Self::by_name(store, [false; 256], |name| name == wanted)
    }

    fn by_name(store: &Store, kinds: [bool; 256], has: impl Fn(&str) -> bool) -> Self {
        let name_count = NameId::try_from(store.name_count()).unwrap_or(NameId::MAX);
        let names = (0..name_count).map(|id| store.text(id).is_some_and(&has)).collect();
        Self { names, kinds }
    }

    /// Whether a slice is meant.
    #[must_use]
    pub fn has(&self, store: &Store, row: Row) -> bool {
        let row = row as usize;
        self.kinds[usize::from(store.kinds()[row])]
            || self.names.get(store.name_ids()[row] as usize).is_some_and(|is_wanted| *is_wanted)
    }
}

/// How large an answer may be.
#[derive(Debug, Clone, Copy)]
pub struct AnswerSize {
    /// Equal parts of the range, or of the trace, in which hits are counted.
    pub bins: usize,
    /// First hits of each track.
    pub rows_per_track: usize,
    /// Names.
    pub names: usize,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Slices.
    pub count: u64,
    /// Sum of their durations.
    pub total_ns: i64,
    /// Distinct names and kinds among them.
    pub name_count: u64,
    /// Names by falling time, as many as asked for.
    pub names: Vec<FoundName>,
    /// What the bins divide.
    pub span: Span,
    /// Hits that begin in each part of the span; the first one has those that begin before it.
    pub bins: Vec<u32>,
    /// Tracks with hits, in the order of display.
    pub tracks: Vec<FoundOnTrack>,
}

/// Hits of one name and kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundName {
    /// Name as the trace has it.
    pub name: String,
    /// What they do.
    pub kind: Kind,
    /// How many.
    pub count: u64,
    /// Sum of durations.
    pub total_ns: i64,
}

/// Hits on one track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundOnTrack {
    /// Track.
    pub track: TrackId,
    /// How many.
    pub count: u64,
    /// The first ones by start, as many as asked for.
    pub rows: Vec<Row>,
}

/// All slices that are wanted and in scope.
#[must_use]
pub fn search(store: &Store, wanted: &Wanted, scope: &Scope, size: AnswerSize) -> Found {
    let span = scope.range.unwrap_or((0, store.meta().end_ns.max(1)));
    let mut names: FxHashMap<(NameId, u8), (u64, i64)> = FxHashMap::default();
    let mut bins = Bins::new(span, size.bins);
    let mut tracks = Vec::new();
    for track in store.meta().tracks.iter().filter(|track| scope.has_track(track.id)) {
        let mut on_track = FoundOnTrack { track: track.id, count: 0, rows: Vec::new() };
        for row in scope.rows_of_track(store, track.id).filter(|row| wanted.has(store, *row)) {
            let index = row as usize;
            let tally = names.entry((store.name_ids()[index], store.kinds()[index])).or_default();
            tally.0 += 1;
            tally.1 += store.dur_ns(row);
            bins.add(store.starts()[index]);
            on_track.count += 1;
            on_track.rows.push(row);
        }
        if on_track.count > 0 {
            keep_first(store, &mut on_track.rows, size.rows_per_track);
            tracks.push(on_track);
        }
    }
    let (count, total_ns) = names.values().fold((0, 0), |sum, tally| (sum.0 + tally.0, sum.1 + tally.1));
    let name_count = names.len() as u64;
    Found { count, total_ns, name_count, names: most(store, names, size.names), span, bins: bins.0, tracks }
}

/// Rows come lane by lane; the first ones by time may lie on any lane.
fn keep_first(store: &Store, rows: &mut Vec<Row>, most: usize) {
    let start = |row: &Row| (store.starts()[*row as usize], *row);
    if most < rows.len() {
        rows.select_nth_unstable_by_key(most, start);
        rows.truncate(most);
    }
    rows.sort_unstable_by_key(start);
    rows.shrink_to_fit();
}

fn most(store: &Store, names: FxHashMap<(NameId, u8), (u64, i64)>, limit: usize) -> Vec<FoundName> {
    let mut found: Vec<FoundName> = names
        .into_iter()
        .map(|((name, kind), (count, total_ns))| FoundName {
            name: store.text(name).unwrap_or_default().to_owned(),
            kind: Kind::from_number(kind),
            count,
            total_ns,
        })
        .collect();
    found.sort_unstable_by(|a, b| {
        b.total_ns.cmp(&a.total_ns).then_with(|| (&a.name, a.kind).cmp(&(&b.name, b.kind)))
    });
    found.truncate(limit);
    found
}

/// Counts by equal parts of a span.
struct Bins(Vec<u32>, i64, f64);

impl Bins {
    #[allow(clippy::cast_precision_loss)] // A part of a screen.
    fn new(span: Span, parts: usize) -> Self {
        let length_ns = span.1.saturating_sub(span.0).max(1);
        Self(vec![0; parts], span.0, parts as f64 / length_ns as f64)
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn add(&mut self, start_ns: i64) {
        // What lies before the span saturates at its first part.
        let part = (start_ns.saturating_sub(self.1) as f64 * self.2) as usize;
        let last = self.0.len().saturating_sub(1);
        if let Some(count) = self.0.get_mut(part.min(last)) {
            *count = count.saturating_add(1);
        }
    }
}
