// SPDX-License-Identifier: Apache-2.0
//! Work of devices: kernels, copies and sets, gathered from the streams.

use std::collections::BTreeMap;
use std::ops::Range;

use iterscope_model::{CategoryRole, Kind, KindClass, LaneRows, Row, TrackType};
use iterscope_store::Store;
use rayon::prelude::*;

use crate::spans::Span;

/// Rows that one thread goes through at a time.
const ROWS_PER_PART: Row = 1 << 16;

/// One kernel, copy or set.
#[derive(Debug, Clone, Copy)]
pub struct Activity {
    pub row: Row,
    pub device: u32,
    pub span: Span,
    pub role: CategoryRole,
}

impl Activity {
    pub fn class(&self, store: &Store) -> KindClass {
        Kind::from_number(store.kinds()[self.row as usize]).class()
    }
}

/// The work of each device that has any, by device, sorted by start.
pub fn activities(store: &Store) -> Vec<Vec<Activity>> {
    let mut lanes: BTreeMap<u32, Vec<LaneRows>> = BTreeMap::new();
    for track in store.meta().tracks.iter().filter(|track| track.track_type == TrackType::GpuStream) {
        if let Some(device) = track.device_id {
            lanes.entry(device).or_default().extend(store.lanes_of(track.id));
        }
    }
    let roles = roles(store);
    let work = lanes.into_iter().map(|(device, lanes)| activities_of(store, &roles, device, &lanes));
    work.filter(|work| !work.is_empty()).collect()
}

fn activities_of(store: &Store, roles: &[CategoryRole], device: u32, lanes: &[LaneRows]) -> Vec<Activity> {
    let activity_of = |row: Row| {
        let role = roles[usize::from(store.categories()[row as usize])];
        let span = (store.starts()[row as usize], store.end_ns(row));
        role.is_device_work().then_some(Activity { row, device, span, role })
    };
    let parts: Vec<Vec<Activity>> =
        parts_of(lanes).into_par_iter().map(|rows| rows.filter_map(activity_of).collect()).collect();
    let mut found = parts.concat();
    let place = |activity: &Activity| (activity.span, activity.row);
    // A single lane is sorted. Several ones are runs, and a stable sort merges those.
    if !found.is_sorted_by_key(place) {
        found.par_sort_by_key(place);
    }
    found
}

/// Roles by category id; ids that the table lacks play no role.
pub fn roles(store: &Store) -> Vec<CategoryRole> {
    let mut roles: Vec<CategoryRole> =
        store.meta().categories.iter().map(|name| CategoryRole::of(name)).collect();
    roles.resize(usize::from(u8::MAX) + 1, CategoryRole::Other);
    roles
}

/// The rows of lanes in their order, in parts of which each is worth a task of its own.
pub fn parts_of(lanes: &[LaneRows]) -> Vec<Range<Row>> {
    let parts_of_lane = |lane: &LaneRows| {
        let rows = rows_of(lane);
        rows.clone()
            .step_by(ROWS_PER_PART as usize)
            .map(move |first| first..first.saturating_add(ROWS_PER_PART).min(rows.end))
    };
    lanes.iter().flat_map(parts_of_lane).collect()
}

/// The rows of a lane; by reference, as iterators over lanes give it.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub fn rows_of(lane: &LaneRows) -> Range<Row> {
    lane.first..lane.first + lane.count
}
