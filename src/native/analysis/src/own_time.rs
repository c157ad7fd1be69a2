// SPDX-License-Identifier: Apache-2.0
//! Time of slices that no chosen slice inside of them has: summed up, nothing counts twice.

use iterscope_store::Store;

use crate::selection::Chosen;

/// For each chosen slice, in their order: its duration without that of the chosen slices nested directly in it
/// on its track, never below zero. Slices that overlap without being nested both keep what they have.
pub fn own_times(store: &Store, chosen: &[Chosen]) -> Vec<i64> {
    let mut own: Vec<i64> = chosen.iter().map(|slice| store.dur_ns(slice.row)).collect();
    let span = |at: usize| {
        let row = chosen[at].row;
        (store.starts()[row as usize], store.end_ns(row))
    };
    let mut order: Vec<usize> = (0..chosen.len()).collect();
    // A slice comes before what is nested in it.
    order.sort_unstable_by_key(|&at| {
        let (start, end) = span(at);
        (chosen[at].track, start, std::cmp::Reverse(end), chosen[at].row)
    });
    let mut open: Vec<usize> = Vec::new();
    for at in order {
        let (_, end) = span(at);
        while open.last().is_some_and(|&outer| chosen[outer].track != chosen[at].track || span(outer).1 < end)
        {
            open.pop();
        }
        if let Some(&outer) = open.last() {
            own[outer] = own[outer].saturating_sub(store.dur_ns(chosen[at].row)).max(0);
        }
        open.push(at);
    }
    own
}
