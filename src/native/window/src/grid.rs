// SPDX-License-Identifier: Apache-2.0
//! Time to screen: a range divided into units, and units into cells of one or more.

use iterscope_model::{ErrorCode, Result, TraceError};

/// Coordinates are 16 bits wide, and the right edge is one of them.
const MAX_UNITS: u32 = 65_535;
/// Spans of more bits are shortened before they are multiplied with a unit, so that 64 bits suffice.
const EXACT_SPAN_BITS: u32 = 48;

/// A time range divided into units, and units into cells.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    pub start_ns: i64,
    pub end_ns: i64,
    units: u32,
    units_per_cell: u32,
    /// Bits cut off times; none for spans below three days.
    shift: u32,
    /// Span without these bits, at least one.
    span: u64,
}

impl Grid {
    /// Cells of one unit.
    ///
    /// # Errors
    /// `query.out-of-range` for an empty range or a resolution outside of 1 to 65,535.
    pub fn new(start_ns: i64, end_ns: i64, units: u32) -> Result<Self> {
        if end_ns <= start_ns || !(1..=MAX_UNITS).contains(&units) {
            let message = format!(
                "A window from {start_ns} ns to {end_ns} ns in {units} units is empty or too fine. Ask for 1 to {MAX_UNITS} units."
            );
            return Err(TraceError::new(ErrorCode::QueryOutOfRange, message));
        }
        let span = end_ns.abs_diff(start_ns);
        let shift = (u64::BITS - span.leading_zeros()).saturating_sub(EXACT_SPAN_BITS);
        Ok(Self { start_ns, end_ns, units, units_per_cell: 1, shift, span: span >> shift })
    }

    /// The same range in cells twice as wide.
    pub fn coarser(&self) -> Self {
        Self { units_per_cell: (self.units_per_cell * 2).min(self.units), ..*self }
    }

    /// Whether one cell is all of the range.
    pub fn is_coarsest(&self) -> bool {
        self.units_per_cell >= self.units
    }

    fn offset(&self, time_ns: i64) -> u64 {
        time_ns.clamp(self.start_ns, self.end_ns).abs_diff(self.start_ns) >> self.shift
    }

    /// The unit that a time lies in, clamped to the window.
    pub fn unit_of(&self, time_ns: i64) -> u32 {
        narrow(self.offset(time_ns) * u64::from(self.units) / self.span).min(self.units)
    }

    /// The first unit that begins at or after a time, clamped to the window.
    pub fn unit_after(&self, time_ns: i64) -> u32 {
        narrow((self.offset(time_ns) * u64::from(self.units)).div_ceil(self.span)).min(self.units)
    }

    /// The cell that a time lies in.
    pub fn cell_of(&self, time_ns: i64) -> u32 {
        self.unit_of(time_ns) / self.units_per_cell
    }

    /// First unit of the cell that a time lies in; inside of the window.
    pub fn cell_start(&self, time_ns: i64) -> u16 {
        let unit = self.unit_of(time_ns).min(self.units - 1);
        let start = unit / self.units_per_cell * self.units_per_cell;
        u16::try_from(start).unwrap_or(u16::MAX)
    }

    /// The first nanosecond after a cell; the window's end after the last one.
    pub fn end_of_cell(&self, cell: u32) -> i64 {
        let unit = (u64::from(cell + 1) * u64::from(self.units_per_cell)).min(u64::from(self.units));
        let offset = (unit * self.span).div_ceil(u64::from(self.units)) << self.shift;
        self.start_ns.saturating_add_unsigned(offset)
    }

    /// Width of a cell in nanoseconds, rounded down.
    pub fn cell_ns(&self) -> i64 {
        let width = (self.span * u64::from(self.units_per_cell) / u64::from(self.units)) << self.shift;
        i64::try_from(width).unwrap_or(i64::MAX)
    }

    /// Units from one time to another; at least one wide and inside of the window.
    pub fn units_between(&self, start_ns: i64, end_ns: i64) -> (u16, u16) {
        let x0 = self.unit_of(start_ns).min(self.units - 1);
        let x1 = self.unit_after(end_ns).max(x0 + 1);
        let short = |unit: u32| u16::try_from(unit).unwrap_or(u16::MAX);
        (short(x0), short(x1))
    }
}

fn narrow(unit: u64) -> u32 {
    u32::try_from(unit).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cell_ends_where_the_next_one_begins(
            start_ns in any::<i64>(), length in 1_i64..i64::MAX, units in 1..=MAX_UNITS, cell in 0_u32..70_000,
            doublings in 0..17,
        ) {
            let end_ns = start_ns.saturating_add(length);
            prop_assume!(end_ns > start_ns);
            let grid = (0..doublings).fold(Grid::new(start_ns, end_ns, units).unwrap(), |grid, _| grid.coarser());
            let cell = cell % units.div_ceil(grid.units_per_cell);
            let edge = grid.end_of_cell(cell);
            if (cell + 1) * grid.units_per_cell < units {
                prop_assert!(grid.cell_of(edge) > cell);
                prop_assert!(grid.cell_of(edge - 1) <= cell);
            }
        }

        #[test]
        fn any_two_times_give_units_inside_of_the_window(
            edges in any::<(i64, i64)>(), times in any::<(i64, i64)>(), units in 1..=MAX_UNITS,
        ) {
            prop_assume!(edges.0 < edges.1);
            let grid = Grid::new(edges.0, edges.1, units).unwrap();
            let (x0, x1) = grid.units_between(times.0.min(times.1), times.0.max(times.1));
            prop_assert!(x0 < x1 && u32::from(x1) <= units);
        }
    }
}
