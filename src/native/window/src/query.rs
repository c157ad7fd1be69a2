// SPDX-License-Identifier: Apache-2.0
//! A window over some tracks, kept under the size of a reply.

use iterscope_model::{LaneRows, Result, Row, TrackId};
use iterscope_store::Store;

use crate::fold::{fold_rows, rows_in};
use crate::grid::Grid;
use crate::pack::{TrackMarks, pack};

/// Marks of a reply: 300 KB less header and track table, at 20 bytes a mark.
pub const MAX_REPLY_SLICES: usize = 15_000;

/// A question for what is visible.
#[derive(Debug, Clone, Copy)]
pub struct WindowRequest<'a> {
    /// Left edge, nanoseconds from the origin.
    pub start_ns: i64,
    /// Right edge, nanoseconds from the origin; beyond the left one.
    pub end_ns: i64,
    /// Horizontal resolution, 1 to 65,535.
    pub units: u32,
    /// Tracks, in the order of the reply; unknown ones come back empty.
    pub tracks: &'a [TrackId],
}

/// Packed marks of a window (see the crate's `pack` module for the layout).
///
/// # Errors
/// `query.out-of-range` for an empty range or a resolution outside of 1 to 65,535.
pub fn query_window(store: &Store, request: &WindowRequest<'_>) -> Result<Vec<u8>> {
    let mut grid = Grid::new(request.start_ns, request.end_ns, request.units)?;
    let visible: Vec<Vec<(Row, Row)>> =
        request.tracks.iter().map(|track| lanes_in(store, store.lanes_of(*track), request)).collect();
    loop {
        if let Some(tracks) = fold_tracks(store, &grid, request.tracks, &visible) {
            return Ok(pack(store, request.units, &tracks));
        }
        grid = grid.coarser();
    }
}

fn lanes_in(store: &Store, lanes: &[LaneRows], request: &WindowRequest<'_>) -> Vec<(Row, Row)> {
    lanes.iter().map(|lane| rows_in(store, *lane, request.start_ns, request.end_ns)).collect()
}

/// All marks at one cell width; none when they exceed a reply. At the coarsest width there is no way back,
/// and a reply of more lanes than it may hold marks is sent as it is.
fn fold_tracks(
    store: &Store,
    grid: &Grid,
    ids: &[TrackId],
    visible: &[Vec<(Row, Row)>],
) -> Option<Vec<TrackMarks>> {
    let mut tracks = Vec::with_capacity(ids.len());
    let mut total = 0;
    let mut lane_marks = Vec::new();
    for (track, lanes) in ids.iter().zip(visible) {
        let mut marks = Vec::new();
        for (lane, rows) in (0_u16..=u16::MAX).zip(lanes) {
            lane_marks.clear();
            fold_rows(store, grid, *rows, &mut lane_marks);
            marks.extend(lane_marks.iter().map(|mark| (lane, *mark)));
            if total + marks.len() > MAX_REPLY_SLICES && !grid.is_coarsest() {
                return None;
            }
        }
        total += marks.len();
        let lane_count = u32::try_from(store.lanes_of(*track).len()).unwrap_or(u32::MAX);
        tracks.push(TrackMarks { track: *track, lane_count, marks });
    }
    Some(tracks)
}
