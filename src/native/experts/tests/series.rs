// SPDX-License-Identifier: Apache-2.0
//! A layer over iterations: folded to the rows asked for, and the same in sum.

use std::path::Path;

use iterscope_experts::metrics::{contiguous_rank_loads, imbalance_ratio};
use iterscope_experts::{ExpertStatistics, SeriesAxis, layer_metrics, layer_series, read_folder};

fn drifting() -> ExpertStatistics {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures");
    read_folder(&root.join("expert-statistic-drift")).expect("the fixture is readable")
}

#[test]
fn every_iteration_has_its_row_when_there_is_room() {
    let statistics = drifting();
    let series =
        layer_series(&statistics, 3, &(20..60), (SeriesAxis::Experts, 4), 100).expect("layer 3 exists");
    assert_eq!((series.iterations_per_row, series.rows.len(), series.columns), (1, 40, 32));
    for (at, (iteration, loads)) in statistics.vectors(3, &(20..60)).enumerate() {
        assert_eq!((series.rows[at].first, series.rows[at].last), (iteration, iteration));
        assert_eq!(&series.cells[at * 32..(at + 1) * 32], loads);
        let ranks = contiguous_rank_loads(loads, 4).expect("4 divides 32");
        assert_eq!(series.rows[at].rank_imbalance, imbalance_ratio(&ranks));
    }
    let mut ratios: Vec<f64> = series.rows.iter().filter_map(|row| row.rank_imbalance).collect();
    ratios.sort_by(f64::total_cmp);
    assert_eq!(series.rank_quartiles, [0, 10, 20, 29, 39].map(|at| ratios[at]));
}

#[test]
fn rows_are_folded_to_what_was_asked_and_lose_no_token() {
    let statistics = drifting();
    let all = layer_series(&statistics, 0, &(0..200), (SeriesAxis::Ranks, 4), 200).expect("layer 0");
    let few = layer_series(&statistics, 0, &(0..200), (SeriesAxis::Ranks, 4), 30).expect("layer 0");
    assert_eq!((few.iterations_per_row, few.rows.len(), few.columns), (7, 29, 4));
    assert_eq!((few.rows[0].first, few.rows[0].last, few.rows[28].last), (0, 6, 199));
    assert_eq!(few.cells.iter().sum::<u64>(), all.cells.iter().sum::<u64>());
    assert_eq!(few.rank_quartiles, all.rank_quartiles);
    let largest = all.rows[..7].iter().filter_map(|row| row.rank_imbalance).fold(0.0, f64::max);
    assert_eq!(few.rows[0].rank_imbalance_max, Some(largest));
}

#[test]
fn the_hot_set_moves_as_the_figures_of_the_layer_say() {
    let statistics = drifting();
    let series = layer_series(&statistics, 0, &(0..200), (SeriesAxis::Experts, 4), 200).expect("layer 0");
    let metrics = layer_metrics(&statistics, 0, &(0..200), 4).expect("layer 0");
    assert_eq!(series.hot_sets.len(), 20);
    assert_eq!((series.hot_sets[0].overlap, series.hot_sets[19].first), (None, 190));
    assert_eq!(series.hot_sets[19].drift, metrics.load_drift);
    let overlaps: Vec<f64> = series.hot_sets.iter().filter_map(|step| step.overlap).collect();
    let mean = overlaps.iter().sum::<f64>() / 19.0;
    assert!((mean - metrics.hot_set_persistence.expect("known")).abs() < 1e-12);
    assert_eq!(metrics.rank_imbalance_median, Some(series.rank_quartiles[2]));
    assert_eq!(metrics.rank_imbalance_max, Some(series.rank_quartiles[4]));
}

#[test]
fn what_the_slowest_rank_had_is_summed_by_iteration() {
    let statistics = drifting();
    let found = layer_metrics(&statistics, 5, &(0..50), 4).expect("layer 5");
    let (mut max, mut total) = (0, 0);
    for (_, loads) in statistics.vectors(5, &(0..50)) {
        let ranks = contiguous_rank_loads(loads, 4).expect("4 divides 32");
        max += ranks.iter().max().expect("ranks");
        total += loads.iter().sum::<u64>();
    }
    let load = found.critical_tokens.expect("tokens");
    #[allow(clippy::cast_precision_loss)]
    let expected = (max as f64, total as f64 / 4.0);
    assert!((load.max - expected.0).abs() < 1e-6 && (load.mean - expected.1).abs() < 1e-6, "{load:?}");
    assert_eq!(layer_metrics(&statistics, 5, &(0..50), 5).expect("layer 5").critical_tokens, None);
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let statistics = drifting();
    let error = |layer, ranks| {
        layer_series(&statistics, layer, &(0..9), (SeriesAxis::Ranks, ranks), 9).expect_err("refused").code()
    };
    assert_eq!((error(99, 4), error(0, 5)), ("experts.no-such-layer", "experts.bad-plan"));
    let none = layer_series(&statistics, 0, &(900..910), (SeriesAxis::Ranks, 4), 9).expect("empty");
    assert!(none.rows.is_empty() && none.rank_quartiles.is_empty() && none.hot_sets.is_empty());
}
