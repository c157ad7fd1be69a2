// SPDX-License-Identifier: Apache-2.0
//! Reading recorded and constructed folders of expert statistics.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use iterscope_experts::{
    Combination, ExpertStatistics, WarningCode, layer_metrics, metrics, perfect_load, read_folder,
};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, serialize};
use tempfile::TempDir;

fn fixture(name: &str) -> ExpertStatistics {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures");
    read_folder(&root.join(name)).expect("the fixture is readable")
}

/// A folder of statistics, written vector by vector.
struct Folder(TempDir);

impl Folder {
    fn new(meta: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("meta_info.json"), meta).expect("written");
        Self(dir)
    }

    fn rank(self, rank: u32, vectors: &[(&str, &[i64])]) -> Self {
        self.file(&format!("rank{rank}.safetensors"), vectors)
    }

    fn file(self, name: &str, vectors: &[(&str, &[i64])]) -> Self {
        let bytes: Vec<(&str, Vec<u8>, usize)> = vectors
            .iter()
            .map(|(name, counts)| {
                (*name, counts.iter().flat_map(|count| count.to_le_bytes()).collect(), counts.len())
            })
            .collect();
        let tensors: HashMap<&str, TensorView<'_>> = bytes
            .iter()
            .map(|(name, data, length)| {
                (*name, TensorView::new(Dtype::I64, vec![*length], data).expect("a tensor"))
            })
            .collect();
        fs::write(self.path(name), serialize(tensors, None).expect("serialized")).expect("written");
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self) -> ExpertStatistics {
        read_folder(self.0.path()).expect("readable")
    }

    fn error_code(&self) -> &'static str {
        read_folder(self.0.path()).expect_err("not readable").code()
    }
}

const META: &str = r#"{"num_experts": 4, "num_experts_per_token": 2}"#;

fn codes(statistics: &ExpertStatistics) -> Vec<WarningCode> {
    statistics.warnings.iter().map(|warning| warning.code).collect()
}

#[test]
#[allow(clippy::float_cmp)]
fn the_stationary_recording_has_its_known_figures() {
    let statistics = fixture("expert-statistic");
    assert_eq!((statistics.experts, statistics.top_k), (64, Some(4)));
    assert_eq!(statistics.iterations, (0..140).collect::<Vec<u32>>());
    assert_eq!(statistics.layers, (0..16).collect::<Vec<u32>>());
    assert_eq!((statistics.combination, codes(&statistics)), (Combination::Single, vec![]));
    let counts = statistics.histogram(0, &(50..51)).expect("layer 0");
    assert_eq!(counts.iter().sum::<u64>(), 16_384);
    assert_eq!((counts.iter().max(), counts.iter().min()), (Some(&3954), Some(&0)));
    assert_eq!(metrics::imbalance_ratio(&counts), Some(14.445_312_5));
    assert_eq!(
        layer_metrics(&statistics, 0, &(50..51), 4).expect("layer 0").expert_imbalance_mean,
        Some(14.445_312_5)
    );
}

#[test]
#[allow(clippy::float_cmp)]
fn the_drifting_recording_tells_mean_and_sums_apart() {
    let statistics = fixture("expert-statistic-drift");
    assert_eq!((statistics.experts, statistics.top_k, statistics.iterations.len()), (32, Some(4), 200));
    for (layer, mean, of_sums) in [(0, 4.360_468_75, 4.140_468_75), (7, 4.741_093_75, 4.187_5)] {
        let found = layer_metrics(&statistics, layer, &(0..200), 4).expect("the layer");
        assert_eq!(found.expert_imbalance_mean, Some(mean), "layer {layer}");
        assert_eq!(found.expert_imbalance_of_sums, Some(of_sums), "layer {layer}");
        let ranks = (found.rank_imbalance_mean, found.rank_imbalance_of_sums);
        assert!(ranks.0 >= ranks.1 && ranks.0 < Some(mean), "{ranks:?}");
        assert!(found.hot_set_persistence.is_some_and(|overlap| (0.0..=1.0).contains(&overlap)));
    }
}

#[test]
fn ranks_that_counted_different_tokens_are_added() {
    let folder = Folder::new(META)
        .rank(0, &[("3_0", &[1, 2, 3, 4])])
        .rank(1, &[("3_0", &[4, 3, 2, 1])])
        .file("rank0_raw.safetensors", &[("3_0", &[9, 9])]);
    let statistics = folder.read();
    assert_eq!((statistics.combination, statistics.ranks.len()), (Combination::Summed, 2));
    assert_eq!(statistics.histogram(0, &(3..4)).expect("layer 0"), [5, 5, 5, 5]);
}

#[test]
fn of_identical_ranks_one_is_taken() {
    let vectors: &[(&str, &[i64])] = &[("3_0", &[1, 2, 3, 4]), ("4_0", &[0, 0, 8, 2])];
    let statistics = Folder::new(META).rank(0, vectors).rank(1, vectors).rank(2, vectors).read();
    assert_eq!(statistics.combination, Combination::OneOfIdentical);
    assert_eq!(statistics.heatmap(&(0..9)), [1, 2, 11, 6]);
}

#[test]
fn what_is_missing_is_told_and_the_rest_is_used() {
    let folder = Folder::new("null")
        .rank(0, &[("3_0", &[1, 0, 0, 0]), ("3_2", &[1, 1, 1, 1]), ("6_0", &[0, 0, 0, 1]), ("odd", &[1])])
        .rank(2, &[("3_0", &[1, 0, 0, 0])]);
    let statistics = folder.read();
    assert_eq!((statistics.top_k, statistics.experts), (None, 4));
    let expected = [
        (WarningCode::RankMissing, 1),
        (WarningCode::RanksDiffer, 1),
        (WarningCode::IterationsGap, 2),
        (WarningCode::LayersDiffer, 1),
        (WarningCode::UnknownTensor, 1),
        (WarningCode::MetaMissing, 1),
    ];
    let found: Vec<(WarningCode, usize)> =
        statistics.warnings.iter().map(|warning| (warning.code, warning.count)).collect();
    assert_eq!(found, expected);
    assert_eq!(statistics.histogram(0, &(0..9)).expect("layer 0"), [2, 0, 0, 1]);
    let unrecorded = layer_metrics(&statistics, 2, &(6..7), 2).expect("layer 2");
    assert_eq!((unrecorded.tokens, unrecorded.iterations_with_tokens), (0, 0));
    assert_eq!((unrecorded.expert_imbalance_mean, unrecorded.dead_experts), (None, None));
    let unknown = layer_metrics(&statistics, 1, &(0..9), 2).expect_err("no layer 1");
    assert_eq!(unknown.code(), "experts.no-such-layer");
}

#[test]
#[allow(clippy::float_cmp)]
fn the_perfect_router_deals_the_recorded_tokens() {
    // Two tokens of two experts each in iteration 3, none in 4: one token a rank.
    let folder = Folder::new(META).rank(0, &[("3_0", &[4, 0, 0, 0]), ("4_0", &[0; 4])]);
    let statistics = folder.read();
    let late = perfect_load(&statistics, 0, &(0..9), 2, true).expect("dealt").expect("known top-k");
    assert_eq!((late.counts.as_slice(), late.rank_imbalance_mean), ([1, 1, 2, 0].as_slice(), Some(0.0)));
    assert_eq!(late.tokens_per_rank, Some(1.0));
    let early = perfect_load(&statistics, 0, &(0..9), 2, false).expect("dealt").expect("known top-k");
    assert_eq!(early.counts, [2, 0, 2, 0]);
    let one = perfect_load(&statistics, 0, &(0..9), 4, false).expect("dealt").expect("known top-k");
    assert_eq!((one.counts.as_slice(), one.rank_imbalance_mean), ([2, 2, 0, 0].as_slice(), Some(1.0)));
    assert_eq!(
        perfect_load(&statistics, 0, &(0..9), 3, true).expect_err("uneven").code(),
        "experts.bad-plan"
    );
    let unknown = Folder::new("null").rank(0, &[("3_0", &[4, 0, 0, 0])]).read();
    assert_eq!(perfect_load(&unknown, 0, &(0..9), 2, true).expect("no error"), None);
}

#[test]
fn a_wrong_number_of_experts_in_the_meta_file_is_told() {
    let statistics = Folder::new(META).rank(0, &[("0_0", &[1, 2])]).read();
    assert_eq!((statistics.experts, codes(&statistics)), (2, vec![WarningCode::MetaDisagrees]));
}

#[test]
fn what_cannot_be_used_is_an_error_that_names_the_file() {
    let missing = read_folder(Path::new("/no/such/folder")).expect_err("missing");
    assert_eq!(missing.code(), "experts.not-found");
    assert!(missing.to_string().contains("/no/such/folder"), "{missing}");
    assert_eq!(Folder::new(META).error_code(), "experts.no-statistics");
    assert_eq!(Folder::new(META).rank(0, &[("raw", &[1])]).error_code(), "experts.no-statistics");
    assert_eq!(Folder::new(META).rank(0, &[("0_0", &[1, -1])]).error_code(), "experts.bad-tensor");
    assert_eq!(Folder::new(META).rank(0, &[("0_0", &[])]).error_code(), "experts.bad-tensor");
    let uneven = Folder::new(META).rank(0, &[("0_0", &[1])]).rank(1, &[("0_0", &[1, 2])]);
    assert_eq!(uneven.error_code(), "experts.bad-tensor");
    let cut = Folder::new(META).rank(0, &[("0_0", &[1, 2, 3])]);
    let whole = fs::read(cut.path("rank0.safetensors")).expect("read");
    for length in [0, 7, 20, whole.len() - 1] {
        fs::write(cut.path("rank0.safetensors"), &whole[..length]).expect("written");
        assert_eq!(cut.error_code(), "experts.damaged", "{length} bytes");
    }
}

#[test]
fn a_file_that_would_make_an_enormous_table_is_refused() {
    let names: Vec<String> = (0..2000).map(|number| format!("{number}_{number}")).collect();
    let vectors: Vec<(&str, &[i64])> = names.iter().map(|name| (name.as_str(), [1].as_slice())).collect();
    assert_eq!(Folder::new(META).rank(0, &vectors).error_code(), "experts.too-sparse");
}
