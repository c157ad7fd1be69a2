// SPDX-License-Identifier: Apache-2.0
//! What a viewport shows beside slices: counters as one folded sample per unit, instants as marks one unit wide.
//!
//! Counter replies, little endian: eight u32 of header (magic `ISC1`, version, units, counters, samples), four
//! u32 per counter (id, first sample, samples, 0), then one column after another: min f64, max f64, last f64,
//! count u32, x u16. A counter's first sample is the one that holds at the left edge, where there is one.

use iterscope_model::{CounterId, Result};
use iterscope_store::Store;

use crate::fold::Mark;
use crate::grid::Grid;
use crate::pack::{FLAG_INSTANT, MarkColumns, TrackMarks, pack_marks};
use crate::query::{MAX_REPLY_SLICES, WindowRequest};

/// First word of a counter reply: `ISC1`.
pub const COUNTER_MAGIC: u32 = 0x3143_5349;
/// Version of the counter layout.
pub const COUNTER_VERSION: u32 = 1;
/// Samples of a reply: 300 KB at 30 bytes a sample.
const MAX_REPLY_SAMPLES: usize = 10_000;

/// All samples of a counter that fall on one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Fold {
    x: u16,
    min: f64,
    max: f64,
    last: f64,
    count: u32,
}

/// A question for counters.
#[derive(Debug, Clone, Copy)]
pub struct CounterRequest<'a> {
    /// Left edge, nanoseconds from the origin.
    pub start_ns: i64,
    /// Right edge, nanoseconds from the origin; beyond the left one.
    pub end_ns: i64,
    /// Horizontal resolution, 1 to 65,535.
    pub units: u32,
    /// Counters, in the order of the reply; unknown ones come back empty.
    pub counters: &'a [CounterId],
}

/// Packed samples of counters.
///
/// # Errors
/// `query.out-of-range` for an empty range or a resolution outside of 1 to 65,535.
pub fn query_counters(store: &Store, request: &CounterRequest<'_>) -> Result<Vec<u8>> {
    let mut grid = Grid::new(request.start_ns, request.end_ns, request.units)?;
    loop {
        let folds: Vec<Vec<Fold>> =
            request.counters.iter().map(|counter| fold_samples(store, &grid, *counter)).collect();
        let total: usize = folds.iter().map(Vec::len).sum();
        if total <= MAX_REPLY_SAMPLES || grid.is_coarsest() {
            return Ok(pack(request, &folds, total));
        }
        grid = grid.coarser();
    }
}

fn fold_samples(store: &Store, grid: &Grid, counter: CounterId) -> Vec<Fold> {
    let (times, values) = store.points().samples_of(counter);
    let first = times.partition_point(|time| *time <= grid.start_ns).saturating_sub(1);
    let end = times.partition_point(|time| *time < grid.end_ns);
    let mut folds: Vec<Fold> = Vec::new();
    for (time, value) in times[first.min(end)..end].iter().zip(&values[first.min(end)..end]) {
        let x = grid.cell_start(*time);
        match folds.last_mut() {
            Some(fold) if fold.x == x => {
                fold.min = fold.min.min(*value);
                fold.max = fold.max.max(*value);
                fold.last = *value;
                fold.count += 1;
            }
            _ => folds.push(Fold { x, min: *value, max: *value, last: *value, count: 1 }),
        }
    }
    folds
}

fn pack(request: &CounterRequest<'_>, folds: &[Vec<Fold>], total: usize) -> Vec<u8> {
    let count_of = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let mut words =
        vec![COUNTER_MAGIC, COUNTER_VERSION, request.units, count_of(folds.len()), count_of(total), 0, 0, 0];
    let mut first = 0;
    for (counter, folds) in request.counters.iter().zip(folds) {
        words.extend([*counter, count_of(first), count_of(folds.len()), 0]);
        first += folds.len();
    }
    let mut bytes: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    let all = || folds.iter().flatten();
    bytes.extend(all().flat_map(|fold| fold.min.to_le_bytes()));
    bytes.extend(all().flat_map(|fold| fold.max.to_le_bytes()));
    bytes.extend(all().flat_map(|fold| fold.last.to_le_bytes()));
    bytes.extend(all().flat_map(|fold| fold.count.to_le_bytes()));
    bytes.extend(all().flat_map(|fold| fold.x.to_le_bytes()));
    bytes
}

/// Packed marks of instants, in the layout of windows: one unit wide, flagged, with the index of the instant
/// (of the first one, where several are folded) in place of the slice.
///
/// # Errors
/// `query.out-of-range` for an empty range or a resolution outside of 1 to 65,535.
pub fn query_instants(store: &Store, request: &WindowRequest<'_>) -> Result<Vec<u8>> {
    let mut grid = Grid::new(request.start_ns, request.end_ns, request.units)?;
    loop {
        let tracks: Vec<TrackMarks> = request
            .tracks
            .iter()
            .map(|track| TrackMarks {
                track: *track,
                lane_count: 1,
                marks: fold_instants(store, &grid, *track),
            })
            .collect();
        let total: usize = tracks.iter().map(|track| track.marks.len()).sum();
        if total <= MAX_REPLY_SLICES || grid.is_coarsest() {
            let instant = |mark: &Mark| store.points().instant(mark.row as usize);
            let columns = MarkColumns {
                kind: &|mark| instant(mark).map_or(0, |instant| instant.kind),
                name: &|mark| instant(mark).map_or(0, |instant| instant.name),
                flag: FLAG_INSTANT,
            };
            return Ok(pack_marks(request.units, &tracks, &columns));
        }
        grid = grid.coarser();
    }
}

fn fold_instants(store: &Store, grid: &Grid, track: u32) -> Vec<(u16, Mark)> {
    let range = store.points().instants_of(track);
    let times = &store.points().instant_times()[range.clone()];
    let first = times.partition_point(|time| *time < grid.start_ns);
    let end = times.partition_point(|time| *time < grid.end_ns);
    let mut marks: Vec<(u16, Mark)> = Vec::new();
    for (index, time) in (range.start + first..).zip(&times[first..end]) {
        let x0 = grid.cell_start(*time);
        match marks.last_mut() {
            Some((_, mark)) if mark.x0 == x0 => mark.count += 1,
            _ => marks
                .push((0, Mark { x0, x1: x0 + 1, row: u32::try_from(index).unwrap_or(u32::MAX), count: 1 })),
        }
    }
    marks
}
