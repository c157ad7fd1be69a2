// SPDX-License-Identifier: Apache-2.0
//! Which launch call a device activity belongs to: by correlation (graph kernels share their launch's), else
//! by the operator with the same external id.

use std::sync::atomic::{AtomicU32, Ordering};

use iterscope_model::{CategoryRole, NO_ID, Row, TrackType};
use iterscope_store::Store;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::devices::{Activity, roles, rows_of};

/// The launch call of one device row; of many see [`launchers`]. The earliest call with its correlation.
pub fn call_of(store: &Store, roles: &[CategoryRole], row: Row) -> Option<Row> {
    earliest_call(store, roles, store.rows_with_correlation(store.correlations()[row as usize]))
}

/// Finds what launched activities.
pub struct Launchers<'a> {
    store: &'a Store,
    roles: Vec<CategoryRole>,
    calls: Calls,
    operators_by_id: Option<FxHashMap<u32, Row>>,
}

impl<'a> Launchers<'a> {
    pub fn of(store: &'a Store) -> Self {
        let roles = roles(store);
        let calls = Calls::of(store, &roles);
        Self { store, roles, calls, operators_by_id: None }
    }

    /// The launch call of each activity, else the operator that shares its external id; none when nothing in the
    /// trace tells.
    pub fn launched(&mut self, work: &[Activity]) -> Vec<Option<Row>> {
        let Self { store, roles, calls, operators_by_id } = self;
        let mut found: Vec<Option<Row>> =
            work.par_iter().map(|activity| calls.call_of(activity.row)).collect();
        let external_id = |activity: &Activity| store.external_ids()[activity.row as usize];
        let needs_operator = |(call, activity): &(&mut Option<Row>, &Activity)| {
            call.is_none() && external_id(activity) != NO_ID
        };
        for (launcher, activity) in found.iter_mut().zip(work).filter(needs_operator) {
            let operators = operators_by_id.get_or_insert_with(|| operators(store, roles));
            *launcher = operators.get(&external_id(activity)).copied();
        }
        found
    }
}

/// The launch calls of all rows of streams, found by one walk over the rows in the order of their correlations.
pub struct Calls {
    /// First row of any stream.
    first: Row,
    /// From there to the last one; each is written by one task.
    found: Vec<AtomicU32>,
}

const NO_CALL: Row = Row::MAX;
/// Rows that one thread walks over at a time.
const ROWS_PER_PART: usize = 1 << 16;

impl Calls {
    pub fn of(store: &Store, roles: &[CategoryRole]) -> Self {
        let streams = store.meta().tracks.iter().filter(|track| track.track_type == TrackType::GpuStream);
        let lanes = streams.flat_map(|track| store.lanes_of(track.id));
        let reach = lanes.map(rows_of).reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or(0..0);
        let calls = Self {
            first: reach.start,
            found: reach.clone().into_par_iter().map(|_| AtomicU32::new(NO_CALL)).collect(),
        };
        parts_by_correlation(store).into_par_iter().for_each(|part| calls.walk(store, roles, part));
        calls
    }

    /// None also for rows that are on no stream.
    pub fn call_of(&self, row: Row) -> Option<Row> {
        let call = self.found.get(row.checked_sub(self.first)? as usize)?.load(Ordering::Relaxed);
        (call != NO_CALL).then_some(call)
    }

    fn walk(&self, store: &Store, roles: &[CategoryRole], part: &[Row]) {
        let correlation = |row: &Row| store.correlations()[*row as usize];
        for rows in part.chunk_by(|a, b| correlation(a) == correlation(b)) {
            let Some(call) = earliest_call(store, roles, rows) else { continue };
            let places = rows.iter().filter_map(|row| self.found.get(row.checked_sub(self.first)? as usize));
            for place in places {
                place.store(call, Ordering::Relaxed);
            }
        }
    }
}

/// Rows by correlation, cut so that those of one stay together.
fn parts_by_correlation(store: &Store) -> Vec<&[Row]> {
    let correlation = |row: &Row| store.correlations()[*row as usize];
    let (mut parts, mut rest) = (Vec::new(), store.rows_by_correlation());
    while let Some(last) = rest.get(ROWS_PER_PART - 1).map(correlation) {
        let more = rest[ROWS_PER_PART..].iter().take_while(|row| correlation(row) == last).count();
        let (part, later) = rest.split_at(ROWS_PER_PART + more);
        parts.push(part);
        rest = later;
    }
    parts.push(rest);
    parts
}

fn earliest_call(store: &Store, roles: &[CategoryRole], rows: &[Row]) -> Option<Row> {
    let is_call = |row: &Row| roles[usize::from(store.categories()[*row as usize])] == CategoryRole::HostApi;
    rows.iter().copied().filter(is_call).min_by_key(|call| store.starts()[*call as usize])
}

fn operators(store: &Store, roles: &[CategoryRole]) -> FxHashMap<u32, Row> {
    let is_operator = |category: u8| {
        matches!(roles[usize::from(category)], CategoryRole::Operator | CategoryRole::HostRange)
    };
    let rows = (0..).zip(store.external_ids().iter().zip(store.categories()));
    rows.filter(|(_, (id, category))| **id != NO_ID && is_operator(**category))
        .map(|(row, (id, _))| (*id, row))
        .collect()
}
