// SPDX-License-Identifier: Apache-2.0
//! Gives the slices of one track their lanes: nesting deepens the lane, and a slice that overlaps another
//! without nesting gets the first lane that is free. No lane ever holds two slices at one time.

use iterscope_model::Slice;

use crate::progress::Cancel;

/// What laying out a track found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LaneStats {
    pub lanes: u32,
    pub partial_overlaps: u64,
    pub clamped: u64,
    pub covered_ns: i64,
}

#[derive(Default)]
struct Layout {
    /// End and lane of slices that may still contain later ones.
    open: Vec<(i64, usize)>,
    lane_ends: Vec<i64>,
    /// Whether `open` may hold ended slices below its top.
    has_overlaps: bool,
    partial_overlaps: u64,
}

impl Layout {
    fn place(&mut self, slice: &Slice) -> usize {
        let (start, end) = (slice.start_ns, slice.end_ns());
        while self.open.last().is_some_and(|(open_end, _)| *open_end <= start) {
            self.open.pop();
        }
        if self.has_overlaps {
            self.open.retain(|(open_end, _)| *open_end > start);
        }
        let parent = self.open.iter().rposition(|(open_end, _)| *open_end >= end);
        let wanted = parent.map_or(0, |index| self.open[index].1 + 1);
        if parent.map_or(0, |index| index + 1) < self.open.len() {
            self.partial_overlaps += 1;
            self.has_overlaps = true;
        }
        let is_free = |lane_end: &i64| *lane_end <= start;
        let free = self.lane_ends.get(wanted..).and_then(|ends| ends.iter().position(is_free));
        let lane = free.map_or(self.lane_ends.len(), |offset| wanted + offset);
        if lane == self.lane_ends.len() {
            self.lane_ends.push(end);
        } else {
            self.lane_ends[lane] = end;
        }
        self.open.push((end, lane));
        lane
    }
}

/// Assigns lanes to the slices of one track, sorted by start and then by falling length, and sorts them by
/// lane and start. Slices for which `is_below` holds get lanes below all others and do not nest in them: on
/// a stream, kernels lie below the ranges that are mirrored there. Once cancelled, the result is of no use.
pub fn lay_out(slices: &mut Vec<Slice>, is_below: impl Fn(&Slice) -> bool, cancel: &Cancel) -> LaneStats {
    let mut upper = Layout::default();
    let mut lower = Layout::default();
    let mut stats = LaneStats { covered_ns: covered_ns(slices), ..LaneStats::default() };
    let mut lanes = Vec::with_capacity(slices.len());
    for slice in slices.iter() {
        if cancel.is_cancelled() {
            return stats;
        }
        let lane = if is_below(slice) { lower.place(slice) } else { upper.place(slice) };
        lanes.push(u32::try_from(lane).unwrap_or(u32::MAX));
    }
    let first_below = upper.lane_ends.len();
    for (slice, lane) in slices.iter_mut().zip(lanes) {
        let lane = if is_below(slice) { first_below + lane as usize } else { lane as usize };
        slice.lane = u16::try_from(lane).unwrap_or_else(|_| {
            stats.clamped += 1;
            u16::MAX
        });
    }
    let lane_count = first_below + lower.lane_ends.len();
    if lane_count > 1 {
        *slices = by_lane(slices, lane_count.min(usize::from(u16::MAX) + 1));
    }
    stats.lanes = u32::try_from(lane_count.min(usize::from(u16::MAX) + 1)).unwrap_or(u32::MAX);
    stats.partial_overlaps = upper.partial_overlaps + lower.partial_overlaps;
    stats
}

/// The slices by lane, each lane in time order.
fn by_lane(slices: &[Slice], lane_count: usize) -> Vec<Slice> {
    let mut next = vec![0; lane_count];
    for slice in slices {
        next[usize::from(slice.lane)] += 1;
    }
    let mut first = 0;
    for count in &mut next {
        first += std::mem::replace(count, first);
    }
    let mut sorted = vec![Slice::default(); slices.len()];
    for slice in slices {
        let place = &mut next[usize::from(slice.lane)];
        sorted[*place] = *slice;
        *place += 1;
    }
    sorted
}

fn covered_ns(sorted: &[Slice]) -> i64 {
    let mut covered = 0;
    let mut reached = i64::MIN;
    for slice in sorted {
        let end = slice.end_ns();
        if end > reached {
            covered += end - reached.max(slice.start_ns);
            reached = end;
        }
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slice(start_ns: i64, end_ns: i64) -> Slice {
        Slice { start_ns, dur_ns: end_ns - start_ns, ..Slice::default() }
    }

    fn lanes_of(spans: &[(i64, i64)]) -> (Vec<(i64, u16)>, LaneStats) {
        let mut slices: Vec<Slice> = spans.iter().map(|(start, end)| slice(*start, *end)).collect();
        slices.sort_by_key(|slice| (slice.start_ns, -slice.dur_ns));
        let stats = lay_out(&mut slices, |_| false, &Cancel::default());
        slices.sort_by_key(|slice| (slice.start_ns, slice.lane));
        (slices.iter().map(|slice| (slice.start_ns, slice.lane)).collect(), stats)
    }

    #[test]
    fn nested_slices_deepen_and_siblings_share_a_lane() {
        let (lanes, stats) = lanes_of(&[(0, 10), (0, 4), (1, 2), (4, 10), (10, 12)]);
        assert_eq!(lanes, [(0, 0), (0, 1), (1, 2), (4, 1), (10, 0)]);
        assert_eq!((stats.lanes, stats.partial_overlaps, stats.covered_ns), (3, 0, 12));
    }

    #[test]
    fn a_chain_of_overlaps_alternates_between_two_lanes() {
        let (lanes, stats) = lanes_of(&[(0, 10), (5, 15), (12, 20), (18, 25)]);
        assert_eq!(lanes, [(0, 0), (5, 1), (12, 0), (18, 1)]);
        assert_eq!((stats.lanes, stats.partial_overlaps), (2, 3));
    }

    proptest! {
        #[test]
        fn no_lane_holds_two_slices_at_one_time(spans in proptest::collection::vec((0_i64..200, 0_i64..40), 0..60)) {
            let spans: Vec<(i64, i64)> = spans.into_iter().map(|(start, length)| (start, start + length)).collect();
            let mut slices: Vec<Slice> = spans.iter().map(|(start, end)| slice(*start, *end)).collect();
            slices.sort_by_key(|slice| (slice.start_ns, -slice.dur_ns));
            lay_out(&mut slices, |slice| slice.start_ns % 3 == 0, &Cancel::default());
            prop_assert_eq!(slices.len(), spans.len());
            for lane in slices.chunk_by(|a, b| a.lane == b.lane) {
                for pair in lane.windows(2) {
                    prop_assert!(pair[0].end_ns() <= pair[1].start_ns);
                }
            }
        }
    }
}
