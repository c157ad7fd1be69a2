// SPDX-License-Identifier: Apache-2.0
//! Which launch call a device activity belongs to: by correlation (graph kernels share their launch's), else
//! by the operator with the same external id.

use iterscope_model::{CategoryRole, NO_ID, Row};
use iterscope_store::Store;
use rustc_hash::FxHashMap;

use crate::devices::{Activity, roles};

/// Finds the host time at which an activity was launched.
pub struct Launches<'a> {
    store: &'a Store,
    roles: Vec<CategoryRole>,
    /// Start of the operator with each external id; filled when first needed.
    operators: Option<FxHashMap<u32, i64>>,
}

impl<'a> Launches<'a> {
    pub fn of(store: &'a Store) -> Self {
        Self { store, roles: roles(store), operators: None }
    }

    /// The launch call of a device row.
    pub fn call_of(&self, row: Row) -> Option<Row> {
        let correlation = self.store.correlations()[row as usize];
        let calls = self.store.rows_with_correlation(correlation).iter().copied();
        calls
            .filter(|call| self.role(*call) == CategoryRole::HostApi)
            .min_by_key(|call| self.store.starts()[*call as usize])
    }

    /// When an activity was launched; none when nothing in the trace tells.
    pub fn launched_at(&mut self, activity: &Activity) -> Option<i64> {
        if let Some(call) = self.call_of(activity.row) {
            return Some(self.store.starts()[call as usize]);
        }
        let external_id = self.store.external_ids()[activity.row as usize];
        if external_id == NO_ID {
            return None;
        }
        let (store, roles) = (self.store, &self.roles);
        self.operators.get_or_insert_with(|| operators(store, roles)).get(&external_id).copied()
    }

    pub fn role(&self, row: Row) -> CategoryRole {
        self.roles[usize::from(self.store.categories()[row as usize])]
    }
}

fn operators(store: &Store, roles: &[CategoryRole]) -> FxHashMap<u32, i64> {
    let is_operator = |category: u8| {
        matches!(roles[usize::from(category)], CategoryRole::Operator | CategoryRole::HostRange)
    };
    let rows = store.external_ids().iter().zip(store.categories()).zip(store.starts());
    rows.filter(|((id, category), _)| **id != NO_ID && is_operator(**category))
        .map(|((id, _), start)| (*id, *start))
        .collect()
}
