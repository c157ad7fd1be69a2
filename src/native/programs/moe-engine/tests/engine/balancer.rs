// SPDX-License-Identifier: Apache-2.0
//! `--extra_llm_api_options` with a `moe_load_balancer` file: where experts run, and what is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::support::{Finished, engine};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with both files.
struct Files(TempDir);

impl Files {
    fn new(balancer: &str, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("eplb.yaml");
        fs::write(&path, balancer).unwrap();
        let options = format!("moe_config:\n  load_balancer: {}\n{more}", path.display());
        fs::write(folder.path().join("options.yaml"), options).unwrap();
        Self(folder)
    }

    fn options(&self) -> String {
        format!("--extra_llm_api_options {}", self.0.path().join("options.yaml").display())
    }

    fn trace(&self) -> PathBuf {
        self.0.path().join("t.json")
    }
}

const SKEWED: &str = "--router-skew 3 --router-drift 0 --requests 32 --max-batch 16 --max-tokens 64";

fn run(files: &Files, more: &str) -> Finished {
    engine(&format!("--ep-size 2 {SKEWED} {} {more}", files.options()), &[])
}

fn tokens(run: &Finished) -> BTreeMap<usize, Vec<u32>> {
    let finished = run.outcome().ranks.iter().flat_map(|rank| rank.finished.clone());
    finished.map(|request| (request.id, request.tokens)).collect()
}

/// Tokens computed per layer and expert of each rank, by the slices of its trace.
fn computed(files: &Files, more: &str) -> Vec<BTreeMap<(u64, u64), u64>> {
    let trace = files.trace();
    let environment =
        [("TLLM_PROFILE_START_STOP", "0-999"), ("TLLM_TORCH_PROFILE_TRACE", trace.to_str().unwrap())];
    engine(&format!("--ep-size 2 {SKEWED} {} {more}", files.options()), &environment).outcome();
    let of_rank = |rank: usize| {
        let path = files.0.path().join(format!("t-rank-{rank}.json"));
        let trace: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let mut tokens = BTreeMap::new();
        for event in trace["traceEvents"].as_array().unwrap() {
            if event["name"] == "moe.expert_gemm" {
                let number = |key: &str| event["args"][key].as_u64().unwrap();
                *tokens.entry((number("layer"), number("expert"))).or_insert(0) += number("tokens");
            }
        }
        tokens
    };
    (0..2).map(of_rank).collect()
}

#[test]
fn experts_run_where_they_are_placed_and_replicas_share_their_tokens() {
    let files = Files::new(
        "num_slots: 10\ninitial_global_assignments:\n  0: [7, 6, 5, 4, 0, 3, 2, 1, 0, 0]\n\
         layer_updates_per_iter: 0\n",
        "",
    );
    let ranks = computed(&files, "--router-skew 1");
    let experts = |rank: usize, layer: u64| -> Vec<u64> {
        ranks[rank].keys().filter(|(l, _)| *l == layer).map(|(_, expert)| *expert).collect()
    };
    assert_eq!((experts(0, 0), experts(1, 0)), (vec![0, 4, 5, 6, 7], vec![0, 1, 2, 3]));
    // Layer 1 has the default assignment: expert 4 on both ranks, expert 0 behind 7.
    assert_eq!((experts(0, 1), experts(1, 1)), (vec![0, 1, 2, 3, 4], vec![0, 4, 5, 6, 7]));
    let (one, two) = (ranks[0][&(0, 0)], ranks[1][&(0, 0)]);
    let share = one as f64 / (one + two) as f64;
    assert!((share - 1.0 / 3.0).abs() < 0.05, "one of three replicas: {share}");
}

#[test]
fn placement_changes_balance_and_not_what_is_computed() {
    let contiguous = engine(&format!("--ep-size 2 {SKEWED}"), &[]);
    let gain = |run: &Finished| run.outcome().summary.moe.predicted_gain;
    let even = Files::new("num_slots: 16\nlayer_updates_per_iter: 0", "");
    let balanced = run(&even, "");
    assert_eq!(tokens(&contiguous), tokens(&balanced), "replicas compute the same");
    // Every expert on both ranks: each gets half of all tokens.
    assert!(gain(&contiguous) > 0.1 && gain(&balanced) < 0.03, "{} {}", gain(&contiguous), gain(&balanced));
    assert!(balanced.outcome().summary.total_latency_ms < contiguous.outcome().summary.total_latency_ms);
}

#[test]
fn layers_placed_anew_while_running_balance_the_load() {
    let files = |updates| Files::new(&format!("num_slots: 8\nlayer_updates_per_iter: {updates}"), "");
    let two = files(2);
    let (fixed, moving) = (run(&files(0), ""), run(&two, ""));
    let gain = |run: &Finished| run.outcome().summary.moe.predicted_gain;
    assert!(gain(&moving) < 0.7 * gain(&fixed), "{} {}", gain(&moving), gain(&fixed));
    assert_eq!(tokens(&fixed), tokens(&moving));
    assert_eq!(run(&two, "").output, moving.output, "work time repeats exactly");
    assert!(
        moving
            .output
            .contains("MoE load balancer: 8 slots, 0 layers assigned, 2 layers updated per iteration")
    );
}

#[test]
fn experts_need_not_divide_evenly_with_spare_slots() {
    let files = Files::new("num_slots: 8", "");
    let odd = run(&files, "--experts 7");
    assert_eq!(odd.outcome().summary.requests, 32);
    let perfect = [("ENABLE_PERFECT_ROUTER", "1")];
    let refused =
        engine(&format!("--ep-size 2 --experts 7 {}", files.options()), &perfect).result.unwrap_err();
    assert!(
        refused.to_string().starts_with("--experts, --ep-size: 7 experts do not split evenly"),
        "{refused}"
    );
}

#[test]
fn rules_of_the_load_balancer_are_checked_before_anything_is_built() {
    let table = [
        ("num_slots: 9", "", "--ep-size 2", "choose a multiple of 2"),
        ("num_slots: 6", "", "--ep-size 2", "choose at least 8"),
        ("num_slots: 8", "", "--ep-size 1", "more than one expert-parallel rank"),
        ("num_slots: 8", "enable_attention_dp: false\n", "--ep-size 2", "switch enable_attention_dp on"),
        ("num_slots: 8\ninitial_global_assignments: {0: [0]}", "", "--ep-size 2", "name one expert per slot"),
        ("slots: 8", "", "--ep-size 2", "is not a moe_load_balancer file"),
    ];
    for (balancer, more, ranks, expected) in table {
        let files = Files::new(balancer, more);
        let run = engine(&format!("{ranks} {}", files.options()), &[]);
        let error = run.result.unwrap_err();
        assert_eq!((error.code(), error.exit_status()), ("options.bad_file", 2), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.to_string().contains("eplb.yaml"), "{error}");
        assert_eq!(run.output, "", "nothing is built before");
    }
}

#[test]
fn the_options_file_is_read_as_the_engine_would() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("options.yaml");
    let with = |text: &str| {
        fs::write(&path, text).unwrap();
        engine(&format!("--ep-size 2 --extra_llm_api_options {}", path.display()), &[])
    };
    assert!(!with("print_iter_log: false\n").output.contains("iter = "));
    let remarks = with("cuda_graph_config: null\nmoe_config:\n  backend: CUTLASS\n");
    for option in ["cuda_graph_config", "moe_config.backend"] {
        assert!(remarks.output.contains(&format!("[W] The option {option} has no effect on this engine.")));
    }
    assert!(remarks.output.contains("iter = "));
    with("").outcome();
    let older = folder.path().join("eplb.yaml");
    fs::write(&older, "num_slots: 8").unwrap();
    assert!(with(&format!("moe_load_balancer: {}", older.display())).output.contains("8 slots"));
    for (text, expected) in [
        ("print_iter_log: maybe", "sets print_iter_log to \"maybe\". Write true or false."),
        ("moe_load_balancer: /nonexistent/eplb.yaml", "cannot be read"),
        ("moe_load_balancer: 7", "Write the path of a moe_load_balancer file"),
        ("- a\n- b", "is not YAML with options"),
    ] {
        let error = with(text).result.unwrap_err();
        assert_eq!(error.exit_status(), 2);
        assert!(error.to_string().contains(expected), "{error}");
    }
    let missing = engine("--extra_llm_api_options /nonexistent/o.yaml", &[]).result.unwrap_err();
    assert!(missing.to_string().contains("/nonexistent/o.yaml cannot be read"), "{missing}");
}
