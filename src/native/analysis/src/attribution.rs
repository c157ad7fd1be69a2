// SPDX-License-Identifier: Apache-2.0
//! Which launch call a device activity belongs to: by correlation (graph kernels share their launch's), else
//! by the operator with the same external id.

use iterscope_model::{CategoryRole, NO_ID, Row};
use iterscope_store::Store;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::devices::{Activity, roles};

/// The launch call of one device row; of many see [`launchers`]. The earliest call with its correlation.
pub fn call_of(store: &Store, roles: &[CategoryRole], row: Row) -> Option<Row> {
    earliest_call(store, roles, store.rows_with_correlation(store.correlations()[row as usize]))
}

/// The launch call of each activity, else the operator that shares its external id; none when nothing in the trace
/// tells.
pub fn launchers(store: &Store, work: &[Activity]) -> Vec<Option<Row>> {
    let roles = roles(store);
    let calls = calls(store, &roles);
    let mut found: Vec<Option<Row>> =
        work.par_iter().map(|activity| calls[activity.row as usize].call()).collect();
    let external_id = |activity: &Activity| store.external_ids()[activity.row as usize];
    let needs_operator =
        |(call, activity): &(&mut Option<Row>, &Activity)| call.is_none() && external_id(activity) != NO_ID;
    let mut operators_by_id: Option<FxHashMap<u32, Row>> = None;
    for (launcher, activity) in found.iter_mut().zip(work).filter(needs_operator) {
        let operators = operators_by_id.get_or_insert_with(|| operators(store, &roles));
        *launcher = operators.get(&external_id(activity)).copied();
    }
    found
}

/// A launch call in four bytes.
#[derive(Clone, Copy)]
pub struct MaybeCall(Row);

impl MaybeCall {
    const NONE: Self = Self(Row::MAX);

    pub fn call(self) -> Option<Row> {
        (self.0 != Row::MAX).then_some(self.0)
    }
}

/// The launch call of every row, by one walk over the rows in the order of their correlations.
pub fn calls(store: &Store, roles: &[CategoryRole]) -> Vec<MaybeCall> {
    let mut found = vec![MaybeCall::NONE; store.slice_count()];
    let correlation = |row: &Row| store.correlations()[*row as usize];
    for rows in store.rows_by_correlation().chunk_by(|a, b| correlation(a) == correlation(b)) {
        if let Some(call) = earliest_call(store, roles, rows) {
            for row in rows {
                found[*row as usize] = MaybeCall(call);
            }
        }
    }
    found
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
