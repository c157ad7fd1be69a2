// SPDX-License-Identifier: Apache-2.0
//! Which launch call a device activity belongs to: by correlation (graph kernels share their launch's), else
//! by the operator with the same external id.

use iterscope_model::{CategoryRole, NO_ID, Row};
use iterscope_store::Store;
use rustc_hash::FxHashMap;

use crate::devices::{Activity, roles};

/// Finds the host call and the host time of device work.
pub struct Launches<'a> {
    store: &'a Store,
    roles: Vec<CategoryRole>,
    /// Earliest call with each correlation; filled when first needed.
    calls: Option<FxHashMap<u32, Row>>,
    /// Operator with each external id; filled when first needed.
    operators: Option<FxHashMap<u32, Row>>,
}

impl<'a> Launches<'a> {
    pub fn of(store: &'a Store) -> Self {
        Self { store, roles: roles(store), calls: None, operators: None }
    }

    /// The launch call of one device row; for many rows see [`Launches::call_of_any`].
    pub fn call_of(&self, row: Row) -> Option<Row> {
        let correlation = self.store.correlations()[row as usize];
        let calls = self.store.rows_with_correlation(correlation).iter().copied();
        calls
            .filter(|call| self.role(*call) == CategoryRole::HostApi)
            .min_by_key(|call| self.store.starts()[*call as usize])
    }

    /// The launch call of a device row, by a table of all calls that is made once.
    pub fn call_of_any(&mut self, row: Row) -> Option<Row> {
        let correlation = self.store.correlations()[row as usize];
        if correlation == NO_ID {
            return None;
        }
        let (store, roles) = (self.store, &self.roles);
        self.calls.get_or_insert_with(|| calls(store, roles)).get(&correlation).copied()
    }

    /// The operator that shares an activity's external id.
    pub fn operator_of(&mut self, row: Row) -> Option<Row> {
        let external_id = self.store.external_ids()[row as usize];
        if external_id == NO_ID {
            return None;
        }
        let (store, roles) = (self.store, &self.roles);
        self.operators.get_or_insert_with(|| operators(store, roles)).get(&external_id).copied()
    }

    /// When an activity was launched; none when nothing in the trace tells.
    pub fn launched_at(&mut self, activity: &Activity) -> Option<i64> {
        let host_row = self.call_of_any(activity.row).or_else(|| self.operator_of(activity.row))?;
        Some(self.store.starts()[host_row as usize])
    }

    pub fn role(&self, row: Row) -> CategoryRole {
        self.roles[usize::from(self.store.categories()[row as usize])]
    }
}

fn calls(store: &Store, roles: &[CategoryRole]) -> FxHashMap<u32, Row> {
    let mut found = FxHashMap::default();
    let rows = (0..).zip(store.correlations().iter().zip(store.categories()));
    for (row, (correlation, category)) in rows {
        if *correlation == NO_ID || roles[usize::from(*category)] != CategoryRole::HostApi {
            continue;
        }
        let start = |row: Row| store.starts()[row as usize];
        let known = found.entry(*correlation).or_insert(row);
        if start(row) < start(*known) {
            *known = row;
        }
    }
    found
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
