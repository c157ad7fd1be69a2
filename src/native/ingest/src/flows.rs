// SPDX-License-Identifier: Apache-2.0
//! Flow events to arrows: each event finds its slice, then events of one id are joined in time order.

use iterscope_model::{CategoryId, Flow, Slice, TrackId, WarningCode, WarningCounts};
use rayon::prelude::*;

use crate::progress::Cancel;

/// What a flow event is to its flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlowStep {
    /// It begins a flow.
    Start,
    /// It goes on.
    Step,
    /// It ends it.
    End,
}

/// A flow event as the trace has it.
#[derive(Debug, Clone, Copy)]
pub struct FlowEvent {
    pub time_ns: i64,
    pub id: u64,
    pub track: TrackId,
    pub category: CategoryId,
    pub step: FlowStep,
    /// It belongs to the slice around it; otherwise to the next one that begins.
    pub encloses: bool,
}

/// One lane of a track: its first row and its slices.
struct Lane<'a> {
    first: u32,
    slices: &'a [Slice],
    /// The first slice that begins after the time looked at.
    cursor: usize,
}

/// The arrows between slices, sorted. Slices of each track are sorted by lane and start; events come in any order. Once
/// cancelled, the result is of no use.
pub fn join_flows(
    mut events: Vec<FlowEvent>,
    slices: &[Vec<Slice>],
    warnings: &mut WarningCounts,
    cancel: &Cancel,
) -> Vec<Flow> {
    events.par_sort_unstable_by_key(|event| (event.track, event.time_ns));
    let first_rows = first_rows(slices);
    if cancel.is_cancelled() {
        return Vec::new();
    }
    let ends: Vec<(FlowEvent, Option<u32>)> = events
        .par_chunk_by(|a, b| a.track == b.track)
        .flat_map_iter(|track| find_slices(track, slices, &first_rows))
        .collect();
    warnings
        .add_many(WarningCode::FlowWithoutSlice, ends.iter().filter(|(_, row)| row.is_none()).count() as u64);
    drop(events);
    let mut ends = ends;
    if cancel.is_cancelled() {
        return Vec::new();
    }
    ends.par_sort_by_key(|(event, _)| (event.category, event.id, event.time_ns, event.step));
    if cancel.is_cancelled() {
        return Vec::new();
    }
    let mut flows = Vec::with_capacity(ends.len() / 2);
    for flow in ends.chunk_by(|(a, _), (b, _)| (a.category, a.id) == (b.category, b.id)) {
        warnings.add_many(WarningCode::FlowWithoutPartner, join_one(flow, &mut flows));
    }
    flows.par_sort_unstable();
    flows
}

/// Joins the events of one id: steps and ends follow the latest start or step. Returns how many had no partner.
fn join_one(events: &[(FlowEvent, Option<u32>)], flows: &mut Vec<Flow>) -> u64 {
    let mut alone = 0;
    let mut from: Option<(Option<u32>, bool)> = None;
    for (event, row) in events {
        if event.step == FlowStep::Start {
            alone += u64::from(from.is_some_and(|(_, is_joined)| !is_joined));
            from = Some((*row, false));
            continue;
        }
        let Some((before, _)) = from else {
            alone += 1;
            continue;
        };
        if let (Some(start), Some(end)) = (before, *row) {
            flows.push(Flow { from: start, to: end, category: event.category });
        }
        from = Some((if event.step == FlowStep::Step { *row } else { before }, true));
    }
    alone + u64::from(from.is_some_and(|(_, is_joined)| !is_joined))
}

/// The row of the first slice of each track.
fn first_rows(slices: &[Vec<Slice>]) -> Vec<usize> {
    let mut next = 0;
    let first_of = |track: &Vec<Slice>| {
        let first = next;
        next += track.len();
        first
    };
    slices.iter().map(first_of).collect()
}

/// The rows of the slices that events of one track, in time order, belong to.
fn find_slices(
    events: &[FlowEvent],
    slices: &[Vec<Slice>],
    first_rows: &[usize],
) -> Vec<(FlowEvent, Option<u32>)> {
    let track = events[0].track as usize;
    let mut lanes = Vec::new();
    let mut row = first_rows.get(track).copied().unwrap_or_default();
    for slices in slices.get(track).map_or(&[][..], Vec::as_slice).chunk_by(|a, b| a.lane == b.lane) {
        lanes.push(Lane { first: u32::try_from(row).unwrap_or(u32::MAX), slices, cursor: 0 });
        row += slices.len();
    }
    events.iter().map(|event| (*event, find_slice(event, &mut lanes))).collect()
}

fn find_slice(event: &FlowEvent, lanes: &mut [Lane<'_>]) -> Option<u32> {
    let mut around = None;
    let mut next: Option<(i64, u32)> = None;
    for lane in lanes.iter_mut().rev() {
        while lane.slices.get(lane.cursor).is_some_and(|slice| slice.start_ns <= event.time_ns) {
            lane.cursor += 1;
        }
        let row = |index: usize| lane.first + u32::try_from(index).unwrap_or(u32::MAX);
        let last = lane.cursor.checked_sub(1).map(|index| (index, &lane.slices[index]));
        if let Some((index, slice)) = last {
            if around.is_none() && slice.end_ns() >= event.time_ns {
                around = Some(row(index));
            }
            if slice.start_ns == event.time_ns && next.is_none_or(|(start, _)| start > event.time_ns) {
                next = Some((event.time_ns, row(index)));
            }
        }
        if let Some(slice) = lane.slices.get(lane.cursor)
            && next.is_none_or(|(start, _)| slice.start_ns < start)
        {
            next = Some((slice.start_ns, row(lane.cursor)));
        }
    }
    if event.encloses { around } else { next.map(|(_, row)| row).or(around) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(track: u32, lane: u16, start_ns: i64, dur_ns: i64) -> Slice {
        Slice { start_ns, dur_ns, track, lane, ..Slice::default() }
    }

    fn event(step: FlowStep, id: u64, track: u32, time_ns: i64) -> FlowEvent {
        FlowEvent { time_ns, id, track, category: 0, step, encloses: true }
    }

    /// Rows: 0 outer, 1 and 2 inner of track 0; 3 and 4 of track 1.
    fn slices() -> Vec<Vec<Slice>> {
        vec![
            vec![slice(0, 0, 0, 100), slice(0, 1, 10, 10), slice(0, 1, 40, 10)],
            vec![slice(1, 0, 50, 5), slice(1, 0, 60, 5)],
        ]
    }

    fn joined(events: Vec<FlowEvent>) -> (Vec<(u32, u32)>, u64, u64) {
        let mut warnings = WarningCounts::default();
        let flows = join_flows(events, &slices(), &mut warnings, &Cancel::default());
        let alone = warnings.count(WarningCode::FlowWithoutPartner);
        (
            flows.iter().map(|flow| (flow.from, flow.to)).collect(),
            alone,
            warnings.count(WarningCode::FlowWithoutSlice),
        )
    }

    #[test]
    fn one_start_reaches_all_of_its_ends_and_steps_hand_on() {
        use FlowStep::{End, Start, Step};
        let fan = vec![event(End, 1, 1, 60), event(Start, 1, 0, 10), event(End, 1, 1, 50)];
        assert_eq!(joined(fan), (vec![(1, 3), (1, 4)], 0, 0));
        let chain = vec![event(Start, 2, 0, 15), event(Step, 2, 0, 45), event(End, 2, 1, 52)];
        assert_eq!(joined(chain), (vec![(1, 2), (2, 3)], 0, 0));
    }

    #[test]
    fn events_without_a_partner_or_a_slice_are_counted() {
        use FlowStep::{End, Start};
        assert_eq!(joined(vec![event(End, 1, 1, 50), event(Start, 2, 0, 30)]), (vec![], 2, 0));
        assert_eq!(joined(vec![event(Start, 1, 0, 30), event(End, 1, 1, 57)]), (vec![], 0, 1));
        assert_eq!(joined(vec![event(Start, 1, 9, 30), event(End, 1, 1, 52)]), (vec![], 0, 1));
    }

    #[test]
    fn an_end_that_encloses_nothing_takes_the_next_slice() {
        let end = FlowEvent { encloses: false, ..event(FlowStep::End, 1, 1, 51) };
        assert_eq!(joined(vec![event(FlowStep::Start, 1, 0, 30), end]).0, [(0, 4)]);
        let at_start = FlowEvent { time_ns: 50, ..end };
        assert_eq!(joined(vec![event(FlowStep::Start, 1, 0, 30), at_start]).0, [(0, 3)]);
    }
}
