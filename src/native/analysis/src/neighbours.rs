// SPDX-License-Identifier: Apache-2.0
//! The next and the previous slice of a sort, by start; slices that start together are ordered by row.

use iterscope_model::{LaneRows, NameId, Result, Row};
use iterscope_store::Store;

use crate::search::{Scope, Wanted};

/// Where to look from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A moment: what starts there is next.
    Time(i64),
    /// A slice, which is no neighbour of itself.
    Slice(Row),
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Later.
    Next,
    /// Earlier.
    Previous,
}

/// Both neighbours of a slice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The one before.
    pub previous: Option<Row>,
    /// The one after.
    pub next: Option<Row>,
}

/// The nearest slice that is wanted and in scope.
///
/// # Errors
/// `query.out-of-range` when the place is no slice of the trace.
pub fn nearest(store: &Store, wanted: &Wanted, scope: &Scope, place: Place, way: Way) -> Result<Option<Row>> {
    Ok(walk(store, scope, Key::of(store, place)?, way, |row| wanted.has(store, row)))
}

/// The slices of the same name next to a slice, on its own track or on all.
///
/// # Errors
/// `query.out-of-range` when there is no such row.
pub fn neighbours(store: &Store, row: Row, own_track: bool) -> Result<Neighbours> {
    let (track, _) = store.place_of(row)?;
    let scope = Scope { range: None, tracks: own_track.then(|| vec![track]) };
    let name: NameId = store.name_ids()[row as usize];
    let from = Key::of(store, Place::Slice(row))?;
    let same = |other: Row| store.name_ids()[other as usize] == name;
    Ok(Neighbours {
        previous: walk(store, &scope, from, Way::Previous, same),
        next: walk(store, &scope, from, Way::Next, same),
    })
}

/// Order of slices: start and row. A moment comes before all that starts there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(i64, i64);

impl Key {
    fn of(store: &Store, place: Place) -> Result<Self> {
        match place {
            Place::Time(time_ns) => Ok(Self(time_ns, -1)),
            Place::Slice(row) => store.place_of(row).map(|_| Self::of_row(store, row)),
        }
    }

    fn of_row(store: &Store, row: Row) -> Self {
        Self(store.starts()[row as usize], i64::from(row))
    }
}

/// Lanes are searched one after the other, each only as far as it can beat the best of those before.
fn walk(store: &Store, scope: &Scope, from: Key, way: Way, has: impl Fn(Row) -> bool) -> Option<Row> {
    let mut best: Option<Key> = None;
    let tracks = store.meta().tracks.iter().filter(|track| scope.has_track(track.id));
    for lane in tracks.flat_map(|track| store.lanes_of(track.id)) {
        let beats = |row: &Row| {
            best.is_none_or(|best| match way {
                Way::Next => Key::of_row(store, *row) < best,
                Way::Previous => Key::of_row(store, *row) > best,
            })
        };
        let inside = |row: &Row| in_range(store, scope, *row) && has(*row);
        let found = match way {
            Way::Next => rows_after(store, *lane, from).take_while(beats).find(inside),
            Way::Previous => rows_before(store, *lane, from).rev().take_while(beats).find(inside),
        };
        best = found.map(|row| Key::of_row(store, row)).or(best);
    }
    best.and_then(|key| Row::try_from(key.1).ok())
}

fn in_range(store: &Store, scope: &Scope, row: Row) -> bool {
    scope.range.is_none_or(|range| {
        let start_ns = store.starts()[row as usize];
        start_ns < range.1 && (start_ns >= range.0 || store.end_ns(row) > range.0)
    })
}

fn rows_before(store: &Store, lane: LaneRows, from: Key) -> std::ops::Range<Row> {
    lane.first..first_at(store, lane, from)
}

fn rows_after(store: &Store, lane: LaneRows, from: Key) -> std::ops::Range<Row> {
    let first = first_at(store, lane, from);
    let is_itself = first < lane.first + lane.count && Key::of_row(store, first) == from;
    first + Row::from(is_itself)..lane.first + lane.count
}

/// The first row of a lane that is not before a key.
fn first_at(store: &Store, lane: LaneRows, from: Key) -> Row {
    let (mut low, mut high) = (lane.first, lane.first + lane.count);
    while low < high {
        let middle = low + (high - low) / 2;
        if Key::of_row(store, middle) < from {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
