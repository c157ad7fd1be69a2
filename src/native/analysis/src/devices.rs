// SPDX-License-Identifier: Apache-2.0
//! Work of devices: kernels, copies and sets, gathered from the streams.

use std::ops::Range;

use iterscope_model::{CategoryRole, Kind, KindClass, LaneRows, Row, TrackType};
use iterscope_store::Store;
use rayon::prelude::*;

use crate::spans::Span;

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

/// All work of all devices, sorted by device and start.
pub fn activities(store: &Store) -> Vec<Activity> {
    let roles = roles(store);
    let streams = store.meta().tracks.iter().filter(|track| track.track_type == TrackType::GpuStream);
    let lanes: Vec<(u32, LaneRows)> = streams
        .filter_map(|track| Some((track.device_id?, store.lanes_of(track.id))))
        .flat_map(|(device, lanes)| lanes.iter().map(move |lane| (device, *lane)))
        .collect();
    let work_of = |(device, lane): (u32, LaneRows)| {
        let roles = &roles;
        rows_of(&lane).filter_map(move |row| {
            let role = roles[usize::from(store.categories()[row as usize])];
            let span = (store.starts()[row as usize], store.end_ns(row));
            role.is_device_work().then_some(Activity { row, device, span, role })
        })
    };
    let mut found: Vec<Activity> = lanes.into_par_iter().flat_map_iter(work_of).collect();
    // Lanes come sorted, and a stable sort merges what is sorted already.
    found.par_sort_by_key(|activity| (activity.device, activity.span, activity.row));
    found
}

/// Roles by category id; ids that the table lacks play no role.
pub fn roles(store: &Store) -> Vec<CategoryRole> {
    let mut roles: Vec<CategoryRole> =
        store.meta().categories.iter().map(|name| CategoryRole::of(name)).collect();
    roles.resize(usize::from(u8::MAX) + 1, CategoryRole::Other);
    roles
}

/// The rows of a lane; by reference, as iterators over lanes give it.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub fn rows_of(lane: &LaneRows) -> Range<Row> {
    lane.first..lane.first + lane.count
}
