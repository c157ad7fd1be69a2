// SPDX-License-Identifier: Apache-2.0
//! Known values and invariants of the load figures.
#![allow(clippy::cast_precision_loss)]

use iterscope_experts::metrics::{
    active_experts, balancedness, coefficient_of_variation, contiguous_rank_loads, effective_experts, gini,
    hot_set, hot_set_persistence, imbalance_ratio, jaccard, sglang_balancedness, share_distance,
    spread_of_ranks, top_share, vllm_balancedness,
};
use proptest::prelude::*;

type Metric = fn(&[u64]) -> Option<f64>;

const METRICS: [(&str, Metric); 6] = [
    ("imbalance ratio", imbalance_ratio),
    ("balancedness", balancedness),
    ("coefficient of variation", coefficient_of_variation),
    ("gini", gini),
    ("effective experts", effective_experts),
    ("top share", |loads| top_share(loads, 2)),
];

fn close(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} is not {expected}");
}

#[test]
fn known_values() {
    let loads = [6, 0, 2, 0];
    close(imbalance_ratio(&loads), 2.0);
    close(balancedness(&loads), 1.0 / 3.0);
    close(coefficient_of_variation(&loads), 8.0_f64.sqrt() / 2.0);
    close(gini(&loads), 0.625);
    close(effective_experts(&loads), 4.0 / 3.0_f64.powf(0.75));
    close(top_share(&loads, 1), 0.75);
    assert_eq!(active_experts(&loads), 2);
    assert_eq!(contiguous_rank_loads(&loads, 2), Some(vec![6, 2]));
    assert_eq!((contiguous_rank_loads(&loads, 3), contiguous_rank_loads(&loads, 0)), (None, None));
}

#[test]
fn ranks_spread_as_the_report_of_the_engine_prints_them() {
    // Two iterations of two ranks: means 3 and 5, sample deviations √2 and 0; one without tokens does not count.
    let iterations = [vec![2.0, 4.0], vec![0.0, 0.0], vec![5.0, 5.0]];
    let (mean, deviation) = spread_of_ranks(iterations.into_iter());
    assert_eq!(mean, Some(4.0));
    assert!((deviation.unwrap() - 2.0_f64.sqrt() / 2.0).abs() < 1e-12);
    assert_eq!(spread_of_ranks([vec![7.0]].into_iter()), (Some(7.0), None));
    assert_eq!(spread_of_ranks(std::iter::empty()), (None, None));
}

#[test]
fn other_engines_have_definitions_of_their_own() {
    close(sglang_balancedness(&[6, 2]), (4.0 + 1e-5) / (6.0 + 1e-5));
    close(vllm_balancedness(&[vec![6, 2], vec![0, 10], vec![]]), (4.0 + 5.0) / 16.0);
    assert_eq!((vllm_balancedness(&[]), vllm_balancedness(&[vec![0, 0]])), (None, None));
    assert_eq!(sglang_balancedness(&[]), None);
}

#[test]
fn drift_is_what_share_of_the_load_moved() {
    close(share_distance(&[1, 1, 2], &[10, 10, 20]), 0.0);
    close(share_distance(&[4, 0], &[0, 7]), 1.0);
    close(share_distance(&[3, 1], &[1, 3]), 0.5);
    assert_eq!(share_distance(&[0, 0], &[1, 3]), None);
}

#[test]
fn no_load_has_no_answer() {
    for (name, metric) in METRICS {
        assert_eq!((metric(&[]), metric(&[0, 0, 0])), (None, None), "{name}");
    }
    assert_eq!(coefficient_of_variation(&[5]), None);
    assert_eq!(hot_set_persistence(&[vec![1, 2]]), None);
    assert_eq!(hot_set_persistence(&[vec![1, 2], vec![0, 0], vec![1, 2]]), None);
}

#[test]
fn hot_sets_hold_the_most_loaded_and_prefer_low_numbers() {
    assert_eq!(hot_set(&[1, 9, 0, 3]), [0, 1, 3]);
    assert_eq!(hot_set(&[5; 12]), [0, 1, 2, 3, 4, 5, 6, 7]);
    close(jaccard(&[1, 2, 3], &[2, 3, 4]), 0.5);
    close(hot_set_persistence(&[vec![1, 1, 0], vec![1, 1, 0], vec![0, 1, 1]]), 2.0 / 3.0);
}

fn loads() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(0..1_000_000_u64, 2..70)
        .prop_filter("some load", |loads| loads.iter().any(|load| *load > 0))
}

proptest! {
    #[test]
    fn order_does_not_matter(mut loads in loads(), seed in any::<u64>()) {
        let before = METRICS.map(|(_, metric)| metric(&loads));
        let length = loads.len();
        for index in 0..length {
            loads.swap(index, usize::try_from(seed.rotate_left(u32::try_from(index)?) % length as u64)?);
        }
        for ((name, metric), before) in METRICS.iter().zip(before) {
            let after = metric(&loads);
            let (before, after) = (before.unwrap_or(f64::NAN), after.unwrap_or(f64::NAN));
            prop_assert!((before - after).abs() <= 1e-9 * before.abs().max(1.0), "{name}: {before} and {after}");
        }
    }

    #[test]
    fn scale_does_not_matter(loads in loads(), factor in 1..1000_u64) {
        let scaled: Vec<u64> = loads.iter().map(|load| load * factor).collect();
        for (name, metric) in METRICS {
            let (before, after) = (metric(&loads).unwrap_or(f64::NAN), metric(&scaled).unwrap_or(f64::NAN));
            prop_assert!((before - after).abs() <= 1e-9 * before.abs().max(1.0), "{name}: {before} and {after}");
        }
    }

    #[test]
    fn figures_keep_their_bounds(loads in loads()) {
        let count = loads.len() as f64;
        let bounds = [(0.0, count - 1.0), (1.0 / count, 1.0), (0.0, count.sqrt()), (0.0, 1.0 - 1.0 / count), (1.0, count), (0.0, 1.0)];
        for ((name, metric), (low, high)) in METRICS.iter().zip(bounds) {
            let value = metric(&loads).unwrap_or(f64::NAN);
            prop_assert!(value >= low - 1e-9 && value <= high + 1e-9, "{name}: {value} not in {low}..{high}");
        }
        prop_assert!(effective_experts(&loads) <= Some(active_experts(&loads) as f64 + 1e-9));
    }

    #[test]
    fn equal_loads_are_perfectly_even(load in 1..1_000_000_u64, count in 2..300_usize) {
        let loads = vec![load; count];
        for (metric, even) in [(imbalance_ratio as Metric, 0.0), (balancedness, 1.0), (coefficient_of_variation, 0.0), (gini, 0.0), (effective_experts, count as f64)] {
            prop_assert!((metric(&loads).unwrap_or(f64::NAN) - even).abs() < 1e-9 * count as f64);
        }
    }

    #[test]
    fn ranks_hold_all_load_and_are_never_less_even_than_their_experts(loads in loads(), ep_size in 1..9_usize) {
        if let Some(ranks) = contiguous_rank_loads(&loads, ep_size) {
            prop_assert_eq!(ranks.iter().sum::<u64>(), loads.iter().sum::<u64>());
            prop_assert!(imbalance_ratio(&ranks) <= imbalance_ratio(&loads).map(|ratio| ratio + 1e-9));
        } else {
            prop_assert!(loads.len() % ep_size != 0);
        }
    }
}
