// SPDX-License-Identifier: Apache-2.0
//! How busy groups of tracks are, unit by unit and kind by kind: what a collapsed group and the minimap show.
//!
//! Where slices overlap, the time counts for the kind that says most about it (computing before communication
//! before memory, then what the host does), so that the kinds of a unit add up to the share of it in which
//! anything ran.
//!
//! Replies, little endian: eight u32 of header (magic `ISU1`, version, units, groups, columns, 0, 0, 0), two u32 per
//! column (group, kind), then the columns: one byte per unit, 255 for all of it, each padded to four bytes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use iterscope_model::{Kind, KindClass, Result, Row, TrackId};
use iterscope_store::Store;

use crate::fold::rows_in;
use crate::grid::Grid;

/// First word of a coverage reply: `ISU1`.
pub const COVERAGE_MAGIC: u32 = 0x3155_5349;
/// Version of the coverage layout.
pub const COVERAGE_VERSION: u32 = 1;

const KINDS: usize = Kind::all().len();

/// A question for coverage.
#[derive(Debug, Clone, Copy)]
pub struct CoverageRequest<'a> {
    /// Left edge, nanoseconds from the origin.
    pub start_ns: i64,
    /// Right edge, nanoseconds from the origin; beyond the left one.
    pub end_ns: i64,
    /// Horizontal resolution, 1 to 65,535.
    pub units: u32,
    /// Groups of tracks, in the order of the reply; unknown tracks count for nothing.
    pub groups: &'a [Vec<TrackId>],
}

/// Packed coverage of groups.
///
/// # Errors
/// `query.out-of-range` for an empty range or a resolution outside of 1 to 65,535.
pub fn query_coverage(store: &Store, request: &CoverageRequest<'_>) -> Result<Vec<u8>> {
    let grid = Grid::new(request.start_ns, request.end_ns, request.units)?;
    let mut columns: Vec<(u32, u8, Vec<u8>)> = Vec::new();
    for (group, tracks) in (0_u32..).zip(request.groups) {
        let busy = sweep(store, &grid, request, tracks);
        for (kind, cells) in (0_u8..).zip(busy) {
            if !cells.is_empty() {
                columns.push((group, kind, shares(&grid, &cells)));
            }
        }
    }
    Ok(pack(request, &columns))
}

/// The larger it is, the more a kind says about what is going on.
const fn priority(kind: Kind) -> u8 {
    match kind.class() {
        KindClass::Compute => 100 - kind.number(),
        KindClass::Communication => 60,
        KindClass::Memory => 50,
        KindClass::None => match kind {
            Kind::GarbageCollection => 40,
            Kind::Synchronization => 39,
            Kind::GraphLaunch => 38,
            Kind::RuntimeApi => 37,
            Kind::Operator => 30,
            Kind::Python => 20,
            Kind::Gil => 19,
            Kind::Annotation => 10,
            Kind::StepMarker => 9,
            Kind::Overhead => 8,
            _ => 5,
        },
    }
}

/// The rows of one lane that are still to come; `open` while inside of the first of them.
struct Lane {
    row: Row,
    end: Row,
    open: bool,
}

impl Lane {
    fn next_ns(&self, store: &Store) -> Option<i64> {
        let time = |row: Row| if self.open { store.end_ns(row) } else { store.starts()[row as usize] };
        (self.row < self.end).then(|| time(self.row))
    }
}

/// Nanoseconds by kind and unit; a kind that does not occur has no units.
fn sweep(store: &Store, grid: &Grid, request: &CoverageRequest<'_>, tracks: &[TrackId]) -> Vec<Vec<u32>> {
    let mut lanes: Vec<Lane> = tracks
        .iter()
        .flat_map(|track| store.lanes_of(*track))
        .map(|lane| rows_in(store, *lane, request.start_ns, request.end_ns))
        .map(|(row, end)| Lane { row, end, open: false })
        .collect();
    let mut events: BinaryHeap<Reverse<(i64, usize)>> = BinaryHeap::with_capacity(lanes.len());
    events
        .extend(lanes.iter().enumerate().filter_map(|(at, lane)| Some(Reverse((lane.next_ns(store)?, at)))));
    let mut running = Running::default();
    let mut meter = Meter::new(grid, request.units);
    while let Some(Reverse((time_ns, at))) = events.pop() {
        meter.advance(time_ns, running.top());
        let lane = &mut lanes[at];
        running.step(Kind::from_number(store.kinds()[lane.row as usize]), !lane.open);
        lane.row += u32::from(lane.open);
        lane.open = !lane.open;
        if let Some(next_ns) = lane.next_ns(store) {
            events.push(Reverse((next_ns, at)));
        }
    }
    meter.busy
}

/// How many slices of each kind run at a moment.
#[derive(Default)]
struct Running {
    counts: [u32; KINDS],
    top: Option<Kind>,
}

impl Running {
    const fn top(&self) -> Option<Kind> {
        self.top
    }

    fn step(&mut self, kind: Kind, begins: bool) {
        let count = &mut self.counts[usize::from(kind.number())];
        *count = if begins { *count + 1 } else { count.saturating_sub(1) };
        let beaten = self.top.is_none_or(|top| priority(kind) > priority(top));
        if begins && beaten {
            self.top = Some(kind);
        } else if !begins && *count == 0 && self.top == Some(kind) {
            let running = Kind::all().iter().filter(|kind| self.counts[usize::from(kind.number())] > 0);
            self.top = running.max_by_key(|kind| priority(**kind)).copied();
        }
    }
}

/// Adds up time by unit while time moves on.
struct Meter<'a> {
    grid: &'a Grid,
    units: usize,
    now_ns: i64,
    cell: u32,
    cell_end_ns: i64,
    busy: Vec<Vec<u32>>,
}

impl<'a> Meter<'a> {
    fn new(grid: &'a Grid, units: u32) -> Self {
        let cell_end_ns = grid.end_of_cell(0);
        let busy = vec![Vec::new(); KINDS];
        Self { grid, units: units as usize, now_ns: grid.start_ns, cell: 0, cell_end_ns, busy }
    }

    fn advance(&mut self, to_ns: i64, kind: Option<Kind>) {
        let to_ns = to_ns.clamp(self.grid.start_ns, self.grid.end_ns);
        while self.now_ns < to_ns {
            let until_ns = self.cell_end_ns.min(to_ns);
            if let Some(kind) = kind {
                let cells = &mut self.busy[usize::from(kind.number())];
                if cells.is_empty() {
                    cells.resize(self.units, 0);
                }
                let spent = u32::try_from(until_ns - self.now_ns).unwrap_or(u32::MAX);
                let cell = &mut cells[(self.cell as usize).min(self.units - 1)];
                *cell = cell.saturating_add(spent);
            }
            self.now_ns = until_ns;
            if until_ns == self.cell_end_ns && until_ns < self.grid.end_ns {
                self.cell = self.grid.cell_of(until_ns);
                self.cell_end_ns = self.grid.end_of_cell(self.cell);
            }
        }
    }
}

/// Nanoseconds as shares of their units; what is not nothing is at least one.
fn shares(grid: &Grid, cells: &[u32]) -> Vec<u8> {
    let mut begin_ns = grid.start_ns;
    (0_u32..)
        .zip(cells)
        .map(|(cell, busy)| {
            let end_ns = grid.end_of_cell(cell).min(grid.end_ns);
            let width = u64::try_from(end_ns - begin_ns).unwrap_or(0).max(1);
            begin_ns = end_ns;
            let share = (u64::from(*busy) * 255 + width / 2) / width;
            u8::try_from(share.max(u64::from(*busy > 0))).unwrap_or(u8::MAX)
        })
        .collect()
}

fn pack(request: &CoverageRequest<'_>, columns: &[(u32, u8, Vec<u8>)]) -> Vec<u8> {
    let count_of = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let groups = count_of(request.groups.len());
    let header = [COVERAGE_MAGIC, COVERAGE_VERSION, request.units, groups, count_of(columns.len()), 0, 0, 0];
    let mut bytes: Vec<u8> = header.into_iter().flat_map(u32::to_le_bytes).collect();
    for (group, kind, _) in columns {
        bytes.extend_from_slice(&group.to_le_bytes());
        bytes.extend_from_slice(&u32::from(*kind).to_le_bytes());
    }
    for (_, _, shares) in columns {
        bytes.extend_from_slice(shares);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}
