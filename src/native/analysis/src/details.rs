// SPDX-License-Identifier: Apache-2.0
//! Everything about one slice but its arguments, which stay in the source.

use iterscope_model::{CategoryRole, Flow, Kind, NO_ID, Result, Row, TrackId};
use iterscope_store::Store;

use crate::attribution::call_of;
use crate::devices::roles;

/// One slice and what it is joined to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceDetails {
    /// Row.
    pub row: Row,
    /// Track.
    pub track: TrackId,
    /// Lane within the track.
    pub lane: u32,
    /// Name.
    pub name: String,
    /// Category as the trace has it.
    pub category: String,
    /// What it does.
    pub kind: Kind,
    /// Start.
    pub start_ns: i64,
    /// Duration.
    pub dur_ns: i64,
    /// Joins a launch call and its work.
    pub correlation: Option<u32>,
    /// The slice of the same track that directly contains this one.
    pub parent: Option<Row>,
    /// Launch call of device work, or device work of a launch call.
    pub partners: Vec<Row>,
    /// From the start of the launch call to the start of its (first) work.
    pub launch_delay_ns: Option<i64>,
    /// Arrows that end here, as the trace states them.
    pub flows_in: Vec<Arrow>,
    /// Arrows that begin here.
    pub flows_out: Vec<Arrow>,
}

/// An arrow at a slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// The slice at its other end.
    pub row: Row,
    /// Category as the trace has it, such as `fwdbwd`.
    pub category: String,
}

/// The details of a row.
///
/// # Errors
/// `query.out-of-range` when there is no such row.
pub fn slice_details(store: &Store, row: Row) -> Result<SliceDetails> {
    let (track, lane) = store.place_of(row)?;
    let index = row as usize;
    let correlation = store.correlations()[index];
    let roles = roles(store);
    let partners = partners_of(store, &roles, row);
    let category = |id: u8| store.meta().categories.get(usize::from(id)).cloned().unwrap_or_default();
    let arrow = |row: Row, flow: Flow| Arrow { row, category: category(flow.category) };
    Ok(SliceDetails {
        row,
        track,
        lane,
        name: store.text(store.name_ids()[index]).unwrap_or_default().to_owned(),
        category: category(store.categories()[index]),
        kind: Kind::from_number(store.kinds()[index]),
        start_ns: store.starts()[index],
        dur_ns: store.dur_ns(row),
        correlation: (correlation != NO_ID).then_some(correlation),
        parent: parent_of(store, row, track, lane),
        launch_delay_ns: launch_delay_ns(store, &roles, row, &partners),
        partners,
        flows_in: store.points().flows_to(row).map(|flow| arrow(flow.from, flow)).collect(),
        flows_out: store.points().flows_from(row).map(|flow| arrow(flow.to, flow)).collect(),
    })
}

/// Of the rows that share a correlation those on the other side: all work of a graph has that of its launch, and no
/// kernel of it launched another.
fn partners_of(store: &Store, roles: &[CategoryRole], row: Row) -> Vec<Row> {
    let is_on_device = |row: Row| roles[usize::from(store.categories()[row as usize])].is_on_device();
    let side = is_on_device(row);
    let joined = store.rows_with_correlation(store.correlations()[row as usize]);
    joined.iter().copied().filter(|other| is_on_device(*other) != side).collect()
}

/// Lanes above hold what contains a slice, the nearest one first.
fn parent_of(store: &Store, row: Row, track: TrackId, lane: u32) -> Option<Row> {
    let (start, end) = (store.starts()[row as usize], store.end_ns(row));
    store.lanes_of(track)[..lane as usize].iter().rev().find_map(|above| {
        let first = above.first as usize;
        let starts = &store.starts()[first..first + above.count as usize];
        let candidate = above.first
            + Row::try_from(starts.partition_point(|time| *time <= start).checked_sub(1)?).ok()?;
        (store.end_ns(candidate) >= end).then_some(candidate)
    })
}

fn launch_delay_ns(store: &Store, roles: &[CategoryRole], row: Row, partners: &[Row]) -> Option<i64> {
    let start = |row: Row| store.starts()[row as usize];
    let role_of = |row: Row| roles[usize::from(store.categories()[row as usize])];
    let role = role_of(row);
    if role.is_device_work() {
        return Some(start(row) - start(call_of(store, roles, row)?));
    }
    if role != CategoryRole::HostApi {
        return None;
    }
    let works = partners.iter().copied().filter(|partner| role_of(*partner).is_device_work());
    Some(works.map(start).min()? - start(row))
}
