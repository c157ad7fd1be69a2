// SPDX-License-Identifier: Apache-2.0
//! How long the slices of one name are: their distribution, and a histogram with bins of equal ratio, since
//! durations of one kernel spread over orders of magnitude.

use iterscope_store::Store;

use crate::distribution::Distribution;
use crate::search::{Scope, Wanted};

/// Bins of a histogram, unless all durations are equal.
pub const HISTOGRAM_BINS: usize = 32;

/// Durations of one name.
#[derive(Debug, Clone, PartialEq)]
pub struct NameStatistics {
    /// Their summary.
    pub durations: Distribution,
    /// Slices of each bin. A bin has what is at least its lower edge; the last one has its upper edge too.
    pub counts: Vec<u32>,
    /// One more edge than bins, in nanoseconds, from the shortest (1 at least) to the longest.
    pub edges_ns: Vec<f64>,
}

/// Of all slices in scope that have exactly this name; none when there are none.
#[must_use]
pub fn name_statistics(store: &Store, name: &str, scope: &Scope) -> Option<NameStatistics> {
    let wanted = Wanted::named(store, name);
    let durations: Vec<i64> =
        scope.rows(store).filter(|row| wanted.has(store, *row)).map(|row| store.dur_ns(row)).collect();
    let (shortest_ns, longest_ns) = (*durations.iter().min()?, *durations.iter().max()?);
    let edges_ns = edges(shortest_ns, longest_ns);
    let mut counts = vec![0_u32; edges_ns.len() - 1];
    for duration_ns in &durations {
        let bin = bin_of(&edges_ns, *duration_ns);
        counts[bin] = counts[bin].saturating_add(1);
    }
    Some(NameStatistics { durations: Distribution::of(durations)?, counts, edges_ns })
}

#[allow(clippy::cast_precision_loss)] // Durations below 104 days are exact.
fn edges(shortest_ns: i64, longest_ns: i64) -> Vec<f64> {
    let (low, high) = (shortest_ns.max(1) as f64, longest_ns.max(1) as f64);
    let bins = if shortest_ns == longest_ns { 1 } else { HISTOGRAM_BINS };
    let edge = |bin: usize| low * (high / low).powf(bin as f64 / bins as f64);
    let mut edges: Vec<f64> = (0..=bins).map(edge).collect();
    edges[bins] = high; // Powers round.
    edges
}

/// Slices without length count into the first bin.
#[allow(clippy::cast_precision_loss)]
fn bin_of(edges_ns: &[f64], duration_ns: i64) -> usize {
    let inner = &edges_ns[1..edges_ns.len() - 1];
    inner.partition_point(|edge| *edge <= duration_ns as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_duration_lies_within_the_edges_of_its_bin(
            low in 0_i64..1_000_000, length in 0_i64..10_000_000_000, part in 0.0_f64..=1.0,
        ) {
            #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
            let duration_ns = low + (length as f64 * part) as i64;
            let edges_ns = edges(low, low + length);
            prop_assert!(edges_ns.is_sorted());
            let bin = bin_of(&edges_ns, duration_ns);
            #[allow(clippy::cast_precision_loss)]
            let value = duration_ns.max(1) as f64;
            prop_assert!(edges_ns[bin] <= value);
            prop_assert!(value < edges_ns[bin + 1] || bin + 2 == edges_ns.len());
        }
    }
}
