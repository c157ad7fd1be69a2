// SPDX-License-Identifier: Apache-2.0
//! How many values, and how they are spread. Percentiles are values that occurred (nearest rank): the p-th is
//! the smallest value that at least p percent of all do not exceed.

use crate::spans::sum_ns;

/// A summary of durations or delays, in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Distribution {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub total_ns: i64,
    /// Smallest.
    pub min_ns: i64,
    /// 50th percentile.
    pub median_ns: i64,
    /// 95th percentile.
    pub p95_ns: i64,
    /// Largest.
    pub max_ns: i64,
}

impl Distribution {
    /// Of values in any order; none when there are none.
    #[must_use]
    pub fn of(mut values: Vec<i64>) -> Option<Self> {
        let (min_ns, max_ns) = (*values.iter().min()?, *values.iter().max()?);
        Some(Self {
            count: values.len() as u64,
            total_ns: sum_ns(values.iter().copied()),
            min_ns,
            median_ns: percentile(&mut values, 50),
            p95_ns: percentile(&mut values, 95),
            max_ns,
        })
    }
}

fn percentile(values: &mut [i64], percent: usize) -> i64 {
    let rank = (values.len() * percent).div_ceil(100).max(1);
    *values.select_nth_unstable(rank - 1).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let found = Distribution::of((1..=20).rev().collect()).unwrap();
        assert_eq!((found.median_ns, found.p95_ns, found.total_ns), (10, 19, 210));
        let one = Distribution::of(vec![7]).unwrap();
        assert_eq!((one.min_ns, one.median_ns, one.p95_ns, one.max_ns, one.count), (7, 7, 7, 7, 1));
        assert_eq!(Distribution::of(Vec::new()), None);
    }

    proptest! {
        #[test]
        fn they_equal_those_of_a_sorted_list(values in proptest::collection::vec(-50_i64..1000, 1..200)) {
            let found = Distribution::of(values.clone()).unwrap();
            let mut sorted = values;
            sorted.sort_unstable();
            let at = |percent: usize| sorted[(sorted.len() * percent).div_ceil(100) - 1];
            prop_assert_eq!((found.median_ns, found.p95_ns), (at(50), at(95)));
            prop_assert_eq!((found.min_ns, found.max_ns), (sorted[0], sorted[sorted.len() - 1]));
        }
    }
}
