// SPDX-License-Identifier: Apache-2.0
//! Iterations of a trace without step markers. The engine's thread is the one with most graph launches, one
//! for each decode step. A loop ends its step with events (recorded, waited for), and what is launched after
//! the last of them already belongs to the next step: its inputs, or a prefill that runs without a graph.

use iterscope_model::{CategoryRole, Kind, Row, TrackType};
use iterscope_store::Store;

use crate::devices::{roles, rows_of};
use crate::spans::Span;

/// Host windows inferred from graph launches, in time order; empty when there is none.
pub fn inferred_windows(store: &Store) -> Vec<Span> {
    let calls = engine_calls(store);
    let is_graph = |row: &Row| kind(store, *row) == Kind::GraphLaunch;
    let starts: Vec<i64> = calls
        .split_inclusive(is_graph)
        .filter(|step| step.last().is_some_and(is_graph))
        .map(|step| store.starts()[first_of_step(store, step) as usize])
        .collect();
    let last_end = calls.iter().rev().find(|row| is_graph(row)).map(|row| store.end_ns(*row));
    let ends = starts.iter().skip(1).copied().chain(last_end);
    starts.iter().copied().zip(ends).collect()
}

fn kind(store: &Store, row: Row) -> Kind {
    Kind::from_number(store.kinds()[row as usize])
}

/// The first call after the last event among the calls that end with a graph launch.
fn first_of_step(store: &Store, step: &[Row]) -> Row {
    let is_event = |row: &Row| {
        let name = store.text(store.name_ids()[*row as usize]).unwrap_or_default();
        kind(store, *row) == Kind::Synchronization || name.contains("EventRecord")
    };
    let begin = step.iter().rposition(is_event).map_or(0, |position| position + 1);
    step.get(begin).or(step.last()).copied().unwrap_or_default()
}

/// Runtime calls of the thread with most graph launches, in time order; none when nobody launches graphs.
fn engine_calls(store: &Store) -> Vec<Row> {
    let roles = roles(store);
    let is_call = |row: &Row| roles[usize::from(store.categories()[*row as usize])] == CategoryRole::HostApi;
    let threads = store.meta().tracks.iter().filter(|track| track.track_type == TrackType::Thread);
    let calls = threads.map(|track| {
        let rows: Vec<Row> = store.lanes_of(track.id).iter().flat_map(rows_of).filter(is_call).collect();
        let graphs = rows.iter().filter(|row| kind(store, **row) == Kind::GraphLaunch).count();
        (graphs, rows)
    });
    let (graphs, mut rows) =
        calls.reduce(|best, next| if next.0 > best.0 { next } else { best }).unwrap_or_default();
    if graphs == 0 {
        return Vec::new();
    }
    rows.sort_unstable_by_key(|row| store.starts()[*row as usize]);
    rows
}
