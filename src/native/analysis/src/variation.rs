// SPDX-License-Identifier: Apache-2.0
//! How kernels vary from iteration to iteration: per name the sum of durations in each iteration, by the
//! attribution of launches. An iteration without the kernel counts as zero.

use iterscope_model::{Kind, NameId, Result};
use rustc_hash::FxHashMap;

use crate::attributed::attribute;
use crate::iterations::host_spans;
use crate::selection::{Subject, no_iterations};
use crate::spans::{Span, sum_ns};
use crate::work::is_kernel;

/// Kernels of one name over iterations.
#[derive(Debug, Clone, PartialEq)]
pub struct Variation {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Kernels in all.
    pub count: u64,
    /// Time in all.
    pub total_ns: i64,
    /// Iterations that were looked at.
    pub iterations: u64,
    /// Iterations that have it.
    pub present: u64,
    /// Time per iteration.
    pub mean_ns: f64,
    /// Sample standard deviation of the time per iteration, divided by the mean; none for one iteration.
    pub cv: Option<f64>,
    /// The iteration with most of it.
    pub max_iteration: i64,
    /// Its time there.
    pub max_ns: i64,
    /// Time in each iteration, in their order. Of more than [`MOST_PARTS`] the longest of each of so many equal parts.
    pub series_ns: Vec<i64>,
}

/// As many as a small picture has columns.
pub const MOST_PARTS: usize = 64;

/// Kernel names over iterations `first` to `last` (both included), the largest deviation first.
///
/// # Errors
/// `query.out-of-range` when the trace has none of these iterations.
pub fn variations(subject: &Subject<'_>, first: i64, last: i64) -> Result<Vec<Variation>> {
    let store = subject.store;
    let (numbers, windows): (Vec<i64>, Vec<Span>) = host_spans(subject).into_iter().unzip();
    let wanted: Vec<usize> =
        (0..windows.len()).filter(|window| (first..=last).contains(&numbers[*window])).collect();
    if wanted.is_empty() {
        return Err(no_iterations(first, last, &numbers));
    }
    let position: FxHashMap<usize, usize> =
        wanted.iter().enumerate().map(|(at, window)| (*window, at)).collect();
    let mut sums: FxHashMap<(NameId, u8), (u64, Vec<i64>)> = FxHashMap::default();
    for work in subject.device_work().iter() {
        let attributed = attribute(work, &windows);
        for (activity, owner) in work.activities.iter().zip(&attributed.owners) {
            let Some(at) = owner.and_then(|owner| position.get(&owner)).filter(|_| is_kernel(activity))
            else {
                continue;
            };
            let row = activity.row as usize;
            let key = (store.name_ids()[row], store.kinds()[row]);
            let (count, times) = sums.entry(key).or_insert_with(|| (0, vec![0; wanted.len()]));
            *count += 1;
            times[*at] += activity.span.1 - activity.span.0;
        }
    }
    let mut found: Vec<Variation> = sums
        .into_iter()
        .map(|((name, kind), (count, times))| {
            let name = store.text(name).unwrap_or_default().to_owned();
            let at = (0..times.len()).rev().max_by_key(|at| times[*at]).unwrap_or_default();
            vary(name, Kind::from_number(kind), count, &times, numbers[wanted[at]])
        })
        .collect();
    let deviation = |found: &Variation| found.cv.unwrap_or(0.0) * found.mean_ns;
    found.sort_unstable_by(|a, b| deviation(b).total_cmp(&deviation(a)).then_with(|| a.name.cmp(&b.name)));
    Ok(found)
}

// Sums of nanoseconds stay far below 2^53.
#[allow(clippy::cast_precision_loss)]
fn vary(name: String, kind: Kind, count: u64, times: &[i64], max_iteration: i64) -> Variation {
    let total_ns: i64 = sum_ns(times.iter().copied());
    let mean_ns = total_ns as f64 / times.len() as f64;
    let squares: f64 = times.iter().map(|time| (*time as f64 - mean_ns).powi(2)).sum();
    let deviation = (times.len() > 1).then(|| (squares / (times.len() - 1) as f64).sqrt());
    Variation {
        name,
        kind,
        count,
        total_ns,
        iterations: times.len() as u64,
        present: times.iter().filter(|time| **time > 0).count() as u64,
        mean_ns,
        cv: deviation.filter(|_| mean_ns > 0.0).map(|deviation| deviation / mean_ns),
        max_iteration,
        max_ns: times.iter().copied().max().unwrap_or_default(),
        series_ns: longest_of_parts(times),
    }
}

fn longest_of_parts(times: &[i64]) -> Vec<i64> {
    let parts = times.len().min(MOST_PARTS);
    let bound = |part: usize| part * times.len() / parts;
    let longest = |part: usize| times[bound(part)..bound(part + 1)].iter().copied().max().unwrap_or_default();
    (0..parts).map(longest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_series_keeps_the_longest_of_each_part_and_a_short_one_all() {
        assert_eq!(longest_of_parts(&[3, 1, 2]), [3, 1, 2]);
        let times: Vec<i64> = (0..1000).map(|at| if at == 500 { 9999 } else { at }).collect();
        let found = longest_of_parts(&times);
        assert_eq!((found.len(), found[0], found[MOST_PARTS - 1]), (MOST_PARTS, 14, 999));
        assert_eq!(found.iter().filter(|ns| **ns == 9999).count(), 1);
        assert!(longest_of_parts(&[]).is_empty());
    }
}
