// SPDX-License-Identifier: Apache-2.0
//! Begin and end events to slices: a stack per track, and per id of asynchronous work, in time order.

use iterscope_model::{Slice, WarningCode, WarningCounts};

/// A begin or end event. Its slice has no duration yet; an end's name is not looked at.
#[derive(Debug, Clone, Copy)]
pub struct PairEvent {
    pub slice: Slice,
    /// Joins the events of asynchronous work; 0 for events of a thread.
    pub id: u64,
    pub begins: bool,
}

/// Pairs events of all tracks. A begin without an end lasts until its track's last event.
pub fn pair_events(mut events: Vec<PairEvent>, warnings: &mut WarningCounts) -> Vec<Slice> {
    // Stable, so that events of one instant keep the file's order.
    events.sort_by_key(|event| (event.slice.track, event.id, event.slice.start_ns));
    let mut slices = Vec::with_capacity(events.len() / 2);
    for track in events.chunk_by(|a, b| a.slice.track == b.slice.track) {
        let last_ns = track.iter().map(|event| event.slice.start_ns).max().unwrap_or(0);
        for stack in track.chunk_by(|a, b| a.id == b.id) {
            pair_stack(stack, last_ns, &mut slices, warnings);
        }
    }
    slices
}

fn pair_stack(events: &[PairEvent], last_ns: i64, slices: &mut Vec<Slice>, warnings: &mut WarningCounts) {
    let mut open: Vec<Slice> = Vec::new();
    for event in events {
        if event.begins {
            open.push(event.slice);
        } else if let Some(begin) = open.pop() {
            slices.push(closed(begin, event.slice.start_ns));
        } else {
            warnings.add(WarningCode::UnmatchedEnd);
        }
    }
    warnings.add_many(WarningCode::UnclosedBegin, open.len() as u64);
    slices.extend(open.into_iter().map(|begin| closed(begin, last_ns)));
}

fn closed(begin: Slice, end_ns: i64) -> Slice {
    Slice { dur_ns: end_ns - begin.start_ns, ..begin }
}
