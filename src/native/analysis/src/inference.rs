// SPDX-License-Identifier: Apache-2.0
//! Iterations of a trace without step markers: the engine's thread launches one graph per decode step, so the
//! thread with most graph launches is the engine's and each launch begins an iteration.

use iterscope_model::{Kind, Row, TrackType};
use iterscope_store::Store;

use crate::devices::rows_of;
use crate::spans::Span;

/// Host windows inferred from graph launches, in time order; empty when there is none.
pub fn inferred_windows(store: &Store) -> Vec<Span> {
    let launches = graph_launches(store);
    let starts: Vec<i64> = launches.iter().map(|row| store.starts()[*row as usize]).collect();
    let last_end = launches.last().map(|row| store.end_ns(*row));
    let ends = starts.iter().skip(1).copied().chain(last_end);
    starts.iter().copied().zip(ends).collect()
}

fn graph_launches(store: &Store) -> Vec<Row> {
    let threads = store.meta().tracks.iter().filter(|track| track.track_type == TrackType::Thread);
    let is_launch = |row: &Row| store.kinds()[*row as usize] == Kind::GraphLaunch.number();
    let found = threads.map(|track| {
        store.lanes_of(track.id).iter().flat_map(rows_of).filter(is_launch).collect::<Vec<Row>>()
    });
    let mut rows =
        found.reduce(|best, next| if next.len() > best.len() { next } else { best }).unwrap_or_default();
    rows.sort_unstable_by_key(|row| store.starts()[*row as usize]);
    rows
}
