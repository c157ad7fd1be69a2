// SPDX-License-Identifier: Apache-2.0
//! Folds one lane to the resolution of a window.

use iterscope_model::{LaneRows, Row};
use iterscope_store::Store;

/// A time range divided into units, and units into cells.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    pub start_ns: i64,
    pub end_ns: i64,
    pub units: u32,
    pub units_per_cell: u32,
}

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

impl Grid {
    fn span_ns(&self) -> i128 {
        i128::from(self.end_ns - self.start_ns)
    }

    /// The unit that a time lies in, clamped to the window.
    fn unit_of(&self, time_ns: i64) -> u32 {
        let offset = i128::from(time_ns.clamp(self.start_ns, self.end_ns) - self.start_ns);
        let unit = offset * i128::from(self.units) / self.span_ns();
        u32::try_from(unit).unwrap_or(0).min(self.units)
    }

    /// The first unit that begins at or after a time, clamped to the window.
    fn unit_after(&self, time_ns: i64) -> u32 {
        let offset = i128::from(time_ns.clamp(self.start_ns, self.end_ns) - self.start_ns);
        let span = self.span_ns();
        let unit = (offset * i128::from(self.units) + span - 1) / span;
        u32::try_from(unit).unwrap_or(0).min(self.units)
    }

    /// The first nanosecond of a unit.
    fn start_of(&self, unit: u32) -> i64 {
        let offset =
            (i128::from(unit) * self.span_ns() + i128::from(self.units) - 1) / i128::from(self.units);
        self.start_ns + i64::try_from(offset).unwrap_or(i64::MAX)
    }

    fn cell_ns(&self) -> i128 {
        self.span_ns() * i128::from(self.units_per_cell) / i128::from(self.units)
    }

    fn mark(&self, first: i64, last_end: i64, row: Row, count: u32) -> Mark {
        let x0 = self.unit_of(first).min(self.units - 1);
        let x1 = self.unit_after(last_end).max(x0 + 1);
        let narrow = |unit: u32| u16::try_from(unit).unwrap_or(u16::MAX);
        Mark { x0: narrow(x0), x1: narrow(x1), row, count }
    }
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
    let is_wide = |row: Row| i128::from(store.dur_ns(row)) >= cell_ns;
    let single = |row: Row| grid.mark(starts[row as usize], store.end_ns(row), row, 1);
    let (mut row, end) = rows;
    while row < end {
        if is_wide(row) {
            marks.push(single(row));
            row += 1;
            continue;
        }
        let cell = grid.unit_of(starts[row as usize]) / grid.units_per_cell;
        let cell_end_ns = grid.start_of((cell + 1) * grid.units_per_cell);
        let mut next = gallop(&starts[row as usize..end as usize], cell_end_ns) + row;
        // Slices of a lane are disjoint, so that only the last one of a cell can reach beyond it.
        let last_is_wide = next - row > 1 && is_wide(next - 1);
        next -= u32::from(last_is_wide);
        if next - row == 1 {
            marks.push(single(row));
        } else {
            let longest = store.longest_in(row..next);
            marks.push(grid.mark(starts[row as usize], store.end_ns(next - 1), longest, next - row));
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
