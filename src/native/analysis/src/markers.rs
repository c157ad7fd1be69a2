// SPDX-License-Identifier: Apache-2.0
//! Step markers: the slices that begin an iteration.

use iterscope_model::{NameId, Row, TrackId, TrackType};
use iterscope_store::Store;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::devices::parts_of;
use crate::marker_rules::{MarkerRule, MarkerRules, MarkerText};

/// Markers of one thread in time order.
pub type Markers = Vec<(Row, MarkerText)>;

/// The step markers of a trace, from the thread that holds most of them; none when it has none.
pub fn find_markers(store: &Store, rules: &MarkerRules) -> Option<Markers> {
    rules.rules().iter().find_map(|rule| {
        let names = matching_names(store, rule);
        if names.is_empty() {
            return None;
        }
        let tracks = store.meta().tracks.iter().filter(|track| track.track_type != TrackType::GpuStream);
        // Most slices are none: a bit tells so sooner than a table.
        let mut is_named = vec![false; store.name_count()];
        for id in names.keys() {
            is_named[*id as usize] = true;
        }
        let found = tracks.map(|track| rows_named(store, track.id, &is_named, &names));
        // Of equals the first track wins: `max_by_key` would give the last one.
        found
            .filter(|rows| !rows.is_empty())
            .reduce(|best, next| if next.len() > best.len() { next } else { best })
    })
}

fn matching_names(store: &Store, rule: &MarkerRule) -> FxHashMap<NameId, MarkerText> {
    let ids = 0..NameId::try_from(store.name_count()).unwrap_or(NameId::MAX);
    ids.into_par_iter().filter_map(|id| Some((id, rule.read(store.text(id)?)?))).collect()
}

fn rows_named(
    store: &Store,
    track: TrackId,
    is_named: &[bool],
    names: &FxHashMap<NameId, MarkerText>,
) -> Markers {
    let marked = |row: Row| {
        let id = store.name_ids()[row as usize];
        is_named.get(id as usize).filter(|is_named| **is_named)?;
        Some((row, *names.get(&id)?))
    };
    let parts = parts_of(store.lanes_of(track));
    let mut rows: Markers = parts.into_par_iter().flat_map_iter(|rows| rows.filter_map(&marked)).collect();
    rows.sort_unstable_by_key(|(row, _)| store.starts()[*row as usize]);
    rows
}
