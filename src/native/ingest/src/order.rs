// SPDX-License-Identifier: Apache-2.0
//! Sorts the slices of a track. Recorders write runs that are sorted already: calls after operators, one profile after
//! another. Where runs do not reach into each other nothing has to be moved, so that only what overlaps is sorted.

use std::cmp::{Ordering, Reverse};
use std::ops::Range;

use iterscope_model::Slice;
use rayon::prelude::*;

use crate::progress::Cancel;

/// Beyond this a group is sorted by all threads together, in a way that a cancellation ends.
const LARGE: usize = 1 << 18;
/// A track in which runs are shorter than this on average is sorted as a whole.
const SHORT_RUN: usize = 8;

/// Sorts by start, then the longer one first, then as in the source. Once cancelled, the order is of no use.
pub fn sort_by_time(slices: &mut [Slice], cancel: &Cancel) {
    let groups = groups_of(slices);
    let mut rest = slices;
    let mut unsorted = Vec::with_capacity(groups.len());
    let mut done = 0;
    for group in groups {
        let (part, later) = rest.split_at_mut(group.end - done);
        unsorted.push(&mut part[group.start - done..]);
        done = group.end;
        rest = later;
    }
    unsorted.into_par_iter().filter(|_| !cancel.is_cancelled()).for_each(|group| sort_group(group, cancel));
}

fn sort_group(group: &mut [Slice], cancel: &Cancel) {
    if group.len() < LARGE {
        // Stable, since it goes along the runs that are there.
        group.sort_by(order);
        return;
    }
    // Once cancelled, all slices are called equal, so that the sort ends early.
    let compare = |a: &Slice, b: &Slice| if cancel.is_cancelled() { Ordering::Equal } else { order(a, b) };
    group.par_sort_unstable_by(compare);
}

fn order(a: &Slice, b: &Slice) -> Ordering {
    let key = |slice: &Slice| (slice.start_ns, Reverse(slice.dur_ns), slice.source_offset);
    key(a).cmp(&key(b))
}

/// Ranges that must be sorted; everything outside of them is in its place.
fn groups_of(slices: &[Slice]) -> Vec<Range<usize>> {
    let Some(runs) = runs_of(slices) else { return std::iter::once(0..slices.len()).collect() };
    // The earliest start of all runs behind each one, from the last to the first.
    let mut earliest_behind = vec![i64::MAX; runs.len()];
    for index in (1..runs.len()).rev() {
        earliest_behind[index - 1] = earliest_behind[index].min(slices[runs[index].start].start_ns);
    }
    let mut groups = Vec::new();
    let (mut begin, mut latest_before) = (0, None);
    for (run, earliest_ns) in runs.into_iter().zip(earliest_behind) {
        let part = &slices[run.clone()];
        // Between these two the run stands behind all earlier ones and before all later ones: at equal starts the
        // order is not decided by the start alone.
        let low = run.start + part.partition_point(|slice| Some(slice.start_ns) <= latest_before);
        let high = run.start + part.partition_point(|slice| slice.start_ns < earliest_ns);
        if low <= high && latest_before < Some(earliest_ns) {
            if begin < low {
                groups.push(begin..low);
            }
            begin = high;
        }
        latest_before = latest_before.max(part.last().map(|slice| slice.start_ns));
    }
    if begin < slices.len() {
        groups.push(begin..slices.len());
    }
    groups
}

/// The sorted runs of slices; none when they are so short that knowing them is of no use.
fn runs_of(slices: &[Slice]) -> Option<Vec<Range<usize>>> {
    let most = slices.len() / SHORT_RUN + 1;
    let mut runs = Vec::new();
    let mut begin = 0;
    for run in slices.chunk_by(|a, b| order(a, b).is_lt()) {
        if runs.len() == most {
            return None;
        }
        runs.push(begin..begin + run.len());
        begin += run.len();
    }
    Some(runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slices(starts: impl IntoIterator<Item = i64>) -> Vec<Slice> {
        let slice = |(source_offset, start_ns): (u64, i64)| Slice {
            start_ns,
            dur_ns: (start_ns * 7 + i64::try_from(source_offset).unwrap_or(0)) % 5,
            source_offset,
            ..Slice::default()
        };
        (0..).zip(starts).map(slice).collect()
    }

    #[test]
    fn only_what_overlaps_is_sorted() {
        let groups = |starts: &[i64]| groups_of(&slices_of_length(starts, &[], 0));
        assert_eq!(groups(&[]), []);
        assert_eq!(groups(&[1, 2, 3, 4]), []);
        // Operators and then calls of one profile after another: where calls end and operators begin is no border.
        let operators = [0, 10, 20, 30, 40, 50, 60, 70];
        let calls = [5, 15, 25, 35, 45, 55, 65, 75];
        let profile = |at: i64| operators.into_iter().chain(calls).map(move |start| start + at);
        let profiles: Vec<i64> = [0, 100, 200].into_iter().flat_map(profile).collect();
        assert_eq!(groups(&profiles), [1..15, 17..31, 33..47]);
        // Equal starts are not told apart by them.
        let tied = [0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14];
        assert_eq!(groups_of(&slices_of_length(&tied, &[7], 9)), vec![7..9; 1]);
    }

    /// The slice at one place is longer than the one before it.
    fn slices_of_length(starts: &[i64], before: &[usize], dur_ns: i64) -> Vec<Slice> {
        let mut slices = slices(starts.iter().copied());
        for slice in &mut slices {
            slice.dur_ns = 0;
        }
        for place in before {
            slices[place + 1].dur_ns = dur_ns;
        }
        slices
    }

    proptest! {
        #[test]
        fn runs_in_any_order_end_sorted(
            runs in proptest::collection::vec((0_i64..60, 1_i64..30, 0_i64..3), 0..12),
        ) {
            let starts = runs.iter().flat_map(|(from, count, step)| (0..*count).map(move |at| from + at * step));
            let mut sorted = slices(starts);
            let mut expected = sorted.clone();
            expected.sort_by(order);
            sort_by_time(&mut sorted, &Cancel::default());
            prop_assert_eq!(sorted, expected);
        }
    }
}
