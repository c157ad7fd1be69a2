// SPDX-License-Identifier: Apache-2.0
//! Folds one lane to the resolution of a window.

use iterscope_model::{LaneRows, Row};
use iterscope_store::Store;

use crate::grid::Grid;

/// A slice, or a run of slices, at the resolution of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub x0: u16,
    pub x1: u16,
    /// The slice, or the longest of the run.
    pub row: Row,
    /// How many slices it stands for.
    pub count: u32,
}

/// Rows of a lane that touch the window: the first one may begin before it.
pub fn rows_in(store: &Store, lane: LaneRows, start_ns: i64, end_ns: i64) -> (Row, Row) {
    let first = lane.first as usize;
    let starts = &store.starts()[first..first + lane.count as usize];
    let mut low = starts.partition_point(|start| *start < start_ns);
    let high = low + starts[low..].partition_point(|start| *start < end_ns);
    if low > 0 && store.end_ns(row_at(first + low - 1)) > start_ns {
        low -= 1;
    }
    (row_at(first + low), row_at(first + high))
}

fn row_at(position: usize) -> Row {
    Row::try_from(position).unwrap_or(Row::MAX)
}

/// Appends the marks of rows of one lane, in time order.
pub fn fold_rows(store: &Store, grid: &Grid, rows: (Row, Row), marks: &mut Vec<Mark>) {
    let starts = store.starts();
    let cell_ns = grid.cell_ns();
    let is_wide = |row: Row| store.dur_ns(row) >= cell_ns;
    let mark = |first: Row, last: Row, row: Row| {
        let (x0, x1) = grid.units_between(starts[first as usize], store.end_ns(last));
        Mark { x0, x1, row, count: last - first + 1 }
    };
    let (mut row, end) = rows;
    while row < end {
        if is_wide(row) {
            marks.push(mark(row, row, row));
            row += 1;
            continue;
        }
        let cell_end_ns = grid.end_of_cell(grid.cell_of(starts[row as usize]));
        let mut next = gallop(&starts[row as usize..end as usize], cell_end_ns) + row;
        // Slices of a lane are disjoint, so that only the last one of a cell can reach beyond it.
        let last_is_wide = next - row > 1 && is_wide(next - 1);
        next -= u32::from(last_is_wide);
        if next - row == 1 {
            marks.push(mark(row, row, row));
        } else {
            let longest = store.longest_in(row..next);
            marks.push(mark(row, next - 1, longest));
        }
        row = next;
    }
}

/// How many of the sorted starts lie before a limit, at least one; fast when they are few.
fn gallop(starts: &[i64], limit: i64) -> Row {
    let mut reach = 1;
    while reach < starts.len() && starts[reach] < limit {
        reach *= 2;
    }
    let low = (reach / 2).max(1);
    let high = reach.min(starts.len());
    row_at(low + starts[low..high.max(low)].partition_point(|start| *start < limit))
}
